/**
 * Comparing a tensor of the stopped program: with another one, with a file, or with the copy that was kept of it at an
 * earlier stop. Both sides are read by the same windows; neither is ever held as a whole.
 */
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { selectTensor, splitFileMember } from '../formats/fileMember.ts';
import { openFile } from '../formats/nodeFiles.ts';
import { openTensorFile } from '../formats/openTensorFile.ts';
import { readElements } from '../formats/storedElements.ts';
import { TensorError } from '../protocol/errors.ts';
import type { TensorComparison, Tolerance } from '../protocol/comparison.ts';
import type { DifferenceWindow, KeptTensor } from '../protocol/requests.ts';
import { absoluteDifferences, compareSources, type ElementSource } from '../tensor/compareSources.ts';
import { itemSize } from '../tensor/dtypes.ts';
import { toJsonValues } from '../tensor/jsonValue.ts';
import { formatBytes, formatType } from '../tensor/preview.ts';
import { rowMajorStrides, sameShape, sizeOf } from '../tensor/shape.ts';
import { defaultSlice, formatSlice, parseSlice, resultShape, sliceSize } from '../tensor/slice.ts';
import type { BulkProgress } from './bulkReader.ts';
import { privateFolder } from './removeAtEnd.ts';
import type { ComparedWith } from './tensorInspector.ts';

/** A tensor of the stopped program. */
export interface LiveTensor extends ElementSource {
  /** Writes all of it, raw, into a file that exists. */
  writeTo(file: string, progress: BulkProgress): Promise<void>;
}

const largestKept = 256 * 2 ** 20;
const keptTogether = 2 ** 30;
/** A heatmap draws no more. */
const largestWindow = 2 ** 22;

interface Kept extends KeptTensor {
  file: string;
}

/** What is kept of tensors from one stop to the next: raw elements in files of a private folder, by expression. */
export class KeptTensors {
  readonly #kept = new Map<string, Kept>();
  #folder: Promise<string> | null = null;
  #lastFile = 0;

