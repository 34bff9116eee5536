/**
 * PNG images: [height, width] as gray or coloured by value, [height, width, 1 | 3 | 4] as gray, RGB or RGBA.
 * Layout: signature, then chunks of length, type, data and checksum: IHDR, IDAT (rows, each after a filter byte of 0,
 * all in one zlib stream), IEND. Source: https://www.w3.org/TR/png-3/
 */
import { crc32 } from 'node:zlib';
import { Zlib } from 'fflate';
import { TensorError } from '../protocol/errors.ts';
import type { DType } from '../protocol/tensor.ts';
import { colorTable } from '../tensor/colormaps.ts';
import { dataViewOf, elementReader, isComplex, itemSize } from '../tensor/dtypes.ts';
import { formatElement } from '../tensor/numbers.ts';
import { sizeOf } from '../tensor/shape.ts';
import { joinBytes } from '../tensor/bytes.ts';
import { checkEncodable } from './format.ts';
import type { EncodeOptions, Format, LossCheck, Refusal, TensorHeader, Transform } from './format.ts';

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const largestSide = 2 ** 31 - 1;
const colorTypes: Record<number, number> = { 1: 0, 3: 2, 4: 6 };
const viridis = Array.from({ length: 256 }, (_, level) => colorTable('viridis').subarray(level * 3, level * 3 + 3));
/** Shown where there is no number: magenta, which is in no colormap used here. */
const nanColor = Uint8ClampedArray.of(255, 0, 255);

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function imageHeader(width: number, height: number, channels: number): Uint8Array {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data[8] = 8;
  data[9] = colorTypes[channels] as number;
  return chunk('IHDR', data);
}

/** The values that become 0 and 255 if nobody says: all of a uint8's or a bool's, 0 to 1 of a float's. */
function defaultRange(dtype: DType): { min: number; max: number } {
  return dtype === 'uint8' || dtype === 'unknown' ? { min: 0, max: 255 } : { min: 0, max: 1 };
}

/** Where a value stands from 0 (black; NaN too) to 255 (white). */
function levels(dtype: DType, options: EncodeOptions): (value: number) => number {
  const { min, max } = options.range ?? defaultRange(dtype);
  const scale = max > min ? 255 / (max - min) : 0;
  return (value) => {
    if (value !== value || value <= min) return 0;
    // Also of an infinity above values that are all the same.
    return value > max ? 255 : Math.round((value - min) * scale);
  };
}

function colorOf(value: number, levelOf: (value: number) => number): Uint8ClampedArray {
  return value === value ? (viridis[levelOf(value)] as Uint8ClampedArray) : nanColor;
}

/** Finds the first value that is not the level of its pixel, which is what a reader of the image gets. */
function pixelLoss(dtype: DType, options: EncodeOptions): LossCheck | null {
  const { min, max } = options.range ?? defaultRange(dtype);
  const colored = options.colormap === 'viridis';
  if ((dtype === 'uint8' || dtype === 'unknown') && min === 0 && max === 255 && !colored) return null;
  const read = elementReader(dtype);
  const size = itemSize(dtype);
  const levelOf = levels(dtype, options);
  return (chunk, firstIndex) => {
    const view = dataViewOf(chunk);
    for (let i = 0; (i + 1) * size <= chunk.length; i++) {
      const element = read(view, i * size);
      const value = Number(element);
      const level = levelOf(value);
      if (level === value && !colored) continue;
      const becomes = colored ? `the colour ${colorOf(value, levelOf).join(', ')}` : String(level);
      return { index: firstIndex + i, value: formatElement(element, dtype), becomes };
    }
    return null;
  };
}

interface ImageLayout {
  width: number;
  /** Samples per pixel in the tensor, and in the file. */
  samples: number;
  channels: number;
}

