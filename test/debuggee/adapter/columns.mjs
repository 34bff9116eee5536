const doubled = [1, 2].map((x) => x * 2);
let sum = 0;
for (const value of doubled) {
  sum += value; // #SUM
}
console.log(sum);
