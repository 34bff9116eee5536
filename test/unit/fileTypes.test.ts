/** What `Tensor: Save As…` offers for a tensor. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileTypesFor } from '../../src/extension/commands/fileTypes.ts';
import type { TensorDescriptor } from '../../src/protocol/tensor.ts';

test('pictures where the shape is one, heatmaps where it has one sample per pixel', () => {
  const pictures = (shape: number[]) =>
    fileTypesFor({ kind: 'eager', dtype: 'float32', shape } as TensorDescriptor)
      .filter(({ extension }) => extension === 'png')
      .map(({ encoding }) => encoding?.colormap ?? 'gray');
  assert.deepEqual(pictures([8, 8]), ['gray', 'viridis']);
  assert.deepEqual(pictures([8, 8, 1]), ['gray', 'viridis']);
  assert.deepEqual(pictures([8, 8, 3]), ['gray']);
  assert.deepEqual(pictures([2, 8, 8, 3]), []);
});
