const values = new Float32Array([1, 2, 3, 4]);
const nothing = undefined;
const object = {
  get throwing() {
    throw new Error('from a getter');
  },
};
let changed = 0;
function change() {
  changed++;
  return values;
}
function stop(matrix) {
  debugger;
  return [values, nothing, object, changed, change, matrix];
}
stop([
  [1, 2, 3],
  [4, 5, 6],
]);
console.log(`changed ${changed}`);
