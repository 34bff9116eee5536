/** Finds the first value that a conversion would change, before anything is written. */
import type { DType } from '../protocol/tensor.ts';
import { dataViewOf, elementReader, elementWriter, isComplex, isFloat, itemSize, partDType } from '../tensor/dtypes.ts';
import type { Element } from '../tensor/dtypes.ts';
import { formatElement } from '../tensor/numbers.ts';
import { blockReader } from '../tensor/statisticsBlocks.ts';
import type { Loss, LossCheck } from './format.ts';

/** The bits that `NaN` reads back as, little-endian. */
const plainNaN: Partial<Record<DType, readonly number[]>> = {
  float16: [0x00, 0x7e],
  bfloat16: [0xc0, 0x7f],
  float32: [0x00, 0x00, 0xc0, 0x7f],
  float64: [0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf8, 0x7f],
};

/** Texts print every value exactly, but have one word for all NaNs: their sign and payload are lost. */
export function textLoss(dtype: DType): LossCheck | null {
  const part = partDType(dtype);
  if (!isFloat(part)) return null;
  const plain = plainNaN[part] as readonly number[];
  const readBlocks = blockReader(part);
  const size = plain.length;
  const perElement = isComplex(dtype) ? 2 : 1;
  return (chunk, firstIndex) => {
    let loss: Loss | null = null;
    readBlocks(chunk, 0n, ({ values, count, from }) => {
      for (let k = 0; k < count && !loss; k++) {
        if (values[k] === values[k]) continue;
        const bytes = chunk.subarray((from + k) * size, (from + k + 1) * size);
        if (plain.every((byte, position) => bytes[position] === byte)) continue;
        const bits = [...bytes].reverse().map((byte) => byte.toString(16).padStart(2, '0'));
        loss = {
          index: firstIndex + Math.floor((from + k) / perElement),
          value: `NaN with the bits 0x${bits.join('')}`,
          becomes: 'NaN',
        };
      }
    });
    return loss;
  };
}

/** NumPy takes the zeros at the end of a string for padding. */
export function paddingLoss(strings: readonly string[]): Loss | null {
  return stringLoss(strings, (text) => text.replace(/\0+$/, ''));
}

/** UTF-8 has no halves of surrogate pairs. */
export function surrogateLoss(strings: readonly string[]): Loss | null {
  return stringLoss(strings, (text) => text.replace(/\p{Surrogate}/gu, '\ufffd'));
}

function stringLoss(strings: readonly string[], readBack: (text: string) => string): Loss | null {
  const index = strings.findIndex((text) => readBack(text) !== text);
  if (index < 0) return null;
  const shown = (text: string): string => JSON.stringify(text.length > 80 ? `...${text.slice(-80)}` : text);
  const text = strings[index] as string;
  return { index, value: shown(text), becomes: shown(readBack(text)) };
}

/** Dtypes that hold every value of another one. */
const holds: Partial<Record<DType, readonly DType[]>> = {
  float32: ['float16', 'bfloat16', 'int8', 'uint8', 'int16', 'uint16', 'bool'],
  float64: ['float16', 'bfloat16', 'float32', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'bool'],
  int32: ['int8', 'uint8', 'int16', 'uint16', 'bool'],
};

/** Values that become others in `target`; null if there can be none. */
export function castLoss(dtype: DType, target: DType): LossCheck | null {
  if (dtype === target || holds[target]?.includes(dtype)) return null;
  const read = elementReader(dtype);
  const write = elementWriter(target);
  const readBack = elementReader(target);
  const size = itemSize(dtype);
  const cell = new DataView(new ArrayBuffer(itemSize(target)));
  return (chunk, firstIndex) => {
    const view = dataViewOf(chunk);
    for (let i = 0; (i + 1) * size <= chunk.length; i++) {
      const value = read(view, i * size);
      write(cell, 0, convertible(value, target));
      const becomes = readBack(cell, 0);
      if (sameValue(value, becomes)) continue;
      // In the digits of the source, where the two differ: as a float32, what 0.1 becomes would read 0.1 too.
      return { index: firstIndex + i, value: formatElement(value, dtype), becomes: formatElement(becomes, dtype) };
    }
    return null;
  };
}

/** 64-bit targets take integers only. */
function convertible(value: Element, target: DType): Element {
  if (target !== 'int64' && target !== 'uint64') return value;
  return typeof value === 'number' ? BigInt(Number.isFinite(value) ? Math.trunc(value) : 0) : value;
}

function sameValue(a: Element, b: Element): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return Object.is(a[0], b[0]) && Object.is(a[1], b[1]);
  if (typeof a === 'bigint') return typeof b === 'bigint' ? a === b : isInteger(b, a);
  if (typeof b === 'bigint') return isInteger(a, b);
  return Object.is(Number(a), Number(b));
}

function isInteger(value: Element, integer: bigint): boolean {
  return Number.isInteger(value) && BigInt(value as number) === integer;
}
