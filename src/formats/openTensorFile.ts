/**
 * The tensors of a file on disk, without any program: listed, read by windows and summed up, in bounded memory whatever
 * the file's size. It answers as the requests about a paused program do, so that the same views show both.
 */
import { basename, extname } from 'node:path';
import { adviceOf, TensorError } from '../protocol/errors.ts';
import type { ListedTensor, ReadResult } from '../protocol/requests.ts';
import type { CopyCost, TensorDescriptor, TensorStatistics } from '../protocol/tensor.ts';
import { itemSize } from '../tensor/dtypes.ts';
import { toJsonValues } from '../tensor/jsonValue.ts';
import { formatBytes } from '../tensor/preview.ts';
import { columnMajorStrides, rowMajorStrides } from '../tensor/shape.ts';
import { defaultSlice, formatSlice, parseSlice, resultShape, sliceSize } from '../tensor/slice.ts';
import { sourceStatistics, type StatisticsRun } from '../tensor/sourceStatistics.ts';
import type { Format, StoredTensor } from './format.ts';
import { openFile, temporaryScratch, type OpenedFile } from './nodeFiles.ts';
import { formatForFile } from './registry.ts';

/** One window that is held in memory and turned into values. */
const largestWindow = 256 * 2 ** 20;
/**
 * Opens a .npy, .npz or .safetensors file; its header is all that is read. (Texts, .csv and .json, are held whole, up to
 * 256 MiB.)
 * @throws TensorError `file-system`, `unknown-format`, `invalid-file`
 */
export async function openTensorFile(path: string): Promise<TensorFile> {
  const format = formatForFile(path, 'read');
  if (!format.open) {
    throw new TensorError({
      code: 'unknown-format',
      message: `${basename(path)} is a ${format.label}, which is only written, not read.`,
      help: 'Tensors are read from .npy, .npz, .safetensors, .csv, .tsv and .json.',
    });
  }
  const file = await openFile(path);
  const scratch = temporaryScratch();
  try {
    return new TensorFile(path, format, file, scratch, await format.open(file, { scratch }));
  } catch (error) {
    await file.close();
    await scratch.dispose();
    throw withFileName(error, path);
  }
}

/** Readers see bytes; whoever reads several files is told which one it is about. */
function withFileName(error: unknown, path: string): unknown {
  if (!(error instanceof TensorError)) return error;
  return new TensorError({ ...error.toReport(), message: `${basename(path)}: ${error.message}` }, { cause: error });
}

export class TensorFile {
  readonly path: string;
  readonly format: Format;
  /** Of the file. */
  readonly byteLength: number;
  /** In the order of the file. `scope` is the file's name; `tensor.id` is what the methods below take. */
  readonly tensors: readonly ListedTensor[];
  readonly #stored: readonly StoredTensor[];
  readonly #file: OpenedFile;
  readonly #scratch: { dispose(): Promise<void> };

  constructor(
    path: string,
    format: Format,
    file: OpenedFile,
    scratch: { dispose(): Promise<void> },
    stored: readonly StoredTensor[],
  ) {
    this.path = path;
    this.format = format;
    this.byteLength = file.size;
    this.#file = file;
    this.#scratch = scratch;
    this.#stored = stored;
    const scope = basename(path);
    this.tensors = stored.map((tensor, index) => ({
      // A file of one array has no name for it but its own.
      expression: format.several ? tensor.name : scope.slice(0, scope.length - extname(scope).length),
      scope,
      tensor: describe(tensor, String(index), format),
    }));
  }

  /** Closes the file and removes what was unpacked from it. */
  async dispose(): Promise<void> {
    await this.#file.close();
    await this.#scratch.dispose();
  }

  /**
   * A window, as `tensor/read` answers it: by default the first elements of each axis.
   * @throws TensorError `invalid-slice`, `invalid-file`, `too-large` for a window above 256 MiB
   */
  async read(
    id: string,
    { slice, encoding = 'json' }: { slice?: string; encoding?: 'json' | 'bytes' } = {},
  ): Promise<ReadResult> {
    const stored = this.#find(id);
    const { dtype, shape } = stored;
    const ranges = slice === undefined ? defaultSlice(shape) : parseSlice(slice, shape);
    const bytes = sliceSize(ranges) * itemSize(dtype);
    if (bytes > largestWindow) {
      throw new TensorError({
        code: 'too-large',
        message: `The slice takes ${formatBytes(bytes)}, more than the ${formatBytes(largestWindow)} that are shown at once.`,
        help: 'Take a smaller slice.',
      });
    }
    const start = performance.now();
    const values = await stored.read(ranges);
    const cost = readCost(stored, bytes, performance.now() - start);
    const cut = resultShape(ranges);
    return {
      tensor: this.tensors[Number(id)]!.tensor,
      slice: formatSlice(ranges, shape),
      shape: cut,
      ...(encoding === 'bytes' && values instanceof Uint8Array
        ? { bytes: Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64') }
        : { values: toJsonValues(values, dtype, cut) }),
      cost,
    };
  }

  /** The tensor as what it can be compared with, assigned or fed from: its windows, as bytes or strings. */
  source(id: string): StoredTensor {
    return this.#find(id);
  }

  /** Statistics over every element, as `tensor/stats` answers them; `bins` asks for a histogram. */
  async stats(id: string, options: StatisticsRun = {}): Promise<TensorStatistics> {
    const stored = this.#find(id);
    const start = performance.now();
    const { stats, bytes } = await sourceStatistics(stored, options);
    return { ...stats, cost: readCost(stored, bytes, performance.now() - start) };
  }

  #find(id: string): StoredTensor {
    const stored = this.#stored[Number(id)];
    if (!stored) {
      throw new TensorError({ code: 'no-such-tensor', message: `${basename(this.path)} has no tensor ${id}.` });
    }
    if (stored.fault) throw stored.fault;
    return stored;
  }
}

function describe(stored: StoredTensor, id: string, format: Format): TensorDescriptor {
  const { dtype, shape, byteLength, note, fault, fortranOrder } = stored;
  return {
    id,
    runtime: format.name,
    kind: 'array',
    className: format.label,
    dtype,
    shape,
    strides: fortranOrder ? columnMajorStrides(shape) : rowMajorStrides(shape),
    byteLength,
    device: { type: 'cpu' },
    location: 'host',
    state: 'live',
    access: fault
      ? { how: 'none', reason: fault.message, ...adviceOf(fault) }
      : { how: 'copy', ...(note !== undefined && { reason: note }) },
    warnings: [],
  };
}

/** Bytes of elements; what the disk or its cache gave them for, tells what the whole file would take. */
function readCost({ byteLength }: StoredTensor, bytes: number, ms: number): CopyCost {
  return {
    bytes,
    queueMs: 0,
    transferMs: ms,
    readbacks: 0,
    stagingBytes: 0,
    wholeBytes: byteLength,
    wholeMsEstimate:
      bytes === 0 ? 0 : Math.max(ms, Math.min((ms * byteLength) / bytes, byteLength / guessedBytesPerMs)),
  };
}

/** Small reads say little about large ones: a disk gives at least so much. */
const guessedBytesPerMs = 500_000;
