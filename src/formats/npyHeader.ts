/**
 * The header of a .npy file.
 * Layout: 0x93 "NUMPY", a major and a minor version byte, the header's length (uint16 in version 1, uint32 in 2 and 3,
 * little-endian), and the header: a Python literal (Latin-1 in 1 and 2, UTF-8 in 3) with `descr`, `fortran_order` and
 * `shape`, padded with blanks and a line end so that the elements start at a multiple of 64.
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import type { DType } from '../protocol/tensor.ts';
import { itemSize } from '../tensor/dtypes.ts';
import { sizeOf } from '../tensor/shape.ts';
import { invalidFile, readExactly } from './byteReader.ts';
import type { ByteReader } from './byteReader.ts';
import { parsePythonLiteral } from './pythonLiteral.ts';
import type { PythonLiteral } from './pythonLiteral.ts';

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const alignment = 64;
// Room for the growing axis, so that NumPy can append in place; it has written it since version 1.23.
const growthDigits = 21;
// NumPy itself reads no more than 10,000 characters without being asked to.
const longestHeader = 1 << 16;
const highestRank = 64;
// Strings without characters take no bytes, so that the file's size does not bear out how many there are. NumPy writes
// none by itself: its shortest strings have one character.
const mostEmptyStrings = 1 << 20;

const descriptors: Partial<Record<DType, string>> = {
  float16: '<f2',
  // NumPy knows no bfloat16; the dtype of the ml_dtypes package is of kind V and is saved so. np.load gives '|V2', which
  // `.view(ml_dtypes.bfloat16)` turns back.
  bfloat16: '<V2',
  float32: '<f4',
  float64: '<f8',
  int8: '|i1',
  int16: '<i2',
  int32: '<i4',
  int64: '<i8',
  uint8: '|u1',
  uint16: '<u2',
  uint32: '<u4',
  uint64: '<u8',
  bool: '|b1',
  complex64: '<c8',
  complex128: '<c16',
  unknown: '|u1',
};

/** NumPy's type string, without one for strings, whose length it holds: see `unicodeDescriptor`. */
export function npyDescriptor(dtype: Exclude<DType, 'string'>): string {
  return descriptors[dtype] as string;
}

export interface NpyHeaderOptions {
  fortranOrder?: boolean;
  version?: 1 | 2 | 3;
}

/** The bytes before the elements, as `numpy.save` writes them. */
export function npyHeader(
  descriptor: string,
  shape: readonly number[],
  { fortranOrder = false, version = 1 }: NpyHeaderOptions = {},
): Uint8Array<ArrayBuffer> {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  let text = `{'descr': '${descriptor}', 'fortran_order': ${fortranOrder ? 'True' : 'False'}, 'shape': ${tuple}, }`;
  if (shape.length > 0) text += ' '.repeat(growthDigits - String(shape.at(fortranOrder ? -1 : 0)).length);
  const lengthBytes = version === 1 ? 2 : 4;
  const unpadded = magic.length + 2 + lengthBytes + text.length + 1;
  text += `${' '.repeat(alignment - (unpadded % alignment))}\n`;
  const bytes = new Uint8Array(magic.length + 2 + lengthBytes + text.length);
  bytes.set([...magic, version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, text.length, true);
  else view.setUint32(8, text.length, true);
  for (let i = 0; i < text.length; i++) bytes[8 + lengthBytes + i] = text.charCodeAt(i);
  return bytes;
}

/** How the elements of a .npy file are stored. */
export interface NpyDescription {
  dtype: DType;
  shape: number[];
  fortranOrder: boolean;
  bigEndian: boolean;
  itemSize: number;
  /** `U`: UTF-32 code points, `S`: bytes; both padded with zeros. */
  text: 'U' | 'S' | null;
  /** Where the elements start. */
  position: number;
  note?: string;
}

/**
 * Reads and checks a header; what it promises has to be in the file.
 * @throws TensorError `invalid-file`
 */
export async function readNpyHeader(reader: ByteReader): Promise<NpyDescription> {
  const start = await readExactly(reader, 0, Math.min(12, reader.size), 'the .npy header');
  if (!magic.every((byte, i) => start[i] === byte)) {
    throw invalidFile('This is not a .npy file: it does not start with 0x93 "NUMPY".');
  }
  if (start.length < 8)
    throw invalidFile('The file ends within the .npy header.', 'It may be cut off; write or download it again.');
  const version = start[6] as number;
  if (version < 1 || version > 3 || start[7] !== 0) {
    throw invalidFile(`This .npy file has version ${version}.${start[7]}; known are 1.0, 2.0 and 3.0.`);
  }
  const lengthBytes = version === 1 ? 2 : 4;
  if (start.length < 8 + lengthBytes) throw invalidFile('The file ends within the .npy header.');
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > longestHeader) {
    throw invalidFile(`The .npy header claims ${length} characters; no array needs more than ${longestHeader}.`);
  }
  const bytes = await readExactly(reader, 8 + lengthBytes, length, 'the .npy header');
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(bytes);
  return describe(text, 8 + lengthBytes + length, reader.size);
}

