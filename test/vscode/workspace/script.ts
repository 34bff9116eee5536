// What `npm run script` runs, with tsx.
function load(values: number[]): Float32Array {
  const batch = new Float32Array(values);
  return batch; // #script
}

console.log(load([1.5, Number.NaN, -2]).length);
