// A step over the call takes a second.
const values = new Float32Array([1.5, -2]);
const signal = new Int32Array(new SharedArrayBuffer(4));
function wait() {
  Atomics.wait(signal, 0, 0, 1_000);
}
wait(); // #slow
console.log(values.length);
