let large = new Float64Array(3_000_000);
debugger;
console.log(large.length);
