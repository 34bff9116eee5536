// Variables that are called as something of the module, which the compiler therefore calls otherwise.
const weights = new Float32Array([1, 1, 1]);
let step = 0;
export const first = (): number => weights.length + step;

function scale(weights: Float32Array): number {
  let step = 2;
  const scaled = weights.map((weight) => weight * step);
  const sum = scaled.reduce((total, value) => total + value, 0); // #SCALED
  return sum + step;
}

for (const step of [10, 20, 30]) {
  const result = scale(new Float32Array([step, step + 1])); // #PASS
  console.log(JSON.stringify([step, result, first()]));
}
step = 1;
