// Values that not every file keeps.
const words = { [Symbol.for('tensor.inspect')]: () => ({ dtype: 'string', shape: [2], data: ['a', 'b\0'] }) };
const numbers = new Float32Array(new Uint32Array([0x3f800000, 0xffc00000]).buffer);
debugger;
console.log([words, numbers].length);
