const values = new Float32Array([1, 2, 3]);
function sum(numbers) {
  let total = 0;
  for (const number of numbers) total += number;
  return total; // #SUM
}
console.log(sum(values)); // #PRINT
