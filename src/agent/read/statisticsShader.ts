/**
 * The statistics shaders. They look at elements as bits: floating point in WGSL may call a NaN equal to itself and a
 * denormal zero. Elements of every dtype are widened to 32 bits first (float16 and bfloat16 to float32 bits by integer
 * arithmetic, exactly).
 *
 * `reduce` makes one pass without a branch over whole `vec4<u32>`s: per group of `groupVectors` of them the minimum and
 * maximum (as order-preserving keys), the counts of zeros and of elements that are not finite, all exact, and the sums of
 * `d` and `d * d`, where `d` is the scaled element less a pivot near the middle of the data, so that little cancels. The
 * host merges the groups in double precision (Chan, Golub and LeVeque 1979, "Updating formulae and a pairwise algorithm
 * for computing sample variances").
 * `classify` tells NaN from the infinities and finds the first of them; it runs only where `reduce` has counted some.
 * `bin` makes a histogram, in a pass of its own, since it needs the minimum and the maximum.
 */
import type { DType } from '../../protocol/tensor.ts';

const threads = 64;
export const groupVectors = 64 * threads;
export const maxBins = 256;

/** Words per group in the result of `reduce`. */
export const groupWords = { minKey: 0, maxKey: 1, zeros: 2, notFinite: 3, sum: 4, squares: 5, total: 8 };
/** Words in the result of `classify`. */
export const classWords = { nan: 0, posInf: 1, negInf: 2, first: 3, total: 4 };
/** Words of the parameters: vectors, first element's index, byte start in the binding, bins, scale, pivot, low, 1 / bin width. */
export const parameterWords = 8;

export type NumberClass = 'float' | 'signed' | 'unsigned';

interface Widening {
  numbers: NumberClass;
  bytes: 1 | 2 | 4;
  /** WGSL: four elements' own bits (`bits`) to the 32 bits of their class. */
  widen: string;
}

const widening: Partial<Record<DType, Widening>> = {
  float32: { numbers: 'float', bytes: 4, widen: 'bits' },
  float16: { numbers: 'float', bytes: 2, widen: 'halfToFloat(bits)' },
  bfloat16: { numbers: 'float', bytes: 2, widen: 'bits << vec4<u32>(16u)' },
  int32: { numbers: 'signed', bytes: 4, widen: 'bits' },
  int16: {
    numbers: 'signed',
    bytes: 2,
    widen: 'bitcast<vec4<u32>>(bitcast<vec4<i32>>(bits << vec4<u32>(16u)) >> vec4<u32>(16u))',
  },
  int8: {
    numbers: 'signed',
    bytes: 1,
    widen: 'bitcast<vec4<u32>>(bitcast<vec4<i32>>(bits << vec4<u32>(24u)) >> vec4<u32>(24u))',
  },
  uint32: { numbers: 'unsigned', bytes: 4, widen: 'bits' },
  uint16: { numbers: 'unsigned', bytes: 2, widen: 'bits' },
  uint8: { numbers: 'unsigned', bytes: 1, widen: 'bits' },
};

/** Whether the device can reduce this dtype; 64-bit elements are reduced on the host. */
export function reducesOnDevice(dtype: DType): boolean {
  return dtype in widening;
}

export function numberClass(dtype: DType, asBool: boolean): NumberClass {
  return asBool ? 'unsigned' : widening[dtype]!.numbers;
}

/** How many elements a `vec4<u32>` holds. */
export function elementsPerVector(dtype: DType): number {
  return 16 / widening[dtype]!.bytes;
}

/**
 * WGSL: `widen` makes 32 bits of four elements' own bits, `isFinite` looks at these.
 * @param asBool elements count as 0 or 1
 */
export function elementFunctions(dtype: DType, asBool: boolean): string {
  const { widen } = widening[dtype]!;
  return /* wgsl */ `
fn halfToFloat(bits: vec4<u32>) -> vec4<u32> {
  let sign = (bits & vec4<u32>(0x8000u)) << vec4<u32>(16u);
  let exponent = (bits >> vec4<u32>(10u)) & vec4<u32>(0x1fu);
  let fraction = bits & vec4<u32>(0x3ffu);
  let top = firstLeadingBit(max(fraction, vec4<u32>(1u)));
  let denormal = ((top + vec4<u32>(103u)) << vec4<u32>(23u)) | ((fraction << (vec4<u32>(23u) - top)) & vec4<u32>(0x7fffffu));
  let small = select(denormal, vec4<u32>(), fraction == vec4<u32>());
  let normal = ((exponent + vec4<u32>(112u)) << vec4<u32>(23u)) | (fraction << vec4<u32>(13u));
  let special = vec4<u32>(0x7f800000u) | (fraction << vec4<u32>(13u));
  let magnitude = select(select(normal, special, exponent == vec4<u32>(0x1fu)), small, exponent == vec4<u32>());
  return sign | magnitude;
}

fn widen(bits: vec4<u32>) -> vec4<u32> {
  return ${asBool ? 'select(vec4<u32>(1u), vec4<u32>(), bits == vec4<u32>())' : widen};
}

fn isFinite(bits: vec4<u32>) -> vec4<bool> {
  return ${
    numberClass(dtype, asBool) === 'float'
      ? '(bits & vec4<u32>(0x7fffffffu)) < vec4<u32>(0x7f800000u)'
      : 'vec4<bool>(true)'
  };
}
`;
}

