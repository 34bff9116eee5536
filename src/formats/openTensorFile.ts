/**
 * The tensors of a file on disk, without any program: listed, described as those of a program are, and read by windows, in bounded
 * memory whatever the file's size.
 */
import { basename, extname } from 'node:path';
import { adviceOf, TensorError } from '../protocol/errors.ts';
import type { ListedTensor } from '../protocol/requests.ts';
import type { TensorDescriptor } from '../protocol/tensor.ts';
import { columnMajorStrides, rowMajorStrides } from '../tensor/shape.ts';
import type { Format, StoredTensor } from './format.ts';
import { openFile, temporaryScratch, type OpenedFile } from './nodeFiles.ts';
import { formatForFile } from './registry.ts';

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
  /** In the order of the file. `scope` is the file's name; `tensor.id` is what `source` takes. */
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
   * The tensor as what can be looked at, compared with, assigned or fed from: its windows, as bytes or strings.
   * @throws TensorError `no-such-tensor`, and why it can't be read; like what its `read` throws, it names the file
   */
  source(id: string): StoredTensor {
    const stored = this.#stored[Number(id)];
    if (!stored) {
      throw new TensorError({ code: 'no-such-tensor', message: `${basename(this.path)} has no tensor ${id}.` });
    }
    if (stored.fault) throw withFileName(stored.fault, this.path);
    const read: StoredTensor['read'] = (ranges) =>
      stored.read(ranges).catch((error: unknown) => {
        throw withFileName(error, this.path);
      });
    return { ...stored, read };
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
