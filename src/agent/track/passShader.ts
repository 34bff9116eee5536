/**
 * The shaders of a tracked tensor. `reduce` looks at everything in groups, `merge` makes one slot of `slotWords` words of
 * the groups: 28 bytes, whatever the tensor's size. Minimum, maximum and counts are exact; the sum is of differences
 * from the first element, in float32. Like the statistics shaders, these look at bits.
 */
import type { DType } from '../../protocol/tensor.ts';
import { itemSize } from '../../tensor/dtypes.ts';
import { elementFunctions, keys, numberClass, numberOfKey } from '../read/statisticsShader.ts';

const threads = 64;
/** Elements that one group looks at. */
export const groupElements = 64 * threads;
/** A group's words, and a slot's. */
const word = { minKey: 0, maxKey: 1, nan: 2, posInf: 3, negInf: 4, sum: 5, pivot: 6 };
export const slotWords = 7;
/** Words of the parameters: elements, first element in the binding, first group, whether to sum around the first element. */
export const reduceParameters = 4;
/** Words of the parameters: groups, slot. */
export const mergeParameters = 4;

const differences = {
  float: 'bitcast<f32>(bits) - bitcast<f32>(pivot)',
  signed: 'f32(bitcast<i32>(bits)) - f32(bitcast<i32>(pivot))',
  unsigned: 'f32(bits) - f32(pivot)',
};

/** Adds the threads' results up in `shared*[0]`. */
const treeReduction = /* wgsl */ `
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
`;

const shared = /* wgsl */ `
var<workgroup> lows: array<i32, ${threads}>;
var<workgroup> highs: array<i32, ${threads}>;
var<workgroup> counts: array<vec3<u32>, ${threads}>;
var<workgroup> sums: array<f32, ${threads}>;
`;

function store(at: string): string {
  return /* wgsl */ `
    words[${at} + ${word.minKey}u] = bitcast<u32>(lows[0]);
    words[${at} + ${word.maxKey}u] = bitcast<u32>(highs[0]);
    words[${at} + ${word.nan}u] = counts[0].x;
    words[${at} + ${word.posInf}u] = counts[0].y;
    words[${at} + ${word.negInf}u] = counts[0].z;
    words[${at} + ${word.sum}u] = bitcast<u32>(sums[0]);
  `;
}

/** @param asBool elements count as 0 or 1 */
export function reduceShader(dtype: DType, asBool: boolean): string {
  const perWord = 4 / itemSize(dtype);
  const bits = 32 / perWord;
  const raw =
    perWord === 1
      ? 'source[index]'
      : `extractBits(source[index / ${perWord}u], (index % ${perWord}u) * ${bits}u, ${bits}u)`;
  const numbers = numberClass(dtype, asBool);
  return /* wgsl */ `
struct Parameters { elements: u32, first: u32, firstGroup: u32, hasPivot: u32 }
@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> words: array<u32>;
@group(0) @binding(2) var<uniform> parameters: Parameters;
${elementFunctions(dtype, asBool)}
${shared}
fn element(index: u32) -> u32 { return widen(vec4<u32>(${raw})).x; }

@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>) {
  var pivot = 0u;
  if (parameters.hasPivot != 0u) {
    let first = element(parameters.first);
    if (isFinite(vec4<u32>(first)).x) { pivot = first; }
  }
  var low = 0x7fffffff;
  var high = -0x7fffffff - 1;
  var count = vec3<u32>();
  var sum = 0.0;
  let begin = group.x * ${groupElements}u;
  let end = min(begin + ${groupElements}u, parameters.elements);
  for (var index = begin + local; index < end; index += ${threads}u) {
    let bits = element(parameters.first + index);
    if (isFinite(vec4<u32>(bits)).x) {
      let key = keyOf(vec4<u32>(bits)).x;
      low = min(low, key);
      high = max(high, key);
      sum += ${differences[numbers]};
    } else if ((bits & 0x7fffffu) != 0u) {
      count.x += 1u;
    } else if (bits == 0x7f800000u) {
      count.y += 1u;
    } else {
      count.z += 1u;
    }
  }
  lows[local] = low;
  highs[local] = high;
  counts[local] = count;
  sums[local] = sum;
  ${treeReduction}
  if (local == 0u) {
    let at = (parameters.firstGroup + group.x) * ${slotWords}u;
    ${store('at')}
    words[at + ${word.pivot}u] = pivot;
  }
}

fn keyOf(bits: vec4<u32>) -> vec4<i32> { return ${keys[numbers]}; }
`;
}

export const mergeShader = /* wgsl */ `
struct Parameters { groups: u32, slot: u32 }
@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> words: array<u32>;
@group(0) @binding(2) var<uniform> parameters: Parameters;
${shared}

@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) local: u32) {
  var low = 0x7fffffff;
  var high = -0x7fffffff - 1;
  var count = vec3<u32>();
  var sum = 0.0;
  for (var group = local; group < parameters.groups; group += ${threads}u) {
    let at = group * ${slotWords}u;
    low = min(low, bitcast<i32>(source[at + ${word.minKey}u]));
    high = max(high, bitcast<i32>(source[at + ${word.maxKey}u]));
    count += vec3<u32>(source[at + ${word.nan}u], source[at + ${word.posInf}u], source[at + ${word.negInf}u]);
    sum += bitcast<f32>(source[at + ${word.sum}u]);
  }
  lows[local] = low;
  highs[local] = high;
  counts[local] = count;
  sums[local] = sum;
  ${treeReduction}
  if (local == 0u) {
    let at = parameters.slot * ${slotWords}u;
    ${store('at')}
    words[at + ${word.pivot}u] = source[${word.pivot}u];
  }
}
`;

export interface SlotNumbers {
  min: number | null;
  max: number | null;
  mean: number | null;
  nan: number;
  posInf: number;
  negInf: number;
}

/** @param slot the words of one slot */
export function readSlot(slot: Uint32Array, elements: number, dtype: DType, asBool: boolean): SlotNumbers {
  const [minKey, maxKey, nan, posInf, negInf] = slot as unknown as [number, number, number, number, number];
  const finite = elements - nan - posInf - negInf;
  if (finite === 0) return { min: null, max: null, mean: null, nan, posInf, negInf };
  const numbers = numberClass(dtype, asBool);
  const asFloat = (bits: number) => new Float32Array(Uint32Array.of(bits).buffer)[0]!;
  const bits = slot[word.pivot]!;
  const pivot = numbers === 'float' ? asFloat(bits) : numbers === 'signed' ? bits | 0 : bits;
  const mean = pivot + asFloat(slot[word.sum]!) / finite;
  return {
    min: numberOfKey(minKey, numbers),
    max: numberOfKey(maxKey, numbers),
    // Differences so large that float32 can't hold their sum.
    mean: Number.isFinite(mean) ? mean : null,
    nan,
    posInf,
    negInf,
  };
}