/** @param asBool elements count as 0 or 1 */
function prelude(dtype: DType, asBool: boolean): string {
  return /* wgsl */ `
struct Parameters {
  vectors: u32, firstIndex: u32, firstVector: u32, bins: u32,
  scale: f32, pivot: f32, low: f32, inverseWidth: f32,
}
@group(0) @binding(0) var<storage, read> source: array<vec4<u32>>;
@group(0) @binding(2) var<uniform> parameters: Parameters;

${elementFunctions(dtype, asBool)}
// The element less a reference, scaled: integers are split into two halves that floats hold exactly.
fn difference(bits: vec4<u32>, reference: f32) -> vec4<f32> {
  ${differences[numberClass(dtype, asBool)]}
}
`;
}

const differences: Record<NumberClass, string> = {
  float: 'return bitcast<vec4<f32>>(bits) * parameters.scale - vec4<f32>(reference);',
  signed: `let high = vec4<f32>(bitcast<vec4<i32>>(bits & vec4<u32>(0xffff0000u))) * parameters.scale;
  return (high - vec4<f32>(reference)) + vec4<f32>(bits & vec4<u32>(0xffffu)) * parameters.scale;`,
  unsigned: `let high = vec4<f32>(bits & vec4<u32>(0xffff0000u)) * parameters.scale;
  return (high - vec4<f32>(reference)) + vec4<f32>(bits & vec4<u32>(0xffffu)) * parameters.scale;`,
};

/** Order-preserving signed keys: comparing them as integers compares the numbers. */
export const keys: Record<NumberClass, string> = {
  float: 'bitcast<vec4<i32>>(bits) ^ ((bitcast<vec4<i32>>(bits) >> vec4<u32>(31u)) & vec4<i32>(0x7fffffff))',
  signed: 'bitcast<vec4<i32>>(bits)',
  unsigned: 'bitcast<vec4<i32>>(bits ^ vec4<u32>(0x80000000u))',
};

/** From the order-preserving key back to the number. */
export function numberOfKey(word: number, numbers: NumberClass): number {
  const key = word | 0;
  if (numbers === 'signed') return key;
  if (numbers === 'unsigned') return (key ^ 0x80000000) >>> 0;
  return new Float32Array(Int32Array.of(key ^ ((key >> 31) & 0x7fffffff)).buffer)[0]!;
}

/**
 * Calls `body` (WGSL) with `bits`, four widened elements, and `place`, the index of the first of them within the vector's
 * elements; elements of 8 and 16 bits lie interleaved, `stride` apart.
 */
function forEachPart(dtype: DType, body: string): string {
  const { bytes } = widening[dtype]!;
  const parts = 4 / bytes;
  const mask = bytes === 4 ? '' : ` & vec4<u32>(${bytes === 2 ? '0xffffu' : '0xffu'})`;
  return Array.from({ length: parts }, (_, part) => {
    const shift = part === 0 ? '' : ` >> vec4<u32>(${part * bytes * 8}u)`;
    return `{ const place = ${part}u; const stride = ${parts}u; let bits = widen((words${shift})${mask}); ${body} }`;
  }).join('\n    ');
}

