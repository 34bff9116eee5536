/**
 * The statistics shaders. Both look at elements as bits: floating point in WGSL may call a NaN equal to itself and a
 * denormal zero. Elements of every dtype are widened to 32 bits first (float16 and bfloat16 to float32 bits by integer
 * arithmetic, exactly).
 *
 * `count` finds the exact part: NaN, infinities, zeros, minimum and maximum (as order-preserving keys), the first
 * element that is not finite. `moments` sums what is finite, scaled by a power of two that the host has chosen from the
 * maximum: per group of `groupElements` a compensated sum, then the sum of squared differences from the group's own
 * mean (a second loop over elements that are still in the cache). The host merges the groups in double precision
 * (Chan, Golub and LeVeque 1979, "Updating formulae and a pairwise algorithm for computing sample variances").
 */
import type { DType } from '../../protocol/tensor.ts';

export const threads = 256;
export const groupElements = 64 * threads;
export const maxBins = 256;

/** Word offsets in the result of `count`. */
export const countWords = { nan: 0, posInf: 1, negInf: 2, zeros: 3, minKey: 4, maxKey: 5, firstNotFinite: 6, total: 8 };
/** Words per group in the result of `moments`: finite elements, then float32 sum (high, low), sum and squares of differences, mean. */
export const momentWords = 6;
/** Words of the parameters: elements, first element's index, byte start in the binding, zero, scale, low, inverse bin width, bins. */
export const parameterWords = 8;

type NumberClass = 'float' | 'signed' | 'unsigned';

interface Loading {
  numbers: NumberClass;
  bytes: 1 | 2 | 4;
  /** WGSL: from the element's own bits to the 32 bits of its class. */
  widen: string;
}

const loading: Partial<Record<DType, Loading>> = {
  float32: { numbers: 'float', bytes: 4, widen: 'bits' },
  float16: { numbers: 'float', bytes: 2, widen: 'halfToFloat(bits)' },
  bfloat16: { numbers: 'float', bytes: 2, widen: 'bits << 16u' },
  int32: { numbers: 'signed', bytes: 4, widen: 'bits' },
  int16: { numbers: 'signed', bytes: 2, widen: 'bitcast<u32>(bitcast<i32>(bits << 16u) >> 16u)' },
  int8: { numbers: 'signed', bytes: 1, widen: 'bitcast<u32>(bitcast<i32>(bits << 24u) >> 24u)' },
  uint32: { numbers: 'unsigned', bytes: 4, widen: 'bits' },
  uint16: { numbers: 'unsigned', bytes: 2, widen: 'bits' },
  uint8: { numbers: 'unsigned', bytes: 1, widen: 'bits' },
};

/** Whether the device can reduce this dtype; 64-bit elements are reduced on the host. */
export function reducesOnDevice(dtype: DType): boolean {
  return dtype in loading;
}

export function numberClass(dtype: DType): NumberClass {
  return loading[dtype]!.numbers;
}

/** @param asBool elements count as 0 or 1 */
function prelude(dtype: DType, asBool: boolean): string {
  const { bytes, widen } = loading[dtype]!;
  const fetch =
    bytes === 4
      ? 'let bits = source[parameters.startByte / 4u + index];'
      : `let address = parameters.startByte + index * ${bytes}u;
  let bits = (source[address / 4u] >> ((address % 4u) * 8u)) & ${bytes === 2 ? '0xffffu' : '0xffu'};`;
  return /* wgsl */ `
struct Parameters {
  elements: u32, firstIndex: u32, startByte: u32, zero: u32,
  scale: f32, low: f32, inverseWidth: f32, bins: u32,
}
@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<uniform> parameters: Parameters;

fn halfToFloat(bits: u32) -> u32 {
  let sign = (bits & 0x8000u) << 16u;
  let exponent = (bits >> 10u) & 0x1fu;
  let fraction = bits & 0x3ffu;
  if (exponent == 0x1fu) { return sign | 0x7f800000u | (fraction << 13u); }
  if (exponent != 0u) { return sign | ((exponent + 112u) << 23u) | (fraction << 13u); }
  if (fraction == 0u) { return sign; }
  let top = firstLeadingBit(fraction);
  return sign | ((103u + top) << 23u) | ((fraction << (23u - top)) & 0x7fffffu);
}

fn load(index: u32) -> u32 {
  ${fetch}
  return ${asBool ? 'select(0u, 1u, bits != 0u)' : widen};
}
`;
}

