import type { TensorDescriptor } from '../protocol/tensor.ts';

/** Whether something can be run at a stop that gives its value: the graph it is of, or the kernels that jax-js has put off. */
export function isEvaluable({ kind, runtime, state }: Pick<TensorDescriptor, 'kind' | 'runtime' | 'state'>): boolean {
  return kind === 'symbolic' || (runtime === 'jax-js' && state === 'pending');
}
