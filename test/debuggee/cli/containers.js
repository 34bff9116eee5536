// Tensors in containers that are none themselves.
const activations = [new Float32Array([1]), new Float32Array([2, 3]), new Float32Array([4])];
const many = { name: 'many', list: Array.from({ length: 5 }, (_, index) => new Float32Array([index])) };
const cache = new Map([['keys', new Float32Array([9])]]);
const empty = [[], {}];
debugger;
console.log([activations, many, cache, empty].length);
