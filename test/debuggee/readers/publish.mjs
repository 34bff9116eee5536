// What the conformance programs share: deterministic elements with the awkward values of every dtype among them, and a
// list of what the suite should find, computed here by plain loops.

const sizes = {
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  bool: 1,
  complex64: 8,
  complex128: 16,
};

export const numericDTypes = Object.keys(sizes);

export function itemSize(dtype) {
  return sizes[dtype];
}

export function sizeOf(shape) {
  return shape.reduce((product, count) => product * count, 1);
}

/** NaN payloads (quiet and signalling, both signs), infinities, -0, the smallest and largest denormals, extremes. */
const special = {
  float16: ['7e01', 'fe55', '7d01', '7c00', 'fc00', '8000', '0000', '0001', '83ff', '7bff', '0400'],
  bfloat16: ['7fc1', 'ffd5', '7f81', '7f80', 'ff80', '8000', '0000', '0001', '807f', '7f7f', '0080'],
  float32: [
    '7fc00001',
    'ffd55555',
    '7f800001',
    '7f800000',
    'ff800000',
    '80000000',
    '00000000',
    '00000001',
    '807fffff',
    '7f7fffff',
    '00800000',
  ],
  float64: [
    '7ff8000000000001',
    'fff5555555555555',
    '7ff0000000000001',
    '7ff0000000000000',
    'fff0000000000000',
    '8000000000000000',
    '0000000000000000',
    '0000000000000001',
    '800fffffffffffff',
    '7fefffffffffffff',
  ],
  int8: ['80', '7f', '00', 'ff'],
  int16: ['8000', '7fff', '0000', 'ffff'],
  int32: ['80000000', '7fffffff', '00000000', 'ffffffff'],
  int64: ['8000000000000000', '7fffffffffffffff', '0000000000000000', 'ffffffffffffffff', '0020000000000001'],
  uint8: ['00', 'ff', '80'],
  uint16: ['0000', 'ffff', '8000'],
  uint32: ['00000000', 'ffffffff', '80000000'],
  uint64: ['0000000000000000', 'ffffffffffffffff', '8000000000000000'],
};
special.complex64 = special.float32.map((bits, k) => special.float32.at(-1 - k) + bits);
special.complex128 = special.float64.map((bits, k) => special.float64.at(-1 - k) + bits);

/** The mulberry32 generator: 32 random bits at a time. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** Little-endian elements: any bits, with the special ones strewn in. */
export function pattern(dtype, count, seed = 1) {
  const random = generator(seed);
  const bytes = new Uint8Array(count * sizes[dtype]);
  if (dtype === 'bool') {
    for (let i = 0; i < count; i++) bytes[i] = random() & 1;
    return bytes;
  }
  for (let i = 0; i < bytes.length; i++) bytes[i] = random() >>> 24;
  const marks = special[dtype];
  for (let i = 0; i < count; i++) {
    if (count > marks.length * 3 && random() % 3 > 0) continue;
    const hex = marks[i % marks.length];
    for (let b = 0; b < sizes[dtype]; b++) {
      bytes[i * sizes[dtype] + b] = parseInt(hex.slice(hex.length - 2 * b - 2, hex.length - 2 * b), 16);
    }
  }
  return bytes;
}

/** float32 elements around a centre, all finite: what a tensor of a real program looks like. */
export function ordinary(count, seed, centre = 0, spread = 1) {
  const random = generator(seed);
  return Float32Array.from({ length: count }, () => centre + spread * (random() / 2 ** 31 - 1));
}

/** Memory of a buffer whose address is not a multiple of any element's size but one. */
export function unaligned(bytes) {
  const holder = new Uint8Array(bytes.length + 1);
  holder.set(bytes, 1);
  return holder.subarray(1);
}

export function bytesOf(view) {
  return ArrayBuffer.isView(view)
    ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    : new Uint8Array(view);
}

/** As JSON: what the suite must find under each expression. */
export class Published {
  constructor() {
    this.list = [];
  }

  /** @param expected the values' bytes in row-major order, or strings; `more`: what the descriptor must say besides */
  add(expression, dtype, shape, expected, more = {}) {
    const values = Array.isArray(expected)
      ? { strings: expected }
      : { base64: Buffer.from(bytesOf(expected)).toString('base64') };
    this.list.push({ expression, dtype, shape, ...values, ...more });
  }

  get json() {
    return JSON.stringify(this.list);
  }
}

export const shapes = [
  [],
  [7],
  [5, 4],
  [3, 4, 5],
  [2, 3, 4, 5],
  [2, 3, 2, 3, 2],
  [2, 2, 3, 2, 2, 3],
  [0],
  [3, 0, 2],
  [1, 1, 6],
];