function imageRows(dtype: DType, { width, samples, channels }: ImageLayout, options: EncodeOptions): Transform {
  const read = elementReader(dtype);
  const size = itemSize(dtype);
  const levelOf = levels(dtype, options);
  const colored = channels !== samples;
  let output: Uint8Array[] = [];
  const zlib = new Zlib({ level: 6 }, (bytes) => output.push(bytes));
  const rowBytes = width * samples;
  let seen = 0;
  const take = (): Uint8Array[] => {
    const pieces = output.filter((bytes) => bytes.length > 0).map((bytes) => chunk('IDAT', bytes));
    output = [];
    return pieces;
  };
  return {
    *push(raw) {
      const view = dataViewOf(raw);
      const count = raw.length / size;
      const pixels: number[] | Uint8Array = new Uint8Array(count * (colored ? 3 : 1) + Math.ceil(count / rowBytes) + 1);
      let at = 0;
      for (let i = 0; i < count; i++, seen++) {
        if (seen % rowBytes === 0) pixels[at++] = 0;
        const value = Number(read(view, i * size));
        if (!colored) pixels[at++] = levelOf(value);
        else for (const part of colorOf(value, levelOf)) pixels[at++] = part;
      }
      zlib.push(pixels.subarray(0, at), false);
      yield* take();
    },
    *end() {
      zlib.push(new Uint8Array(0), true);
      yield* take();
    },
  };
}

function layoutOf(shape: readonly number[], options: EncodeOptions): ImageLayout {
  const samples = shape[2] ?? 1;
  const channels = samples === 1 && options.colormap === 'viridis' ? 3 : samples;
  return { width: shape[1] as number, samples, channels };
}

function refuses({ dtype, shape }: TensorHeader): Refusal | null {
  if (dtype === 'string' || isComplex(dtype)) return { of: 'dtype', reason: `${dtype} values are no pixels` };
  const [height = 0, width = 0, samples = 1] = shape;
  if ((shape.length !== 2 && shape.length !== 3) || !(samples in colorTypes)) {
    const reason = `an image has the shape [height, width] or [height, width, 1, 3 or 4], not [${shape.join(', ')}]`;
    return { of: 'shape', reason };
  }
  if (height < 1 || width < 1)
    return { of: 'shape', reason: `an image has at least one pixel, not ${height} x ${width}` };
  if (height > largestSide || width > largestSide) {
    return { of: 'shape', reason: `an image has at most ${largestSide} pixels on a side, not ${height} x ${width}` };
  }
  return null;
}

/** Requests bring it from outside. @throws TensorError `invalid-argument` */
function checkColormap(name: string, shape: readonly number[], { colormap }: EncodeOptions): void {
  if (colormap === undefined || colormap === 'gray') return;
  if ((colormap as unknown) !== 'viridis') {
    throw new TensorError({
      code: 'invalid-argument',
      message: `There is no colormap ${JSON.stringify(colormap)} for a PNG image.`,
      help: 'Use "gray" or "viridis".',
    });
  }
  const [, , samples = 1] = shape;
  if (samples === 1) return;
  throw new TensorError({
    code: 'invalid-argument',
    message: `${name} has ${samples} samples per pixel, which are its colours; viridis is for one.`,
    help: 'Leave the colormap out, or write one of the samples (a slice).',
    commandLineHelp: 'Name the file .png instead of .heatmap.png, or write one of the samples: --slice "..., 0".',
  });
}

export const png: Format = {
  name: 'png',
  label: 'PNG image',
  extensions: ['.png'],
  mediaType: 'image/png',
  several: false,
  refuses,
  lossCheck: (dtype, options = {}) => pixelLoss(dtype, options),
  warnings(tensors, options = {}) {
    return tensors
      .filter(({ dtype }) => (dtype !== 'uint8' && dtype !== 'unknown') || options.colormap === 'viridis')
      .map(({ name, dtype }) => {
        const { min, max } = options.range ?? defaultRange(dtype);
        return {
          code: 'lossy-dtype',
          message: `${name} (${dtype}) becomes 256 levels from ${min} to ${max}; the values can't be read back.`,
          help: 'An image is for looking at; .npy keeps the values.',
        };
      });
  },
  encode(tensors, options = {}) {
    checkEncodable(png, tensors);
    const { name, dtype, shape } = tensors[0] as TensorHeader;
    checkColormap(name, shape, options);
    const layout = layoutOf(shape, options);
    const head = (): Uint8Array =>
      joinBytes([signature, imageHeader(layout.width, shape[0] as number, layout.channels)]);
    const byteLength = sizeOf(shape) * itemSize(dtype);
    return [
      { kind: 'bytes', bytes: head },
      { kind: 'elements', tensor: 0, byteLength, transform: imageRows(dtype, layout, options) },
      { kind: 'bytes', bytes: () => chunk('IEND', new Uint8Array(0)) },
    ];
  },
};
