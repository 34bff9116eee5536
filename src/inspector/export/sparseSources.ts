/**
 * A sparse tensor as what a file is made of: in an .npz the members of SciPy's layout, each straight from where it is;
 * in any other format its dense form, which is put together here.
 */
import type { Format } from '../../formats/format.ts';
import { isInScipy, scipyHeaders } from '../../formats/scipySparse.ts';
import type { AgentSparseParts } from '../../protocol/agent.ts';
import { adviceOf, TensorError } from '../../protocol/errors.ts';
import type { DType, TensorDescriptor, TensorWarning } from '../../protocol/tensor.ts';
import { dataViewOf, decodeElements, elementReader, elementWriter, itemSize } from '../../tensor/dtypes.ts';
import type { Element } from '../../tensor/dtypes.ts';
import { formatBytes } from '../../tensor/preview.ts';
import { ravelIndex, sizeOf } from '../../tensor/shape.ts';
import { parseSlice, wholeSlice } from '../../tensor/slice.ts';
import type { Exporting, Source } from './exportTensors.ts';
import type { ExportRequest } from '../tensorInspector.ts';

/** The dense form is in memory as a whole. */
const largestDense = 256 * 2 ** 20;

interface Sparse {
  name: string;
  shape: number[];
  count: number;
  parts: AgentSparseParts;
}

/**
 * Undefined where no sparse tensor is among what is to be written.
 * @throws TensorError `invalid-argument` for a sparse tensor among others, or a slice of one; `not-readable`, `lossy-dtype`,
 *   `too-large`
 */
export async function sparseSources(
  { tensors }: ExportRequest,
  format: Format,
  exporting: Exporting,
): Promise<{ sources: Source[]; warnings: TensorWarning[] } | undefined> {
  const described = await Promise.all(tensors.map(({ id }) => exporting.describe(id)));
  const at = described.findIndex(({ kind }) => kind === 'sparse');
  if (at < 0) return undefined;
  const { name, id, slice } = tensors[at]!;
  if (tensors.length > 1 || slice !== undefined) {
    throw new TensorError({
      code: 'invalid-argument',
      message: `${name} is sparse: it is written as a whole, into a file of its own.`,
      help: 'Write it alone, without a slice; its values and indices are tensors like any other.',
    });
  }
  const sparse = await openSparse(name, id, described[at]!, exporting);
  if (format.name === 'npz') return { sources: scipySources(sparse, exporting), warnings: [] };
  return denseSource(sparse, format, exporting);
}

async function openSparse(name: string, id: string, tensor: TensorDescriptor, exporting: Exporting): Promise<Sparse> {
  const parts = await exporting.sparseParts(id);
  if (!parts) {
    throw new TensorError({
      code: 'not-readable',
      message: `${name} can't be written: ${tensor.access.reason ?? 'it does not tell what it is made of'}`,
      help: 'Write its values and indices.',
      ...adviceOf(tensor.access),
    });
  }
  const { indices, values, denseShape } = parts;
  const known = tensor.shape.every((count) => count !== null) ? tensor.shape : undefined;
  const shape = known ?? (denseShape && (await readIntegers(denseShape, exporting)));
  const [count] = values.shape;
  const isWhole = values.shape.length === 1 && indices.shape[0] === count && indices.shape[1] === shape?.length;
  if (!shape || typeof count !== 'number' || !isWhole || !isIndex(indices.dtype)) {
    throw new TensorError({
      code: 'not-readable',
      message:
        `${name} can't be written: ${values.dtype}[${values.shape.join(', ')}] values and ` +
        `${indices.dtype}[${indices.shape.join(', ')}] indices are no sparse tensor of [${(shape ?? []).join(', ')}].`,
      help: 'Write its values and indices.',
    });
  }
  return { name, shape, count, parts };
}

function isIndex(dtype: DType): dtype is 'int32' | 'int64' {
  return dtype === 'int32' || dtype === 'int64';
}

const writeParts = 'Write its values and indices, which are tensors like any other';

function fitsDense({ shape, parts: { values } }: Pick<Sparse, 'shape' | 'parts'>): boolean {
  return sizeOf(shape) * itemSize(values.dtype) <= largestDense;
}

/** How the file can be as small as the tensor. */
function sparseHelp({ shape, parts: { values } }: Sparse): string {
  if (shape.length === 2 && isInScipy(values.dtype)) {
    return 'Write .npz: scipy.sparse.load_npz reads it, and it stays sparse.';
  }
  return `${writeParts}: SciPy has no sparse matrices of rank ${shape.length} and ${values.dtype}.`;
}

