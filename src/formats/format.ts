/**
 * What a file format is to the rest of the program. Encoders are plans: a list of parts, of which the tensors' parts are
 * filled with raw elements by whoever has them, so that a tensor of any size goes through in bounded memory and, where
 * nothing has to be done to the elements, straight from the device to the file.
 */
import { TensorError } from '../protocol/errors.ts';
import type { ExportEncoding } from '../protocol/requests.ts';
import type { AxisRange, DType, TensorWarning } from '../protocol/tensor.ts';
import { itemSize } from '../tensor/dtypes.ts';
import { joinBytes } from '../tensor/bytes.ts';
import type { ByteReader, ScratchFiles } from './byteReader.ts';
import { columnMajorBytes } from './columnMajor.ts';

/** A tensor that is to be written. */
export interface TensorHeader {
  /** Under which it is found again in a file of several; a file of one tensor may not keep it. */
  name: string;
  dtype: DType;
  shape: readonly number[];
  /** The elements of a `string` tensor in row-major order; the others come as bytes. */
  strings?: readonly string[];
}

/** Turns raw elements into the file's bytes, piece by piece, so that no piece is much larger than a chunk. */
export interface Transform {
  /**
   * @param chunk whole elements, little-endian, in the order of their part
   * @returns pieces that stay as they are until the next but one is taken
   */
  push(chunk: Uint8Array): Iterable<Uint8Array>;
  end(): Iterable<Uint8Array>;
}

/** One stretch of a file. */
export type Part =
  | {
      kind: 'bytes';
      /** Called once, when every part before this one is written; it may depend on what they were. */
      bytes(): Uint8Array;
    }
  | {
      /** The elements of a tensor: little-endian. Without a transform, the file holds them as they are. */
      kind: 'elements';
      tensor: number;
      /** In which they come, to a transform too; default row-major. */
      order?: 'column-major';
      byteLength: number;
      transform?: Transform;
      /** Has to see all of the elements, in order, before the next part's turn (checksums). */
      observe?(chunk: Uint8Array): void;
    };

/** @param make called once, when every part before this one is written */
export function textPart(make: () => string): Part {
  return { kind: 'bytes', bytes: () => new TextEncoder().encode(make()) };
}

export interface EncodeOptions extends ExportEncoding {
  /** For `png`: the values that become black and white; default 0 and 1 for floats, the dtype's range for uint8. */
  range?: { min: number; max: number };
}

/** A value that would change in a format, and what would be read back. */
export interface Loss {
  /** The flat row-major index. */
  index: number;
  value: string;
  becomes: string;
}

/** Looks for the first element of a chunk that the format can't hold exactly. */
export type LossCheck = (chunk: Uint8Array, firstIndex: number) => Loss | null;

/** Little-endian elements in row-major order, or the strings of a `string` tensor. */
export type TensorValues = Uint8Array | string[];

/** A tensor in a file, not read yet. */
export interface StoredTensor {
  name: string;
  dtype: DType;
  shape: number[];
  /** Of its elements in memory; 0 for strings. */
  byteLength: number;
  /** What a reader should know, for example how untyped elements are read. */
  note?: string;
  /** The first axis varies fastest in the file: columns are read faster than rows. */
  fortranOrder?: boolean;
  /** [n, 1] from a text without a word about its axes: it may have been [n], or of no axis. */
  isColumn?: boolean;
  /** Numbers from a text without a word about their dtype: this one holds them, but it may have been another. */
  isPlain?: boolean;
  /** Why it can't be read, as `read` would say it. */
  fault?: TensorError;
  /**
   * The elements that the ranges take. Only what is needed is read, as far as the format allows.
   * @throws TensorError `invalid-file`, `too-large`
   */
  read(ranges: readonly AxisRange[]): Promise<TensorValues>;
}

/** What is known of a tensor that can't be read. */
export function unreadable(name: string, fault: TensorError): StoredTensor {
  return { name, dtype: 'unknown', shape: [], byteLength: 0, fault, read: () => Promise.reject(fault) };
}

export interface OpenOptions {
  /** Where members that can't be read by windows are unpacked; without it, in memory up to `memoryLimit`. */
  scratch?: ScratchFiles;
  /** The most bytes to hold for one member; default 256 MiB. */
  memoryLimit?: number;
}

