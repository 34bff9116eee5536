/**
 * Comparing a tensor of the stopped program with another one or with a file. Both sides are read by the same windows; neither is
 * ever held as a whole.
 */
import { basename } from 'node:path';
import { withFileMember } from '../formats/fileMember.ts';
import { TensorError } from '../protocol/errors.ts';
import type { TensorComparison, Tolerance } from '../protocol/comparison.ts';
import type { DifferenceWindow } from '../protocol/requests.ts';
import { compareSources, type CompareRun } from '../tensor/compareSources.ts';
import { differences } from '../tensor/differences.ts';
import type { ElementSource } from '../tensor/elementSource.ts';
import { toJsonValues } from '../tensor/jsonValue.ts';
import { defaultSlice, formatSlice, parseSlice, resultShape, sliceSize } from '../tensor/slice.ts';
import type { ComparedWith } from './tensorInspector.ts';
import type { TensorReads } from './read/tensorReads.ts';

/** A heatmap draws no more. */
const largestWindow = 2 ** 22;

/**
 * All of both, with the meaning of `numpy.allclose`.
 * @throws TensorError as `compareSources`; `no-such-tensor` for a file that holds none that could be meant
 */
export function compareTensors(
  a: { id: string; name: string },
  b: ComparedWith,
  reads: TensorReads,
  tolerance: Tolerance,
  run: CompareRun,
): Promise<TensorComparison> {
  return withSides(a, b, reads, (left, right) => compareSources(left, right, tolerance, run));
}

/** @throws TensorError `invalid-argument` for different shapes, and for text; `too-large` */
export function differenceWindow(
  a: { id: string; name: string },
  b: ComparedWith,
  reads: TensorReads,
  slice: string | undefined,
): Promise<DifferenceWindow> {
  return withSides(a, b, reads, async (left, right) => {
    const source = differences(left, right);
    const { dtype, shape } = source;
    const ranges = slice === undefined ? defaultSlice(shape) : parseSlice(slice, shape);
    if (sliceSize(ranges) > largestWindow) {
      throw new TensorError({
        code: 'too-large',
        message: `The slice takes ${sliceSize(ranges)} elements, more than the ${largestWindow} that are shown at once.`,
        help: 'Take a smaller slice.',
      });
    }
    const cut = resultShape(ranges);
    const values = toJsonValues(await source.read(ranges), dtype, cut);
    return { slice: formatSlice(ranges, shape), shape: cut, values };
  });
}

async function withSides<T>(
  a: { id: string; name: string },
  b: ComparedWith,
  reads: TensorReads,
  use: (a: ElementSource, b: ElementSource) => Promise<T>,
): Promise<T> {
  const left = await reads.elements(a.id, a.name);
  if ('id' in b) return use(left, await reads.elements(b.id, b.name));
  return withFileMember(b.file, b.purpose, (stored, file) => use(left, { ...stored, name: basename(file.path) }));
}
