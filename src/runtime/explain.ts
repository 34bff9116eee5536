/** "AttributeError: 'Tensor' object has no attribute 'numpy'": which of its causes it is. */
import { EagerTensor } from './eager/eagerTensor.ts';
import { AttributeError, type InstallationError } from './errors.ts';
import { SymbolicTensor } from './graph/symbolicTensor.ts';
import { SparseTensor } from './sparse.ts';
import { explainPlainTensor, isTfTensor } from './tfjs.ts';

/**
 * Why `value.numpy` is missing or throws, and what to do: a graph tensor (run the graph, or use eager mode), a plain
 * TensorFlow.js tensor (wrap it), or a tensor of another installation of TensorFlow.js (keep one). Undefined for a value
 * that has a working `numpy`.
 */
export function explainMissingNumpy(value: unknown): AttributeError | InstallationError | undefined {
  if (value instanceof EagerTensor) return undefined;
  if (value instanceof SymbolicTensor || value instanceof SparseTensor) {
    try {
      value.numpy();
      return undefined;
    } catch (error) {
      return error as AttributeError;
    }
  }
  if (isTfTensor(value)) return explainPlainTensor(value);
  if (value instanceof Promise) {
    return new AttributeError(
      "'Promise' object has no attribute 'numpy'.",
      'Wait for it first: (await value).numpy().',
    );
  }
  const what = value === null || typeof value !== 'object' ? typeof value : (value.constructor?.name ?? 'Object');
  return new AttributeError(
    `'${what}' object has no attribute 'numpy': it is not a tensor of this copy of tensor-debugger/runtime.`,
    'Make a tensor of it: constant(value). If it is one already, there are two installations: npm ls tensor-debugger @tensorflow/tfjs-core',
  );
}
