/**
 * The gather shader: copies a strided window of a storage buffer into a dense one, word by word. Everything is moved as
 * `u32` bits: floating point in WGSL may flush denormals and change NaN payloads. Elements of 8 and 16 bits are
 * unpacked by shifts, elements of 64 and 128 bits are several words.
 */
import type { WindowPlan } from './plan.ts';

/** Loop axes that a plan may have after equal walks were merged; ranks above need more than 12 non-mergeable axes. */
export const maxGatherAxes = 12;
const workgroupSize = 64;

/**
 * Parameters, as u32 words: [0] words to write, [1] bytes per element, [2] start in bytes from the binding's start,
 * [3] number of axes, [4] invocations per dispatch row, then per axis: count, stride in bytes (two's complement).
 */
const headerWords = 8;
export const gatherParameterBytes = (headerWords + maxGatherAxes * 2) * 4;

export const gatherShader = /* wgsl */ `
@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> target_words: array<u32>;
@group(0) @binding(2) var<storage, read> parameters: array<u32>;

fn byteAddress(element: u32) -> u32 {
  var rest = element;
  var address = parameters[2];
  for (var axis = i32(parameters[3]) - 1; axis >= 0; axis--) {
    let count = parameters[${headerWords} + 2 * axis];
    address += (rest % count) * parameters[${headerWords} + 2 * axis + 1];
    rest /= count;
  }
  return address;
}

// The four bytes from any address on; what is beyond the binding repeats its last word, and nobody asks for it.
fn wordAt(address: u32) -> u32 {
  let last = arrayLength(&source) - 1u;
  let shift = (address % 4u) * 8u;
  let low = source[min(address / 4u, last)] >> shift;
  if (shift == 0u) { return low; }
  return low | (source[min(address / 4u + 1u, last)] << (32u - shift));
}

@compute @workgroup_size(${workgroupSize})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let word = id.x + id.y * parameters[4];
  if (word >= parameters[0]) { return; }
  let size = parameters[1];
  if (size >= 4u) {
    let perElement = size / 4u;
    target_words[word] = wordAt(byteAddress(word / perElement) + (word % perElement) * 4u);
    return;
  }
  let perWord = 4u / size;
  let mask = (1u << (size * 8u)) - 1u;
  var bits = 0u;
  for (var k = 0u; k < perWord; k++) {
    bits |= (wordAt(byteAddress(word * perWord + k)) & mask) << (k * size * 8u);
  }
  target_words[word] = bits;
}
`;

/** @param startByte where the plan's first element lies, in bytes from the start of the binding */
export function gatherParameters(plan: WindowPlan, itemSize: number, startByte: number): Uint32Array<ArrayBuffer> {
  const words = Math.ceil((plan.elements * itemSize) / 4);
  const axes = plan.run > 1 ? [...plan.outer, { count: plan.run, stride: 1 }] : plan.outer;
  const parameters = new Uint32Array(gatherParameterBytes / 4);
  const { rowThreads } = dispatchSize(words);
  parameters.set([words, itemSize, startByte, axes.length, rowThreads]);
  axes.forEach(({ count, stride }, axis) => {
    parameters[headerWords + 2 * axis] = count;
    parameters[headerWords + 2 * axis + 1] = stride * itemSize;
  });
  return parameters;
}

/** Workgroups in x and y for so many threads: WebGPU allows 65,535 per dimension. */
export function dispatchSize(threads: number): { x: number; y: number; rowThreads: number } {
  const groups = Math.ceil(threads / workgroupSize);
  const x = Math.min(groups, 65535);
  return { x, y: Math.ceil(groups / Math.max(1, x)), rowThreads: x * workgroupSize };
}
