// Many arrays of jax-js, at stops where their private fields can be named in the frame, and where they can't.
import * as jax from '@jax-js/jax';

await jax.init('cpu');
jax.defaultDevice('cpu');
const arrays = Array.from({ length: 100 }, (_, index) => jax.numpy.array([index, index + 1]));

(function plain(list) {
  debugger;
  return list;
})(arrays);

class Own {
  #rc = 1;
  #source = 2;
  stop(list) {
    debugger;
    return [list, this.#rc, this.#source];
  }
}
new Own().stop(arrays);

(function shadowed(list, globalThis) {
  debugger;
  return [list, globalThis];
})(arrays, {});

// One that has the class and none of its fields.
const hollow = Object.create(Object.getPrototypeOf(arrays[0]), { _trace: { value: arrays[0]._trace } });
(function differing(list) {
  debugger;
  return list;
})([...arrays, hollow]);
console.log(arrays.map(({ refCount }) => refCount).join(''));
process.exit(0);
