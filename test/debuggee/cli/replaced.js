let changed = new Float32Array([1, 2, 3]);
const fixed = new Float32Array([5, 6]);
debugger;
const sum = (array) => array.reduce((total, value) => total + value);
console.log(`the sum is ${sum(changed)} and ${sum(fixed)}`);
