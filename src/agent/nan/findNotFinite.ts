/** NaN and infinities of a tensor of TF.js while the program runs: on the host by looking, on a GPU by a reduction there. */
import { tfjsReader } from '../readers/tfjs.ts';
import { ownValue } from '../safely.ts';
import type { StopContext } from '../source.ts';
import type { TensorReading } from '../readTensor.ts';
import type { NotFinite } from './watchOps.ts';

/** The op has returned: nobody is inside of a backend, and what we ask once is asked anew each time. */
function running(): StopContext {
  const known = new Map<string, unknown>();
  return {
    privateFields: () => undefined,
    isExecuting: () => false,
    devices: () => [],
    readerOf: () => undefined,
    freshEncoders: new WeakSet(),
    once<T>(key: string, compute: () => T): T {
      if (!known.has(key)) known.set(key, compute());
      return known.get(key) as T;
    },
  };
}

export function findNotFinite(reading: TensorReading, tensor: object): NotFinite | null {
  if (ownValue(tensor, 'dtype') !== 'float32') return null;
  const stop = running();
  const source = tfjsReader.source(tensor, stop);
  if (source.how === 'host' && source.layout.dtype === 'float32') {
    const { buffer, byteOffset, byteLength } = source.bytes;
    return scan(new Float32Array(buffer, byteOffset, byteLength / 4));
  }
  if (source.how !== 'webgpu') return null;
  const { dtype, shape, byteLength } = tfjsReader.describe(tensor, stop);
  const readable = { dtype, shape: shape as number[], byteLength, source };
  const { nan, posInf, negInf, firstNotFinite } = reading.statistics(readable, 0);
  return firstNotFinite === null ? null : { nan, infinite: posInf + negInf, first: firstNotFinite };
}

function scan(values: Float32Array): NotFinite | null {
  let first = -1;
  let nan = 0;
  let infinite = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    // Only of finite numbers the difference from themselves is 0.
    if (value - value === 0) continue;
    if (first < 0) first = index;
    if (value !== value) nan++;
    else infinite++;
  }
  return first < 0 ? null : { nan, infinite, first };
}
