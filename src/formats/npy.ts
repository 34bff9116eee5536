/** NumPy's .npy: one array, every dtype bit for bit. See npyHeader.ts for the layout. */
import type { AxisRange, DType, TensorWarning } from '../protocol/tensor.ts';
import { itemSize } from '../tensor/dtypes.ts';
import { columnMajorStrides, ravelIndex, rowMajorStrides, sizeOf, unravelIndex } from '../tensor/shape.ts';
import { sliceSize } from '../tensor/slice.ts';
import type { ByteReader } from './byteReader.ts';
import { checkEncodable } from './format.ts';
import type { EncodeOptions, Format, Part, StoredTensor, TensorHeader, TensorValues, Transform } from './format.ts';
import { paddingLoss } from './losses.ts';
import { npyDescriptor, npyHeader, readNpyHeader } from './npyHeader.ts';
import { decodeText, encodeUnicode, paddedLength, stringsPerPiece, unicodeDescriptor } from './npyText.ts';
import { readElements } from './storedElements.ts';

/** The header and the elements of one array; .npz files are made of the same parts. */
export function npyParts(tensor: TensorHeader, index: number, options: EncodeOptions = {}): Part[] {
  const { dtype, shape } = tensor;
  // One axis has the same elements in either order; NumPy calls that row-major.
  const fortranOrder = options.fortranOrder === true && shape.length > 1;
  if (dtype === 'string') {
    const given = tensor.strings ?? [];
    const strings = fortranOrder ? columnMajor(given, shape) : given;
    const length = paddedLength(tensor.name, strings);
    const step = stringsPerPiece(length);
    const pieces = Array.from({ length: Math.ceil(strings.length / step) }, (_, k): Part => ({
      kind: 'bytes',
      bytes: () => encodeUnicode(strings.slice(k * step, (k + 1) * step), length),
    }));
    return [{ kind: 'bytes', bytes: () => npyHeader(unicodeDescriptor(length), shape, { fortranOrder }) }, ...pieces];
  }
  const widen = dtype === 'bfloat16' && options.bfloat16 === 'float32';
  const descriptor = npyDescriptor(widen ? 'float32' : dtype);
  return [
    { kind: 'bytes', bytes: () => npyHeader(descriptor, shape, { fortranOrder }) },
    {
      kind: 'elements',
      tensor: index,
      byteLength: sizeOf(shape) * itemSize(dtype),
      ...(fortranOrder && { order: 'column-major' }),
      ...(widen && { transform: bfloat16Widener() }),
    },
  ];
}

function columnMajor(strings: readonly string[], shape: readonly number[]): string[] {
  const reversed = [...shape].reverse();
  return strings.map((_, k) => strings[ravelIndex(unravelIndex(k, reversed).reverse(), shape)] as string);
}

/** bfloat16 elements as the float32s whose upper halves they are; NaN payloads stay. */
function bfloat16Widener(): Transform {
  return {
    *push(chunk) {
      const wide = new Uint8Array(chunk.length * 2);
      for (let i = 0; i < chunk.length; i += 2) {
        wide[2 * i + 2] = chunk[i] as number;
        wide[2 * i + 3] = chunk[i + 1] as number;
      }
      yield wide;
    },
    *end() {},
  };
}

/** What NumPy makes of a dtype that it does not know. */
export function numpyWarnings(tensors: readonly TensorHeader[], options: EncodeOptions = {}): TensorWarning[] {
  return tensors.flatMap((tensor): TensorWarning[] => {
    if (tensor.dtype === 'unknown') {
      return [
        {
          code: 'lossy-dtype',
          message: `${tensor.name} is memory without a dtype; it is written as uint8.`,
          help: 'Say how to read it, or use .view(np.float32) on what np.load gives.',
        },
      ];
    }
    if (tensor.dtype !== 'bfloat16') return [];
    const widened = options.bfloat16 === 'float32';
    return [
      {
        code: 'lossy-dtype',
        message: widened
          ? `NumPy has no bfloat16: ${tensor.name} is written as float32, twice as large, with the same values.`
          : `NumPy has no bfloat16: ${tensor.name} is written as the package ml_dtypes saves it, as two-byte voids.`,
        help: widened
          ? 'Nothing is lost; .astype(ml_dtypes.bfloat16) turns it back.'
          : 'Read it with np.load(file).view(ml_dtypes.bfloat16).',
      },
    ];
  });
}

/**
 * The array in a .npy file.
 * @throws TensorError `invalid-file`
 */
export async function openNpyArray(reader: ByteReader, name: string): Promise<StoredTensor> {
  const header = await readNpyHeader(reader);
  const { dtype, shape, fortranOrder, bigEndian, position, text } = header;
  const unit = dtype === 'complex64' || dtype === 'complex128' ? header.itemSize / 2 : header.itemSize;
  const layout = {
    reader,
    position,
    itemSize: header.itemSize,
    strides: fortranOrder ? columnMajorStrides(shape) : rowMajorStrides(shape),
    swap: bigEndian ? (text === 'U' ? 4 : text === 'S' ? 0 : unit) : 0,
  };
  return {
    name,
    dtype,
    shape,
    byteLength: sizeOf(shape) * itemSize(dtype),
    ...(header.note !== undefined && { note: header.note }),
    ...(fortranOrder && shape.length > 1 && { fortranOrder }),
    async read(ranges: readonly AxisRange[]): Promise<TensorValues> {
      if (text && header.itemSize === 0) return new Array<string>(sliceSize(ranges)).fill('');
      const bytes = await readElements(layout, ranges);
      if (text) return decodeText(bytes, text, header.itemSize);
      return dtype === 'bool' ? normalizeBooleans(bytes) : bytes;
    },
  };
}

/** NumPy takes every byte but 0 for True; everywhere else in this program it is 1. */
function normalizeBooleans(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => (byte === 0 ? 0 : 1));
}

export const npy: Format = {
  name: 'npy',
  label: 'NumPy array',
  extensions: ['.npy'],
  mediaType: 'application/x-npy',
  several: false,
  fortranOrder: true,
  refuses: () => null,
  lossCheck: (_dtype: DType) => null,
  stringLoss: paddingLoss,
  warnings: numpyWarnings,
  encode(tensors, options) {
    checkEncodable(npy, tensors);
    return npyParts(tensors[0] as TensorHeader, 0, options);
  },
  open: async (reader) => [await openNpyArray(reader, 'array')],
};
