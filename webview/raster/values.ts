/** Elements as the numbers that colours stand for. */
import type { Element } from '../../src/tensor/dtypes.ts';
import type { CellBlock } from '../grid/cellBlock.ts';

/** bool is 0 or 1, 64-bit integers are rounded, a complex number is its magnitude. */
export function numberOf(value: Element | string): number {
  return Array.isArray(value) ? Math.hypot(value[0], value[1]) : Number(value);
}

/** Row by row, whatever the order in the answer. */
export function valuesOf(block: CellBlock, rows: number, columns: number): Float64Array {
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      values[row * columns + column] = numberOf(block.value(row, column));
  }
  return values;
}
