import type { TensorWarning } from '../../protocol/tensor.ts';

/** A tensor on the tape of a gradient function was converted inside of it. */
export function leavesGradient(call: string, type: string): TensorWarning {
  return {
    code: 'leaves-gradient',
    message: `${call}() of this ${type} inside a gradient function: what is computed from these host values has no gradient.`,
    help: 'Stay with tensor ops until the function returns, and convert its result; to look at a value only, stop here and read it in the debugger.',
  };
}
