import { nameStandIn, type TensorDescriptor } from '../protocol/tensor.ts';
import { isPlace } from './assign/target.ts';

const standIn = new RegExp(`\\b${nameStandIn}\\.`, 'g');

/** Puts what the program calls a tensor in the place of the name that its reader had to make up. */
export function withOwnName(tensor: TensorDescriptor, expression: string | undefined): TensorDescriptor {
  if (expression === undefined || !tensor.warnings.some(isNameless) || !isPlace(expression)) return tensor;
  const warnings = tensor.warnings.map((warning) =>
    isNameless(warning) ? { ...warning, help: warning.help.replace(standIn, () => `${expression}.`) } : warning,
  );
  return { ...tensor, warnings };
}

function isNameless({ code }: TensorDescriptor['warnings'][number]): boolean {
  return code === 'consumes-reference';
}