function describe(text: string, position: number, fileSize: number): NpyDescription {
  const header = parsePythonLiteral(text);
  if (!(header instanceof Map)) throw invalidFile(`The .npy header is not a dictionary: ${quote(text)}.`);
  const fortranOrder = header.get('fortran_order');
  if (typeof fortranOrder !== 'boolean') throw invalidFile("The .npy header has no 'fortran_order' of True or False.");
  const shape = checkShape(header.get('shape'));
  const type = checkDescriptor(header.get('descr'));
  const byteLength = shape.reduce((bytes, count) => bytes * BigInt(count), BigInt(type.itemSize));
  if (byteLength > BigInt(fileSize - position)) {
    throw invalidFile(
      `The .npy header promises ${byteLength} bytes of shape (${shape.join(', ')}), the file holds ${fileSize - position}.`,
      'It may be cut off; write or download it again.',
    );
  }
  const count = sizeOf(shape);
  if (type.itemSize === 0 && count > mostEmptyStrings) {
    throw invalidFile(
      `The .npy header promises ${count} strings without characters; up to ${mostEmptyStrings} are read.`,
      'Save them with a length: array.astype("U1").',
    );
  }
  return { ...type, shape, fortranOrder, position };
}

function checkShape(shape: PythonLiteral | undefined): number[] {
  if (!Array.isArray(shape)) throw invalidFile("The .npy header has no 'shape' that is a tuple.");
  if (shape.length > highestRank) throw invalidFile(`The .npy header has ${shape.length} axes.`);
  return shape.map((count) => {
    if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count;
    throw invalidFile(`The .npy header has an impossible shape: (${shape.map(String).join(', ').slice(0, 200)}).`);
  });
}

type ElementType = Pick<NpyDescription, 'dtype' | 'bigEndian' | 'itemSize' | 'text' | 'note'>;

const kinds: Record<string, DType> = Object.fromEntries(
  Object.entries(descriptors).flatMap(([dtype, text]) =>
    dtype === 'unknown' ? [] : [[text.slice(1), dtype as DType]],
  ),
);

function checkDescriptor(descriptor: PythonLiteral | undefined): ElementType {
  if (Array.isArray(descriptor)) {
    throw invalidFile(
      'This .npy file holds records (a structured dtype), which are not tensors.',
      "Save one of its fields: np.save(file, array['field']).",
    );
  }
  if (typeof descriptor !== 'string') throw invalidFile("The .npy header has no 'descr'.");
  const match = /^([<>|=])?([?a-zA-Z])(\d*)(\[.*\])?$/.exec(descriptor);
  if (!match) throw invalidFile(`Unknown dtype ${quote(descriptor)} in the .npy header.`);
  const [, order, kind = '', size = ''] = match;
  if (kind === 'O') {
    throw invalidFile(
      'This file holds Python objects (a pickle), which could run any program when loaded; it is not read.',
      'Convert it in Python to a numeric dtype and save it with allow_pickle=False.',
    );
  }
  const bigEndian = order === '>';
  if (kind === 'U' || kind === 'S') {
    const itemSize = Number(size) * (kind === 'U' ? 4 : 1);
    if (size === '' || itemSize > 1 << 30) throw invalidFile(`Unknown dtype ${quote(descriptor)} in the .npy header.`);
    return { dtype: 'string', bigEndian, itemSize, text: kind };
  }
  const dtype = kinds[kind + size];
  if (dtype === undefined) {
    const dates = kind === 'M' || kind === 'm' ? ' (dates and time spans)' : '';
    throw invalidFile(
      `Elements of NumPy's type ${quote(descriptor)}${dates} are not supported.`,
      'Convert them in Python, for example with array.astype(np.float64).',
    );
  }
  const note =
    dtype === 'bfloat16' ? 'Two-byte elements without a type are read as bfloat16, as ml_dtypes saves it.' : '';
  return { dtype, bigEndian, itemSize: itemSize(dtype), text: null, ...(note && { note }) };
}

function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : String(value);
  return `'${text.length > 80 ? `${text.slice(0, 80)}...` : text}'`;
}
