import { TensorError } from '../protocol/errors.ts';
import { nameStandIn, type TensorDescriptor } from '../protocol/tensor.ts';
import { isPlace } from './assign/target.ts';

const standIn = new RegExp(`\\b${nameStandIn}\\.`, 'g');

function mentions(help: string | undefined): help is string {
  return help?.includes(`${nameStandIn}.`) === true && help.search(standIn) >= 0;
}

/** Puts what the program calls a tensor in the place of the name that its reader had to make up. */
export function withOwnName(tensor: TensorDescriptor, expression: string | undefined): TensorDescriptor {
  const { access, warnings } = tensor;
  if (expression === undefined || !(mentions(access.help) || warnings.some(({ help }) => mentions(help))))
    return tensor;
  if (!isPlace(expression)) return tensor;
  const named = <Part extends { help?: string }>(part: Part): Part =>
    mentions(part.help) ? { ...part, help: part.help.replace(standIn, () => `${expression}.`) } : part;
  return { ...tensor, access: named(access), warnings: warnings.map(named) };
}

/** The same for why a tensor was not read. */
export function withOwnNameIn(error: unknown, expression: string | undefined): unknown {
  if (!(error instanceof TensorError) || expression === undefined || !mentions(error.help)) return error;
  if (!isPlace(expression)) return error;
  const help = error.help.replace(standIn, () => `${expression}.`);
  return new TensorError({ ...error.toReport(), help }, { cause: error });
}