export function reduceShader(dtype: DType, asBool: boolean): string {
  const numbers = numberClass(dtype, asBool);
  const zero = numbers === 'float' ? '(bits << vec4<u32>(1u)) == vec4<u32>()' : 'bits == vec4<u32>()';
  return /* wgsl */ `
${prelude(dtype, asBool)}
@group(0) @binding(1) var<storage, read_write> groups: array<u32>;
var<workgroup> lows: array<i32, ${threads}>;
var<workgroup> highs: array<i32, ${threads}>;
var<workgroup> counts: array<vec2<u32>, ${threads}>;
var<workgroup> sums: array<vec2<f32>, ${threads}>;

@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>) {
  var low = vec4<i32>(0x7fffffff);
  var high = vec4<i32>(-0x7fffffff - 1);
  var zeros = vec4<u32>();
  var lost = vec4<u32>();
  var sum = vec4<f32>();
  var squares = vec4<f32>();
  let begin = group.x * ${groupVectors}u;
  let end = min(begin + ${groupVectors}u, parameters.vectors);
  for (var index = begin + local; index < end; index += ${threads}u) {
    let words = source[parameters.firstVector + index];
    ${forEachPart(
      dtype,
      `let finite = isFinite(bits);
      let key = ${keys[numbers]};
      low = min(low, select(low, key, finite));
      high = max(high, select(high, key, finite));
      zeros += select(vec4<u32>(), vec4<u32>(1u), ${zero});
      lost += select(vec4<u32>(1u), vec4<u32>(), finite);
      let d = select(vec4<f32>(), difference(bits, parameters.pivot), finite);
      sum += d;
      squares += d * d;`,
    )}
  }
  lows[local] = min(min(low.x, low.y), min(low.z, low.w));
  highs[local] = max(max(high.x, high.y), max(high.z, high.w));
  counts[local] = vec2<u32>(zeros.x + zeros.y + zeros.z + zeros.w, lost.x + lost.y + lost.z + lost.w);
  sums[local] = vec2<f32>((sum.x + sum.y) + (sum.z + sum.w), (squares.x + squares.y) + (squares.z + squares.w));
  workgroupBarrier();
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    if (local < half) {
      lows[local] = min(lows[local], lows[local + half]);
      highs[local] = max(highs[local], highs[local + half]);
      counts[local] += counts[local + half];
      sums[local] += sums[local + half];
    }
    workgroupBarrier();
  }
  if (local == 0u) {
    let at = group.x * ${groupWords.total}u;
    groups[at + ${groupWords.minKey}u] = bitcast<u32>(lows[0]);
    groups[at + ${groupWords.maxKey}u] = bitcast<u32>(highs[0]);
    groups[at + ${groupWords.zeros}u] = counts[0].x;
    groups[at + ${groupWords.notFinite}u] = counts[0].y;
    groups[at + ${groupWords.sum}u] = bitcast<u32>(sums[0].x);
    groups[at + ${groupWords.squares}u] = bitcast<u32>(sums[0].y);
  }
}
`;
}

export function classifyShader(dtype: DType, asBool: boolean): string {
  return /* wgsl */ `
${prelude(dtype, asBool)}
@group(0) @binding(1) var<storage, read_write> classes: array<atomic<u32>>;

@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let begin = group.x * ${groupVectors}u;
  let end = min(begin + ${groupVectors}u, parameters.vectors);
  for (var index = begin + local; index < end; index += ${threads}u) {
    let words = source[parameters.firstVector + index];
    ${forEachPart(
      dtype,
      `if (!all(isFinite(bits))) {
        for (var lane = 0u; lane < 4u; lane++) {
          let element = bits[lane];
          if ((element & 0x7fffffffu) < 0x7f800000u) { continue; }
          atomicMin(&classes[${classWords.first}], parameters.firstIndex + (index * 4u + lane) * stride + place);
          if ((element & 0x7fffffu) != 0u) { atomicAdd(&classes[${classWords.nan}], 1u); }
          else if (element == 0x7f800000u) { atomicAdd(&classes[${classWords.posInf}], 1u); }
          else { atomicAdd(&classes[${classWords.negInf}], 1u); }
        }
      }`,
    )}
  }
}
`;
}

export function binShader(dtype: DType, asBool: boolean): string {
  return /* wgsl */ `
${prelude(dtype, asBool)}
@group(0) @binding(1) var<storage, read_write> counts: array<atomic<u32>>;
var<workgroup> bins: array<atomic<u32>, ${maxBins}>;

@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let begin = group.x * ${groupVectors}u;
  let end = min(begin + ${groupVectors}u, parameters.vectors);
  for (var index = begin + local; index < end; index += ${threads}u) {
    let words = source[parameters.firstVector + index];
    ${forEachPart(
      dtype,
      `let finite = isFinite(bits);
      let bin = max(difference(bits, parameters.low) * parameters.inverseWidth, vec4<f32>());
      for (var lane = 0u; lane < 4u; lane++) {
        if (finite[lane]) { atomicAdd(&bins[min(u32(bin[lane]), parameters.bins - 1u)], 1u); }
      }`,
    )}
  }
  workgroupBarrier();
  for (var bin = local; bin < parameters.bins; bin += ${threads}u) {
    atomicAdd(&counts[bin], atomicLoad(&bins[bin]));
  }
}
`;
}
