// A module namespace, and an object that only looks like one.
import * as model from './exported.mjs';

let calls = 0;
class Module {
  #kept = new Float32Array([7]);
  get weights() {
    calls++;
    return new Float32Array(this.#kept.length);
  }
}
const impostor = new Module();
const index = 0;
debugger;
console.log(calls, model.weights.length, impostor instanceof Module, index);
process.exit(0);
