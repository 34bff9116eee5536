// Host arrays of every kind in scopes of every kind.
const outer = new Float32Array([3.7, NaN, -0, Infinity, 1e-45, 6]);
const bytes = Buffer.from([1, 2, 255]);
const numbers = [1, 2, 3];
const big = new BigInt64Array([9007199254740993n, 5n]);
const model = { weights: [new Float64Array([1, 2]), new Int8Array([-128, 127])], name: 'm', plain: [1, 2] };
globalThis.everywhere = new Float32Array([99]);

function inner(argument) {
  const local = new Int32Array([-2147483648, 2147483647]);
  {
    const block = new Uint8Array(6).map((_, i) => i);
    debugger;
    return [outer, bytes, numbers, big, model, argument, local, block].length;
  }
}
inner(new Uint16Array([1, 65535]));
console.log('to stdout');
console.error('to stderr');
process.exitCode = 3;
