// Tensors of every dtype and rank that TF.js has, as any backend would hold them.
import * as tf from '@tensorflow/tfjs';
import { bytesOf, ordinary, pattern, shapes, sizeOf } from './publish.mjs';

const views = {
  float32: (bytes) => new Float32Array(bytes.buffer),
  int32: (bytes) => new Int32Array(bytes.buffer),
  bool: (bytes) => bytes,
};

/** @returns tensors by name; what is to be found under `${prefix}.${name}` is published */
export function makeTensors(published, prefix, expected) {
  const tensors = {};
  const add = (name, tensor, dtype, shape, values, more = {}) => {
    tensors[name] = tensor;
    published.add(`${prefix}.${name}`, dtype, shape, values, { ...expected, ...more });
  };
  for (const [dtype, view] of Object.entries(views)) {
    for (const shape of [...shapes, [40, 30, 3]]) {
      const bytes = pattern(dtype, sizeOf(shape), shape.length + 1);
      add(`${dtype}_${shape.join('x')}`, tf.tensor(view(bytes.slice()), shape, dtype), dtype, shape, bytes);
    }
  }
  const long = ordinary(40_000, 5, 100, 3);
  long[33_000] = -Infinity;
  add('long', tf.tensor(long.slice(), [200, 200]), 'float32', [200, 200], long);
  const bytes = pattern('int32', 12, 2);
  add(
    'variable',
    tf.variable(tf.tensor(new Int32Array(bytes.buffer.slice(0)), [3, 4]), true, `${prefix}.counts`),
    'int32',
    [3, 4],
    bytes,
    {
      className: 'Variable',
      label: `${prefix}.counts`,
    },
  );
  return tensors;
}

export function addComplex(published, prefix, tensors, more = {}) {
  for (const shape of [[], [7], [3, 4, 5], [2, 2, 3, 2, 2, 3]]) {
    const size = sizeOf(shape);
    const real = new Float32Array(pattern('float32', size, 31).buffer);
    const imag = new Float32Array(pattern('float32', size, 32).buffer);
    const name = `complex64_${shape.join('x')}`;
    tensors[name] = tf.complex(tf.tensor(real.slice(), shape), tf.tensor(imag.slice(), shape));
    // By bits: going through JavaScript numbers would quieten signalling NaNs.
    const words = new Uint32Array(2 * size);
    const [realBits, imagBits] = [new Uint32Array(real.buffer), new Uint32Array(imag.buffer)];
    for (let i = 0; i < size; i++) words.set([realBits[i], imagBits[i]], 2 * i);
    published.add(`${prefix}.${name}`, 'complex64', shape, bytesOf(words), more);
  }
}

export function addStrings(published, prefix, tensors, more = {}) {
  const words = ['', 'plain', 'größer', '漢字', '🙂', 'a\0b', 'x'.repeat(300), 'last'];
  for (const shape of [[], [8], [2, 4], [2, 2, 2]]) {
    const values = words.slice(0, sizeOf(shape));
    const name = `string_${shape.join('x')}`;
    tensors[name] = tf.tensor(shape.length === 0 ? values[0] : values, shape, 'string');
    published.add(`${prefix}.${name}`, 'string', shape, values, more);
  }
}
