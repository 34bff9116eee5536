interface Named {
  readonly name: string;
  readonly values: Float64Array;
}

function total(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum; // #BP
}

const named: Named = { name: 'first', values: Float64Array.from([1.5, 2.5, 3]) };
console.log(`${named.name} ${total(named.values)} ${process.argv.slice(2).join(',')}`);