  /**
   * Keeps the values; those that were kept before under the expression are forgotten. The oldest ones go where all of them
   * together would be more than 1 GiB.
   * @throws TensorError `too-large` above 256 MiB
   */
  async keep(expression: string, tensor: LiveTensor, where: string, progress: BulkProgress): Promise<KeptTensor> {
    const { dtype } = tensor;
    const shape = [...tensor.shape];
    const byteLength = sizeOf(shape) * itemSize(dtype);
    if (dtype === 'string' || byteLength > largestKept) {
      throw new TensorError({
        code: 'too-large',
        message:
          dtype === 'string'
            ? `${expression} holds text, which is not kept.`
            : `${expression} has ${formatBytes(byteLength)}; up to ${formatBytes(largestKept)} of a tensor are kept.`,
        help: 'Export it to a file, and compare with that.',
      });
    }
    this.#folder ??= privateFolder(tmpdir());
    const file = join(await this.#folder, String(++this.#lastFile));
    await (await open(file, 'wx', 0o600)).close();
    try {
      await tensor.writeTo(file, progress);
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
    await this.#forget(expression);
    const kept = { expression, dtype, shape, byteLength, where, file };
    this.#kept.set(expression, kept);
    let total = [...this.#kept.values()].reduce((sum, each) => sum + each.byteLength, 0);
    for (const each of [...this.#kept.values()]) {
      if (total <= keptTogether) break;
      total -= each.byteLength;
      await this.#forget(each.expression);
    }
    return withoutFile(kept);
  }

  /** @throws TensorError `not-available` */
  async open(expression: string): Promise<{ source: ElementSource; close(): Promise<void> }> {
    const kept = this.#kept.get(expression);
    if (!kept) {
      throw new TensorError({
        code: 'not-available',
        message: `No values of ${expression} were kept at an earlier stop.`,
        help: 'Keep them at one stop (tensor/keep), and compare at the next.',
      });
    }
    const { dtype, shape, where } = kept;
    const file = await openFile(kept.file);
    const layout = { reader: file, position: 0, itemSize: itemSize(dtype), strides: rowMajorStrides(shape), swap: 0 };
    const name = `${expression} at ${where}`;
    return {
      source: { name, dtype, shape, read: (ranges) => readElements(layout, ranges) },
      close: () => file.close(),
    };
  }

  async dispose(): Promise<void> {
    const folder = await this.#folder;
    this.#folder = null;
    this.#kept.clear();
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }

  async #forget(expression: string): Promise<void> {
    const kept = this.#kept.get(expression);
    this.#kept.delete(expression);
    if (kept) await rm(kept.file, { force: true });
  }
}

function withoutFile({ expression, dtype, shape, byteLength, where }: Kept): KeptTensor {
  return { expression, dtype, shape, byteLength, where };
}

type OpenTensor = (id: string, name: string) => Promise<ElementSource>;

/** The other side of a comparison, and how to let go of it. */
async function openOther(
  b: ComparedWith,
  kept: KeptTensors,
  openTensor: OpenTensor,
): Promise<{ source: ElementSource; close(): Promise<void> }> {
  if ('kept' in b) return kept.open(b.kept);
  if ('id' in b) return { source: await openTensor(b.id, b.name), close: () => Promise.resolve() };
  const { file: path, member } = splitFileMember(resolve(b.file));
  const file = await openTensorFile(path);
  try {
    const { tensor } = selectTensor(file, member, b.purpose);
    return { source: { ...file.source(tensor.id), name: basename(path) }, close: () => file.dispose() };
  } catch (error) {
    await file.dispose();
    throw error;
  }
}

export async function compareTensors(
  a: ElementSource,
  b: ComparedWith,
  {
    kept,
    openTensor,
    tolerance,
    ...run
  }: {
    kept: KeptTensors;
    openTensor: OpenTensor;
    tolerance: Tolerance;
    signal?: AbortSignal;
    onProgress?: (fraction: number) => void;
  },
): Promise<TensorComparison> {
  const other = await openOther(b, kept, openTensor);
  try {
    return await compareSources(a, other.source, tolerance, run);
  } finally {
    await other.close();
  }
}

/** |a - b| over a slice of both, for a heatmap. @throws TensorError `invalid-argument` for shapes that differ */
export async function differenceWindow(
  a: ElementSource,
  b: ComparedWith,
  { kept, openTensor, slice }: { kept: KeptTensors; openTensor: OpenTensor; slice?: string | undefined },
): Promise<DifferenceWindow> {
  const other = await openOther(b, kept, openTensor);
  try {
    const { source } = other;
    if (!sameShape(a.shape, source.shape) || a.dtype === 'string' || source.dtype === 'string') {
      throw new TensorError({
        code: 'invalid-argument',
        message: `${a.name} (${formatType(a.dtype, a.shape)}) and ${source.name} (${formatType(source.dtype, source.shape)}) have no differences element by element.`,
        help: 'Numbers of the same shape have.',
      });
    }
    const ranges = slice === undefined ? defaultSlice(a.shape) : parseSlice(slice, a.shape);
    if (sliceSize(ranges) > largestWindow) {
      throw new TensorError({
        code: 'too-large',
        message: `The slice takes ${sliceSize(ranges)} elements, more than the ${largestWindow} that are shown at once.`,
        help: 'Take a smaller slice.',
      });
    }
    const [left, right] = [await a.read(ranges), await source.read(ranges)];
    const differences = absoluteDifferences(left as Uint8Array, a.dtype, right as Uint8Array, source.dtype);
    const shape = resultShape(ranges);
    return { slice: formatSlice(ranges, a.shape), shape, values: toJsonValues(differences, 'float64', shape) };
  } finally {
    await other.close();
  }
}