/** Order-preserving signed keys: comparing them as integers compares the numbers. */
const keyOf: Record<NumberClass, string> = {
  float: 'bitcast<i32>(bits) ^ ((bitcast<i32>(bits) >> 31u) & 0x7fffffff)',
  signed: 'bitcast<i32>(bits)',
  unsigned: 'bitcast<i32>(bits ^ 0x80000000u)',
};

export function countShader(dtype: DType, asBool: boolean): string {
  const numbers = asBool ? 'unsigned' : numberClass(dtype);
  const zeroTest = numbers === 'float' ? '(bits << 1u) == 0u' : 'bits == 0u';
  const notFinite =
    numbers === 'float'
      ? `if ((bits & 0x7fffffffu) >= 0x7f800000u) {
        first = min(first, parameters.firstIndex + index);
        if ((bits & 0x7fffffu) != 0u) { nan++; } else if (bits == 0x7f800000u) { posInf++; } else { negInf++; }
        continue;
      }`
      : '';
  return /* wgsl */ `
${prelude(dtype, asBool)}
@group(0) @binding(1) var<storage, read_write> result: array<atomic<u32>>;
var<workgroup> sums: array<atomic<u32>, 4>;
var<workgroup> extremes: array<atomic<i32>, 2>;
var<workgroup> firstIndex: atomic<u32>;

@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>) {
  if (local == 0u) {
    atomicStore(&extremes[0], 0x7fffffff);
    atomicStore(&extremes[1], bitcast<i32>(0x80000000u));
    atomicStore(&firstIndex, 0xffffffffu);
  }
  workgroupBarrier();
  var nan = 0u; var posInf = 0u; var negInf = 0u; var zeros = 0u;
  var lowest = 0x7fffffff; var highest = bitcast<i32>(0x80000000u); var first = 0xffffffffu;
  let end = min((group.x + 1u) * ${groupElements}u, parameters.elements);
  for (var index = group.x * ${groupElements}u + local; index < end; index += ${threads}u) {
    let bits = load(index);
    ${notFinite}
    let key = ${keyOf[numbers]};
    lowest = min(lowest, key);
    highest = max(highest, key);
    zeros += select(0u, 1u, ${zeroTest});
  }
  atomicAdd(&sums[0], nan);
  atomicAdd(&sums[1], posInf);
  atomicAdd(&sums[2], negInf);
  atomicAdd(&sums[3], zeros);
  atomicMin(&extremes[0], lowest);
  atomicMax(&extremes[1], highest);
  atomicMin(&firstIndex, first);
  workgroupBarrier();
  if (local == 0u) {
    atomicAdd(&result[${countWords.nan}], atomicLoad(&sums[0]));
    atomicAdd(&result[${countWords.posInf}], atomicLoad(&sums[1]));
    atomicAdd(&result[${countWords.negInf}], atomicLoad(&sums[2]));
    atomicAdd(&result[${countWords.zeros}], atomicLoad(&sums[3]));
    // Biased to unsigned, so that one kind of atomic serves all words.
    atomicMin(&result[${countWords.minKey}], bitcast<u32>(atomicLoad(&extremes[0])) ^ 0x80000000u);
    atomicMax(&result[${countWords.maxKey}], bitcast<u32>(atomicLoad(&extremes[1])) ^ 0x80000000u);
    atomicMin(&result[${countWords.firstNotFinite}], atomicLoad(&firstIndex));
  }
}
`;
}

