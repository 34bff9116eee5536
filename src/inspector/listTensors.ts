import type { Protocol } from 'devtools-protocol';
import type { AgentListing, SharedDescription } from '../protocol/agent.ts';
import type { TensorListing } from '../protocol/requests.ts';
import type { TensorDescriptor } from '../protocol/tensor.ts';
import { rowMajorStrides } from '../tensor/shape.ts';
import type { AgentLink } from './agentLink.ts';
import { programWarning, type Locate } from './copies.ts';
import { withPrice } from './copyPrice.ts';
import type { Stop } from './stop.ts';
import type { InspectorOptions } from './tensorInspector.ts';

/** So many tensors of a frame are listed; more would not be looked at, and every one costs a descriptor. */
const listLimit = 5000;

/** The tensors in the scopes of a frame, innermost first. */
export async function listTensors(
  callFrameId: string,
  { link, stop, options, locate }: { link: AgentLink; stop: Stop; options: InspectorOptions; locate: Locate },
): Promise<TensorListing> {
  const frame = stop.frame(callFrameId);
  const namesInSight = stop.names(callFrameId);
  const scopes = frame.scopeChain.filter(({ type, object }) => type !== 'global' && object.objectId);
  const receiver = frame.this.objectId === undefined ? { value: null } : { objectId: frame.this.objectId };
  // Two messages on one connection, sent together: one round trip.
  const handingOver = stop.handOver();
  const listed = link.handOver<AgentListing>('list', [
    { value: JSON.stringify({ limit: listLimit }) },
    receiver,
    ...scopes.map(({ object }) => ({ objectId: object.objectId! })),
  ]);
  const [{ runtimes, shared, tensors, warnings, truncated }] = await Promise.all([listed, handingOver]);
  const names = await namesInSight;
  const templates = shared.map(templateOf);
  const scopeNames = scopes.map(scopeName);
  return {
    runtimes: options.withVersions?.(runtimes) ?? runtimes,
    tensors: tensors.map(([index, id, scope, generated, own]) => {
      const tensor: TensorDescriptor = { ...templates[index]!, id };
      if (own) Object.assign(tensor, own);
      const expression = generated.replace(/^[^.[?]+/, (root) => names.original(root));
      return {
        expression,
        scope: scopeNames[scope]!,
        tensor: withPrice(stop.keep(tensor, expression), options.budget),
      };
    }),
    warnings: await Promise.all(warnings.map((warning) => programWarning(warning, locate))),
    truncated,
  };
}

/** What listed tensors are copies of, whole but for the id: strides that were left out are row-major. */
function templateOf(shared: SharedDescription): TensorDescriptor {
  const { shape, strides, layout } = shared;
  const template = { ...shared, id: '', warnings: [] };
  if (strides || layout !== 'strided' || !shape.every((count) => count !== null)) return template;
  return { ...template, strides: rowMajorStrides(shape) };
}

/** `Local`, `Closure`, `Module`: as debuggers for JavaScript name scopes. */
function scopeName({ type }: Protocol.Debugger.Scope): string {
  const name = type as string;
  return name.charAt(0).toUpperCase() + name.slice(1);
}
