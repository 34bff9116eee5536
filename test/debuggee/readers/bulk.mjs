// Much host memory; and, with HIDE_FILES, a program that sees another file system than the debugger, as in a container.
import fs from 'node:fs';

const values = Float32Array.from({ length: 3 * 2 ** 20 }, (_, index) => index * 0.5);
if (process.env.HIDE_FILES) {
  fs.readFileSync = () => {
    throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  };
}
// Never touched, so that it takes address space only.
const huge = new Float64Array(448 * 2 ** 20);
const longer = new Float64Array(640 * 2 ** 20);
// At byte 2^32, and the last one.
longer[2 ** 29] = 1.5;
longer[longer.length - 1] = 2.5;
const large = new Float32Array(64 * 2 ** 20);
const picture = {
  [Symbol.for('tensor.inspect')]: () => ({ dtype: 'float32', shape: [8192, 4096], data: large.subarray(0, 2 ** 25) }),
};
debugger;
console.log(values.length, huge.length, longer.length, picture);