function scipySources({ name, shape, count, parts }: Sparse, exporting: Exporting): Source[] {
  const [height, width] = shape;
  if (height === undefined || width === undefined || shape.length > 2) {
    throw new TensorError({
      code: 'not-readable',
      message: `${name} has rank ${shape.length}; SciPy's sparse matrices have rank 2.`,
      help: fitsDense({ shape, parts }) ? `${writeParts}, or its dense form as .npy.` : `${writeParts}.`,
    });
  }
  const { indices, values } = parts;
  const { row, col, data, rest } = scipyHeaders(values.dtype, [height, width], count, indices.dtype);
  const axis = (header: typeof row, slice: string, size: number): Source => ({
    header: { ...header, shape: [count] },
    elements: { ...exporting.parseId(indices.id), ranges: parseSlice(slice, indices.shape as number[]) },
    byteLength: count * itemSize(indices.dtype),
    check: (bytes) => assertInside(name, decodeElements(bytes, indices.dtype) as (number | bigint)[], size),
  });
  return [
    axis(row, ':, 0', height),
    axis(col, ':, 1', width),
    ...rest.map(({ bytes = new Uint8Array(0), ...header }) => ({
      header: { ...header, shape: [...header.shape] },
      elements: bytes,
      byteLength: bytes.byteLength,
    })),
    {
      header: { ...data, shape: [count] },
      elements: { ...exporting.parseId(values.id), ranges: wholeSlice([count]) },
      byteLength: count * itemSize(values.dtype),
    },
  ];
}

async function denseSource(sparse: Sparse, format: Format, exporting: Exporting) {
  const { name, shape, count, parts } = sparse;
  const { indices, values } = parts;
  const keepSparse = sparseHelp(sparse);
  const { dtype } = values;
  const size = itemSize(dtype);
  const byteLength = sizeOf(shape) * size;
  const sparseBytes = values.byteLength + indices.byteLength;
  if (size === 0 || format.name === 'png') {
    throw new TensorError({
      code: 'not-readable',
      message: `${name}, sparse and of ${dtype}, can't be written as ${format.label}.`,
      help: 'Make it dense in the program, and write that.',
    });
  }
  if (byteLength > largestDense) {
    throw new TensorError({
      code: 'too-large',
      message: `${name} holds ${formatBytes(sparseBytes)}; its dense form would take ${formatBytes(byteLength)}, more than the ${formatBytes(largestDense)} that are put together here.`,
      help: keepSparse,
    });
  }
  const places = await readIntegers(indices, exporting, keepSparse);
  const elements = await readWhole(values, exporting, keepSparse);
  const dense = new Uint8Array(byteLength);
  const rank = shape.length;
  for (let axis = 0; axis < rank; axis++) {
    assertInside(
      name,
      places.filter((_, i) => i % rank === axis),
      shape[axis]!,
    );
  }
  const [read, write] = [elementReader(dtype), elementWriter(dtype)];
  const [from, into] = [dataViewOf(elements), dataViewOf(dense)];
  for (let i = 0; i < count; i++) {
    const at = ravelIndex(places.slice(i * rank, (i + 1) * rank), shape) * size;
    // What stands alone keeps its bits; values of one place are added up, as by SciPy.
    const isFree = dense.subarray(at, at + size).every((byte) => byte === 0);
    if (isFree) dense.set(elements.subarray(i * size, (i + 1) * size), at);
    else write(into, at, sum(read(into, at), read(from, i * size)));
  }
  const warning: TensorWarning = {
    code: 'sparse-to-dense',
    message: `${name} holds ${formatBytes(sparseBytes)}; it was written in its dense form, ${formatBytes(byteLength)}.`,
    help: keepSparse,
  };
  return {
    sources: [{ header: { name, dtype, shape }, elements: dense, byteLength }],
    warnings: byteLength > sparseBytes ? [warning] : [],
  };
}

function sum(a: Element, b: Element): Element {
  if (Array.isArray(a) && Array.isArray(b)) return [a[0] + b[0], a[1] + b[1]];
  if (typeof a === 'bigint' && typeof b === 'bigint') return a + b;
  return Number(a) + Number(b);
}

function assertInside(name: string, indices: readonly (number | bigint)[], size: number): void {
  const outside = indices.find((index) => index < 0 || index >= size);
  if (outside === undefined) return;
  throw new TensorError({
    code: 'invalid-argument',
    message: `${name} has the index ${outside} on an axis of ${size}; it was not written.`,
    help: 'Look at its indices.',
  });
}

async function readIntegers(tensor: TensorDescriptor, exporting: Exporting, help?: string): Promise<number[]> {
  return (decodeElements(await readWhole(tensor, exporting, help), tensor.dtype) as (number | bigint)[]).map(Number);
}

/** @throws TensorError `too-large` */
async function readWhole(tensor: TensorDescriptor, exporting: Exporting, help = `${writeParts}.`): Promise<Uint8Array> {
  if (tensor.byteLength > largestDense) {
    throw new TensorError({
      code: 'too-large',
      message: `${formatBytes(tensor.byteLength)} of a sparse tensor's values or indices are too many for a dense form.`,
      help,
    });
  }
  const request = { ...exporting.parseId(tensor.id), ranges: wholeSlice(tensor.shape as number[]) };
  const bytes = new Uint8Array(tensor.byteLength);
  await exporting.reading(() => exporting.bulk.readWindow(request, bytes));
  return bytes;
}
