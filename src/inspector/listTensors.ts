import type { Protocol } from 'devtools-protocol';
import type { AgentListing, ListOptions, SharedDescription } from '../protocol/agent.ts';
import type { TensorListing } from '../protocol/requests.ts';
import type { TensorDescriptor } from '../protocol/tensor.ts';
import { rowMajorStrides } from '../tensor/shape.ts';
import type { AgentLink } from './link/agentLink.ts';
import { programWarning, type Locate } from './watch/copies.ts';
import { withPrice } from './read/copyPrice.ts';
import { evaluateOnFrame } from './evaluate/evaluate.ts';
import type { Stop } from './stop.ts';
import type { InspectorOptions } from './tensorInspector.ts';

/** So many tensors of a frame are listed; more would not be looked at, and every one costs a descriptor. */
const listLimit = 5000;

interface Listing {
  link: AgentLink;
  stop: Stop;
  options: InspectorOptions;
  locate: Locate;
}

/**
 * The tensors in the scopes of a frame, innermost first.
 * @param within an expression of a container: the tensors in that
 */
export async function listTensors(
  callFrameId: string,
  within: string | undefined,
  { link, stop, options, locate }: Listing,
): Promise<TensorListing> {
  const frame = stop.frame(callFrameId);
  const namesInSight = stop.names(callFrameId);
  const inFrame = frame.scopeChain.filter(({ type, object }) => type !== 'global' && object.objectId);
  const scopes = within === undefined ? inFrame : [];
  const receiver =
    within === undefined
      ? frame.this
      : await evaluateOnFrame(options.main, callFrameId, within, {
          throwOnSideEffect: true,
          names: await namesInSight,
        });
  // Two messages on one connection, sent together: one round trip.
  const handingOver = stop.handOver();
  const request: ListOptions = {
    limit: listLimit,
    ...(within !== undefined && { within: (await namesInSight).translate(within) }),
  };
  const listed = link.handOver<AgentListing>('list', [
    { value: JSON.stringify(request) },
    receiver.objectId === undefined ? { value: null } : { objectId: receiver.objectId },
    ...scopes.map(({ object }) => ({ objectId: object.objectId! })),
  ]);
  const [{ runtimes, shared, tensors, containers, warnings, truncated }] = await Promise.all([listed, handingOver]);
  const names = await namesInSight;
  const templates = shared.map(templateOf);
  const scopeNames = scopes.map(scopeName);
  const place = (scope: number, generated: string) => ({
    expression: generated.replace(/(?<=^(?:\[\.\.\.)*)[^.[\]?]+/, (root) => names.original(root)),
    scope: scopeNames[scope] ?? '',
  });
  return {
    runtimes: options.withVersions?.(runtimes) ?? runtimes,
    tensors: tensors.map(([index, id, scope, generated, own]) => {
      const tensor: TensorDescriptor = { ...templates[index]!, id };
      if (own) Object.assign(tensor, own);
      const named = place(scope, generated);
      return { ...named, tensor: withPrice(stop.keep(tensor, named.expression), options.budget) };
    }),
    containers: containers.map(({ scope, expression }) => place(scope, expression)),
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
