/**
 * safetensors: several tensors, no code, no compression.
 * Layout: the header's length (uint64, little-endian), the header (JSON: name to dtype, shape and data_offsets from the
 * header's end; blanks at its end so that the data start at a multiple of 8), and the elements, without gaps.
 * Source: https://github.com/huggingface/safetensors#format
 */
import { TensorError } from '../protocol/errors.ts';
import type { DType } from '../protocol/tensor.ts';
import { dataViewOf, itemSize } from '../tensor/dtypes.ts';
import { rowMajorStrides, sizeOf } from '../tensor/shape.ts';
import { invalidFile, readExactly } from './byteReader.ts';
import type { ByteReader } from './byteReader.ts';
import { checkEncodable, unreadable } from './format.ts';
import type { Format, Part, StoredTensor, TensorHeader } from './format.ts';
import { jsonSize } from './jsonSize.ts';
import { readElements } from './storedElements.ts';

const names: Partial<Record<DType, string>> = {
  float16: 'F16',
  bfloat16: 'BF16',
  float32: 'F32',
  float64: 'F64',
  int8: 'I8',
  int16: 'I16',
  int32: 'I32',
  int64: 'I64',
  uint8: 'U8',
  uint16: 'U16',
  uint32: 'U32',
  uint64: 'U64',
  bool: 'BOOL',
  complex64: 'C64',
};
const dtypesByName = new Map(Object.entries(names).map(([dtype, name]) => [name, dtype as DType]));

// The reference implementation's own limit.
const longestHeader = 100_000_000;
/** Listed at once, about 3 KB each; the largest models have some ten thousand. */
const mostTensors = 1 << 17;
/** The header, a tensor in it, and its shape; "__metadata__" is no deeper. */
const deepest = 3;
const metadataKey = '__metadata__';

export const safetensors: Format = {
  name: 'safetensors',
  label: 'safetensors',
  extensions: ['.safetensors'],
  mediaType: 'application/octet-stream',
  several: true,
  refuses: ({ dtype }) => (names[dtype] ? null : { of: 'dtype', reason: `safetensors has no dtype for ${dtype}` }),
  lossCheck: () => null,
  warnings: () => [],
  encode(tensors) {
    checkEncodable(safetensors, tensors);
    checkNames(tensors);
    // Larger elements first, as the reference does it, so that each tensor is aligned.
    const order = tensors
      .map((tensor, index) => ({ tensor, index, byteLength: sizeOf(tensor.shape) * itemSize(tensor.dtype) }))
      .sort((a, b) => itemSize(b.tensor.dtype) - itemSize(a.tensor.dtype));
    return [
      { kind: 'bytes', bytes: () => header(order) },
      ...order.map(({ index, byteLength }): Part => ({ kind: 'elements', tensor: index, byteLength })),
    ];
  },
  async open(reader) {
    const start = await readExactly(reader, 0, 8, 'the safetensors header');
    const length = dataViewOf(start).getBigUint64(0, true);
    if (length > BigInt(longestHeader)) throw invalidFile(`The header claims ${length} bytes; that is refused.`);
    const header = await readExactly(reader, 8, Number(length), 'the safetensors header');
    checkSize(header);
    return checkHeader(new TextDecoder().decode(header), reader, 8 + Number(length));
  },
};

/** Before it is parsed: a header may be made to exhaust the memory. @throws TensorError `invalid-file`, `too-large` */
function checkSize(header: Uint8Array): void {
  const { depth, objects } = jsonSize(header);
  if (depth > deepest) {
    throw invalidFile(`The safetensors header nests ${depth} levels deep; tensors need ${deepest}.`);
  }
  // All but the header itself.
  if (objects - 1 <= mostTensors) return;
  throw new TensorError({
    code: 'too-large',
    message: `The safetensors header lists ${objects - 1} tensors; up to ${mostTensors} are read.`,
    help: 'Split the file.',
  });
}

function checkNames(tensors: readonly TensorHeader[]): void {
  const seen = new Set<string>([metadataKey]);
  for (const { name } of tensors) {
    if (seen.has(name)) {
      throw new TensorError({
        code: 'invalid-argument',
        message: `The tensor name ${JSON.stringify(name)} is ${name === metadataKey ? 'reserved' : 'there twice'}.`,
        help: 'Give each tensor once, or under names of their own.',
      });
    }
    seen.add(name);
  }
}

function header(order: readonly { tensor: TensorHeader; byteLength: number }[]): Uint8Array {
  let at = 0;
  const entries = order.map(({ tensor, byteLength }) => {
    const offsets = [at, (at += byteLength)];
    return [tensor.name, { dtype: names[tensor.dtype], shape: tensor.shape, data_offsets: offsets }] as const;
  });
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}

interface HeaderEntry {
  name: string;
  dtype: DType;
  shape: number[];
  from: number;
  to: number;
  /** Why it can't be read, though its place is known. */
  fault?: TensorError;
}

function checkHeader(text: string, reader: ByteReader, dataStart: number): StoredTensor[] {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw invalidFile('The safetensors header is no JSON.', undefined, error);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw invalidFile('The safetensors header is no JSON object.');
  }
  const entries = Object.entries(header)
    .filter(([name]) => name !== metadataKey)
    .map(([name, entry]) => checkEntry(name, entry as unknown));
  // No gaps and no overlaps: two tensors on the same bytes, or hidden data, are refused by the reference too.
  let end = 0;
  for (const { name, from, to } of [...entries].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end) throw invalidFile(`The bytes of ${JSON.stringify(name)} start at ${from}, not at ${end}.`);
    end = to;
  }
  if (end !== reader.size - dataStart) {
    throw invalidFile(
      `The tensors take ${end} bytes, the file holds ${reader.size - dataStart}.`,
      'It may be cut off; write or download it again.',
    );
  }
  // One tensor that can't be read does not hide the others.
  if (entries[0]?.fault && entries.every(({ fault }) => fault)) throw entries[0].fault;
  return entries.map(({ name, dtype, shape, from, to, fault }) => {
    if (fault) return unreadable(name, fault);
    const layout = {
      reader,
      position: dataStart + from,
      itemSize: itemSize(dtype),
      strides: rowMajorStrides(shape),
      swap: 0,
    };
    return { name, dtype, shape, byteLength: to - from, read: (ranges) => readElements(layout, ranges) };
  });
}

function checkEntry(name: string, value: unknown): HeaderEntry {
  const fault = (why: string): TensorError => invalidFile(`The header's entry ${JSON.stringify(name)} ${why}.`);
  if (typeof value !== 'object' || value === null) throw fault('is no object');
  const { dtype: typeName, shape, data_offsets: offsets } = value as Record<string, unknown>;
  if (typeof typeName !== 'string') throw fault('has no dtype');
  if (!isCounts(shape) || shape.length > 64) throw fault('has an impossible shape');
  if (!isCounts(offsets) || offsets.length !== 2) throw fault('has impossible data_offsets');
  const [from, to] = offsets as [number, number];
  if (to < from) throw fault('has impossible data_offsets');
  const dtype = dtypesByName.get(typeName);
  if (!dtype) {
    const unsupported = fault(`has the dtype ${typeName.slice(0, 80)}, which is not supported`);
    return { name, dtype: 'unknown', shape, from, to, fault: unsupported };
  }
  const byteLength = shape.reduce((bytes, count) => bytes * BigInt(count), BigInt(itemSize(dtype)));
  if (byteLength !== BigInt(to) - BigInt(from)) {
    throw fault(`has ${to - from} bytes where its shape needs ${byteLength}`);
  }
  return { name, dtype, shape, from, to };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && (count as number) >= 0);
}
