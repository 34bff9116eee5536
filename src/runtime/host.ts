/** Between host arrays and TF.js tensors. Always a copy, in both directions, except where a view is asked for by name. */
import type { Rank, ShapeMap } from '@tensorflow/tfjs-core';
import { DisposedError, UnimplementedError } from './errors.ts';
import { arrayFrom, type NDArray } from './numpy/ndarray.ts';
import type { ArrayElement } from './numpy/elementFormat.ts';
import type { Storage } from './numpy/storage.ts';
import { backendOf, core, isAsyncOnly, requireBackend, requireTfDType, type TfTensor } from './tfjs.ts';

/**
 * A tensor of an array's values, by a new copy.
 * @throws UnimplementedError for a dtype that TF.js lacks
 */
export function toTfTensor(array: NDArray<ArrayElement>): TfTensor {
  requireBackend();
  const dtype = requireTfDType(array.dtype);
  const shape = [...array.shape] as ShapeMap[Rank];
  const storage = array.toStorage();
  if (dtype !== 'complex64') return core.tensor(storage as Float32Array | string[], shape, dtype);
  const pairs = storage as Float32Array;
  return core.tidy(() => {
    const real = core.tensor(
      pairs.filter((_, i) => i % 2 === 0),
      shape,
    );
    const imaginary = core.tensor(
      pairs.filter((_, i) => i % 2 === 1),
      shape,
    );
    return core.complex(real, imaginary);
  });
}

/** @throws DisposedError */
export function assertAlive(tensor: TfTensor): void {
  if (!tensor.isDisposed) return;
  throw new DisposedError(
    `The tensor of shape [${tensor.shape.join(', ')}] is disposed, so its value is gone.`,
    'Call numpy() before dispose(): the array stays valid. Inside of tf.tidy, return the tensor or the array.',
  );
}

/**
 * @throws UnimplementedError on webgpu, even while the values happen to be on the host still: whether a program works
 * must not depend on what the backend has done so far
 */
export function assertSyncReadable(tensor: TfTensor, call: string, instead: string): void {
  const backend = backendOf(tensor);
  if (!isAsyncOnly(backend)) return;
  throw new UnimplementedError(
    `${call} can't wait for the ${backend} backend: a running program reads its values asynchronously.`,
    `Use: ${instead}`,
  );
}

/** The value, copied to the host. */
export function toHost<T extends ArrayElement>(tensor: TfTensor): NDArray<T> {
  assertAlive(tensor);
  assertSyncReadable(tensor, 'numpy()', 'await tensor.numpyAsync()');
  const data: unknown = tensor.dataSync();
  return arrayFrom<T>(ownCopy(data as Storage, tensor), requireTfDType(tensor.dtype), tensor.shape);
}

/** The same on every backend. */
export async function toHostAsync<T extends ArrayElement>(tensor: TfTensor): Promise<NDArray<T>> {
  assertAlive(tensor);
  const { shape, dtype } = tensor;
  // Nothing to wait for; and cpu's `data()` is the tensor's own memory, which must be copied before anybody else runs.
  if (['cpu', 'wasm'].includes(backendOf(tensor))) return toHost<T>(tensor);
  const data: unknown = await tensor.data();
  return arrayFrom<T>((data as Storage).slice(), requireTfDType(dtype), shape);
}

/** wasm's `dataSync` is a copy already; cpu's is the tensor's own memory. */
function ownCopy(data: Storage, tensor: TfTensor): Storage {
  return backendOf(tensor) === 'wasm' && tensor.dtype !== 'complex64' ? data : data.slice();
}

/**
 * An array over the tensor's own memory: writing one writes the other, and `dispose` takes it away.
 * @throws UnimplementedError where the tensor's memory is not an array of the program
 */
export function viewOf<T extends ArrayElement>(tensor: TfTensor): NDArray<T> {
  assertAlive(tensor);
  const backend = backendOf(tensor);
  if (backend !== 'cpu' || tensor.dtype === 'string' || tensor.dtype === 'complex64') {
    const what = backend === 'cpu' ? `${tensor.dtype} tensors` : `the ${backend} backend`;
    throw new UnimplementedError(
      `numpyView() has no memory to share with ${what}: only numbers and bools on cpu lie in an array of the program.`,
      isAsyncOnly(backend) ? 'Copy it: await tensor.numpyAsync()' : 'Copy it: tensor.numpy()',
    );
  }
  return arrayFrom<T>(tensor.dataSync(), requireTfDType(tensor.dtype), tensor.shape);
}
