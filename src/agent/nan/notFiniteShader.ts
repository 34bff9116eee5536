/**
 * The shader behind deferred checks: looks at several buffers of float32 in one dispatch and adds what it finds to a block of
 * flags, which is all zero for as long as everything is finite. It looks at bits, as floating point in WGSL may take NaN for
 * something else.
 */
import type { NotFinite } from './notFinite.ts';

/** Buffers of one dispatch: of the 8 storage buffers that every device binds, one is for the flags. */
export const sourcesPerDispatch = 7;
const threads = 64;
/** So that a small tensor takes one group, and a large one is no burden to a single core. */
const elementsPerGroup = 64 * threads;
const maxGroups = 256;

/** Words of a source: the inverted index of the first NaN and of the first infinity (0: none), and how many of each. */
const word = { firstNan: 0, firstInfinity: 1, nan: 2, infinite: 3 };
const sourceWords = 4;
export const blockWords = sourcesPerDispatch * sourceWords;

export function groupsFor(elements: number): number {
  return Math.min(maxGroups, Math.ceil(elements / elementsPerGroup));
}

const sources = Array.from({ length: sourcesPerDispatch }, (_, index) => index);

export const notFiniteShader = /* wgsl */ `
@group(0) @binding(0) var<storage, read_write> flags: array<atomic<u32>>;
${sources.map((at) => `@group(0) @binding(${at + 1}) var<storage, read> source${at}: array<u32>;`).join('\n')}

struct Found { firstNan: u32, firstInfinity: u32, nan: u32, infinite: u32 }

fn look(found: ptr<function, Found>, word: u32, index: u32) {
  let bits = word & 0x7fffffffu;
  if (bits < 0x7f800000u) { return; }
  if (bits > 0x7f800000u) {
    (*found).nan += 1u;
    (*found).firstNan = max((*found).firstNan, ~index);
  } else {
    (*found).infinite += 1u;
    (*found).firstInfinity = max((*found).firstInfinity, ~index);
  }
}

@compute @workgroup_size(${threads})
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  var found = Found(0u, 0u, 0u, 0u);
  let first = group.x * ${threads}u + local;
  let step = groups.x * ${threads}u;
  switch group.y {
    ${sources
      .map(
        (at) => `case ${at}u: {
      for (var index = first; index < arrayLength(&source${at}); index += step) { look(&found, source${at}[index], index); }
    }`,
      )
      .join('\n    ')}
    default: {}
  }
  if (found.nan + found.infinite == 0u) { return; }
  let at = group.y * ${sourceWords}u;
  atomicMax(&flags[at + ${word.firstNan}u], found.firstNan);
  atomicMax(&flags[at + ${word.firstInfinity}u], found.firstInfinity);
  atomicAdd(&flags[at + ${word.nan}u], found.nan);
  atomicAdd(&flags[at + ${word.infinite}u], found.infinite);
}
`;

/** @param block the words of one dispatch */
export function readFlags(block: Uint32Array, source: number): NotFinite | null {
  const at = source * sourceWords;
  const nan = block[at + word.nan]!;
  const infinite = block[at + word.infinite]!;
  if (nan + infinite === 0) return null;
  const index = (inverted: number, count: number) => (count === 0 ? Infinity : ~inverted >>> 0);
  const firstNan = index(block[at + word.firstNan]!, nan);
  const firstInfinity = index(block[at + word.firstInfinity]!, infinite);
  return { nan, infinite, firstNan, firstInfinity };
}
