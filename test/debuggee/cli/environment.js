const values = new Float32Array([1]);
const seen = [
  process.env.FIRST,
  process.env.SECOND,
  process.cwd(),
  process.argv.slice(2).join(' '),
  process.execArgv.join(' '),
];
console.log(JSON.stringify(seen));
debugger;
