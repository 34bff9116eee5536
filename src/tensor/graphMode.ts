import type { TensorWarning } from '../protocol/tensor.ts';

interface TriedConversion {
  /** What was called: numpy, dataSync. */
  call: string;
  /** The tensor, as the program or whoever typed it names it. */
  name: string;
  /** Which kind of tensor it is, of which runtime. */
  what: string;
  help: string;
}

/** A conversion that needs eager mode was tried on a tensor that has no value before something is run. */
export function graphMode({ call, name, what, help }: TriedConversion): TensorWarning {
  const message = `${call}() needs eager mode, and ${name} is in graph mode: a ${what}, which has no value here.`;
  return { code: 'graph-mode', message, help };
}
