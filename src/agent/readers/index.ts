/** The readers, in the order in which they are asked. A new runtime is one file and one line here. */
import { gpuBufferReader } from './gpuBuffers.ts';
import { hostArrayReader } from './hostArrays.ts';
import { inspectableReader } from './inspectable.ts';
import { jaxReader } from './jax.ts';
import { nestedArrayReader } from './nestedArrays.ts';
import { onnxruntimeReader } from './onnxruntime.ts';
import type { Reader } from './reader.ts';
import { tfjsReader } from './tfjs.ts';

export const readers: readonly Reader[] = [
  inspectableReader,
  tfjsReader,
  onnxruntimeReader,
  jaxReader,
  gpuBufferReader,
  hostArrayReader,
  nestedArrayReader,
];
