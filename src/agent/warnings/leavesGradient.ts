import type { TensorWarning } from '../../protocol/tensor.ts';

/** A tensor on the tape of a gradient function was converted inside of it. */
export function leavesGradient(call: string, type: string): TensorWarning {
  return {
    code: 'leaves-gradient',
    message: `${call}() of this ${type} inside a gradient function: what is computed from these host values has no gradient.`,
    help: 'Stay with tensor ops until the function returns, and convert its result; to look at a value only, stop here and read it in the debugger.',
  };
}

/** A tensor that was made of converted values is used in a gradient function. */
export function remadeInGradient(conversion: string, type: string): TensorWarning {
  return {
    code: 'leaves-gradient',
    message: `This ${type} was made of values that ${conversion}() had copied out of a tensor, and is used in a gradient function: no gradient flows through it to that tensor.`,
    help: 'Use that tensor itself instead of its values, if the gradient is to go on; if it is to end here, all is well.',
  };
}
