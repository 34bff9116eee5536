// Tensors in private fields of the object whose method stops, and of its parent; a getter of the same name is not run.
let looks = 0;

class Base {
  #bias = Float32Array.of(3);
  get bias() {
    looks++;
    return this.#bias;
  }
}
class Model extends Base {
  #weights = [Float32Array.of(1, 2), Float32Array.of(4)];
  #options = { rate: Float32Array.of(0.5), name: 'sgd' };
  #count = 5;
  get #hidden() {
    looks++;
    return this.#weights[0];
  }
  step(x) {
    debugger;
    return x[0] * this.#count;
  }
  last() {
    return this.#options && this.#hidden[0];
  }
}
const model = new Model();
model.step(Float32Array.of(7));
console.log(`${looks} looks`);
