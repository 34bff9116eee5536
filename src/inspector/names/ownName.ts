import { TensorError, type Advice } from '../../protocol/errors.ts';
import { nameStandIn, type TensorDescriptor } from '../../protocol/tensor.ts';
import { isPlace } from '../assign/target.ts';

const standIn = new RegExp(`\\b${nameStandIn}\\.`, 'g');

function mentions({ help }: { help?: string | undefined }): boolean {
  return help?.includes(`${nameStandIn}.`) === true && help.search(standIn) >= 0;
}

/** The same about what the program calls `expression`. */
function named<Advised extends Partial<Advice>>(advised: Advised, expression: string): Advised {
  if (!mentions(advised)) return advised;
  const { help, commandLineHelp } = advised;
  const inOwnName = (text: string): string => text.replace(standIn, () => `${expression}.`);
  return {
    ...advised,
    ...(help !== undefined && { help: inOwnName(help) }),
    ...(commandLineHelp !== undefined && { commandLineHelp: inOwnName(commandLineHelp) }),
  };
}

/** Puts what the program calls a tensor in the place of the name that its reader had to make up. */
export function withOwnName(tensor: TensorDescriptor, expression: string | undefined): TensorDescriptor {
  const { access, warnings } = tensor;
  if (expression === undefined || !(mentions(access) || warnings.some(mentions))) return tensor;
  if (!isPlace(expression)) return tensor;
  return {
    ...tensor,
    access: named(access, expression),
    warnings: warnings.map((warning) => named(warning, expression)),
  };
}

/** The same for why a tensor was not read. */
export function withOwnNameIn(error: unknown, expression: string | undefined): unknown {
  if (!(error instanceof TensorError) || expression === undefined || !mentions(error)) return error;
  if (!isPlace(expression)) return error;
  return new TensorError(named(error.toReport(), expression), { cause: error });
}