/** WGSL: the element as two floats whose sum is exact, scaled; `skip` where it isn't finite. */
const partsOf: Record<NumberClass, string> = {
  float: `let skip = (bits & 0x7fffffffu) >= 0x7f800000u;
    let high = select(bitcast<f32>(bits), 0.0, skip) * parameters.scale;
    let low = 0.0;`,
  signed: `let skip = false;
    let high = f32(bitcast<i32>(bits & 0xffff0000u)) * parameters.scale;
    let low = f32(bits & 0xffffu) * parameters.scale;`,
  unsigned: `let skip = false;
    let high = f32(bits & 0xffff0000u) * parameters.scale;
    let low = f32(bits & 0xffffu) * parameters.scale;`,
};

export function momentShader(dtype: DType, asBool: boolean, withHistogram: boolean): string {
  const numbers = asBool ? 'unsigned' : numberClass(dtype);
  const parts = partsOf[numbers];
  return /* wgsl */ `
${prelude(dtype, asBool)}
@group(0) @binding(1) var<storage, read_write> result: array<u32>;
${
  withHistogram
    ? `@group(0) @binding(3) var<storage, read_write> histogram: array<atomic<u32>>;
var<workgroup> bins: array<atomic<u32>, ${maxBins}>;`
    : ''
}
var<workgroup> highs: array<f32, ${threads}>;
var<workgroup> lows: array<f32, ${threads}>;
var<workgroup> finites: array<u32, ${threads}>;

// A compiler that may reorder floating point would compute the compensation away; it can't see through this.
fn opaque(value: f32) -> f32 { return bitcast<f32>(bitcast<u32>(value) ^ parameters.zero); }

// Knuth's two-sum: the sum, and what rounding took from it.
fn twoSum(a: f32, b: f32) -> vec2<f32> {
  let sum = opaque(a + b);
  let part = opaque(sum - a);
  return vec2<f32>(sum, opaque(a - opaque(sum - part)) + opaque(b - part));
}

@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let begin = group.x * ${groupElements}u + local;
  let end = min((group.x + 1u) * ${groupElements}u, parameters.elements);
  var finite = 0u; var sum = 0.0; var lost = 0.0;
  for (var index = begin; index < end; index += ${threads}u) {
    let bits = load(index);
    ${parts}
    finite += select(1u, 0u, skip);
    let next = twoSum(sum, high);
    sum = next.x;
    lost += next.y + low;
  }
  highs[local] = sum;
  lows[local] = lost;
  finites[local] = finite;
  workgroupBarrier();
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    if (local < half) {
      let next = twoSum(highs[local], highs[local + half]);
      highs[local] = next.x;
      lows[local] += lows[local + half] + next.y;
      finites[local] += finites[local + half];
    }
    workgroupBarrier();
  }
  let groupFinite = finites[0];
  let groupHigh = highs[0];
  let groupLow = lows[0];
  let mean = (groupHigh + groupLow) / f32(max(groupFinite, 1u));
  workgroupBarrier();
  var difference = 0.0; var squares = 0.0; var squaresLost = 0.0;
  for (var index = begin; index < end; index += ${threads}u) {
    let bits = load(index);
    ${parts}
    let delta = select((high - mean) + low, 0.0, skip);
    difference += delta;
    let next = twoSum(squares, delta * delta);
    squares = next.x;
    squaresLost += next.y;
    ${
      withHistogram
        ? `if (!skip) {
      let bin = min(u32(max(((high - parameters.low) + low) * parameters.inverseWidth, 0.0)), parameters.bins - 1u);
      atomicAdd(&bins[bin], 1u);
    }`
        : ''
    }
  }
  highs[local] = squares + squaresLost;
  lows[local] = difference;
  workgroupBarrier();
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    if (local < half) {
      highs[local] += highs[local + half];
      lows[local] += lows[local + half];
    }
    workgroupBarrier();
  }
  if (local == 0u) {
    let at = group.x * ${momentWords}u;
    result[at] = groupFinite;
    result[at + 1u] = bitcast<u32>(groupHigh);
    result[at + 2u] = bitcast<u32>(groupLow);
    result[at + 3u] = bitcast<u32>(lows[0]);
    result[at + 4u] = bitcast<u32>(highs[0]);
    result[at + 5u] = bitcast<u32>(mean);
  }
  ${withHistogram ? `if (local < parameters.bins) { atomicAdd(&histogram[local], atomicLoad(&bins[local])); }` : ''}
}
`;
}