/** Why a format can't hold a tensor: its dtype, or its shape. */
export interface Refusal {
  of: 'dtype' | 'shape';
  reason: string;
}

export interface Format {
  /** As in `ExportedFile.format`. */
  name: string;
  /** For people: "NumPy array". */
  label: string;
  /** With the dot; the first is the usual one. */
  extensions: readonly string[];
  mediaType: string;
  /** Whether one file holds several tensors. */
  several: boolean;
  /** Whether a file says in which order its axes are. */
  fortranOrder?: true;
  /** Why the format can't hold such a tensor; null if it can. */
  refuses(tensor: TensorHeader): Refusal | null;
  /** How to look for values that would change; null if all are kept bit for bit. */
  lossCheck(dtype: DType, options?: EncodeOptions): LossCheck | null;
  /** The first string that would change; absent where all are kept. */
  stringLoss?(strings: readonly string[]): Loss | null;
  /** What a user should know about these tensors in this format. */
  warnings(tensors: readonly TensorHeader[], options?: EncodeOptions): TensorWarning[];
  /** @throws TensorError `lossy-dtype` for dtypes that it refuses, `invalid-argument` for shapes, and names it can't keep */
  encode(tensors: readonly TensorHeader[], options?: EncodeOptions): Part[];
  /** Absent if files of this format are only written. @throws TensorError `invalid-file` */
  open?(reader: ByteReader, options?: OpenOptions): Promise<StoredTensor[]>;
}

/** Formats check their input with this first. @throws TensorError `lossy-dtype`, `invalid-argument` */
export function checkEncodable(format: Format, tensors: readonly TensorHeader[]): void {
  if (tensors.length === 0 || (tensors.length > 1 && !format.several)) {
    throw new TensorError({
      code: 'invalid-argument',
      message:
        tensors.length === 0
          ? `There is no tensor to write as ${format.label}.`
          : `A ${format.extensions[0]} file holds one tensor, not ${tensors.length}.`,
      help: tensors.length === 0 ? 'Name a tensor.' : 'Several tensors fit into one .npz or .safetensors file.',
    });
  }
  for (const tensor of tensors) {
    const refusal = format.refuses(tensor);
    if (refusal === null) continue;
    const { of, reason } = refusal;
    throw new TensorError({
      code: of === 'dtype' ? 'lossy-dtype' : 'invalid-argument',
      message: `${tensor.name} (${tensor.dtype}) can't be written as ${format.label}: ${reason}.`,
      help:
        of === 'dtype'
          ? 'Choose another format; .npz holds every dtype.'
          : 'Take a slice that has such a shape, or choose another format; .npz holds every shape.',
    });
  }
}

/**
 * The file's bytes, for parts whose elements come from `elements(tensor)`.
 * @throws TensorError `invalid-argument` if a tensor brings more or fewer bytes than its shape says
 */
export async function* encodedBytes(
  parts: readonly Part[],
  elements: (tensor: number, order?: 'column-major') => AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const part of parts) {
    if (part.kind === 'bytes') {
      yield part.bytes();
      continue;
    }
    let seen = 0;
    for await (const chunk of elements(part.tensor, part.order)) {
      seen += chunk.byteLength;
      part.observe?.(chunk);
      if (part.transform) yield* part.transform.push(chunk);
      else yield chunk;
    }
    if (seen !== part.byteLength) {
      throw new TensorError({
        code: 'invalid-argument',
        message: `Tensor ${part.tensor} brought ${seen} bytes where its shape says ${part.byteLength}.`,
      });
    }
    if (part.transform) yield* part.transform.end();
  }
}

/** A whole file in memory; for small tensors and the clipboard. */
export async function encodeInMemory(
  format: Format,
  tensors: readonly (TensorHeader & { bytes?: Uint8Array })[],
  options?: EncodeOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  const elements = function* (index: number, order?: 'column-major'): Generator<Uint8Array> {
    const { bytes = new Uint8Array(0), shape, dtype } = tensors[index]!;
    yield order ? columnMajorBytes(bytes, shape, itemSize(dtype)) : bytes;
  };
  for await (const piece of encodedBytes(format.encode(tensors, options), elements)) pieces.push(piece.slice());
  return joinBytes(pieces);
}
