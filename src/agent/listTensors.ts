import type { AgentListing, ListOptions } from '../protocol/agent.ts';
import type { TensorDescriptor } from '../protocol/tensor.ts';
import { recorder } from './copies/found.ts';
import { Finder } from './find.ts';
import { readers } from './readers/index.ts';
import { isInspectable, isObject, ownValue } from './safely.ts';
import { shareDescriptions } from './shareDescriptions.ts';
import type { StopTensors } from './stopTensors.ts';
import { mixedModes } from './warnings/mixedModes.ts';
import { warnOfSharedMemory } from './warnings/sharedMemory.ts';

/**
 * Lists the tensors of scopes, innermost first, or of one container, and keeps them under handles.
 * @param within the expression of the container
 * @param receiver the frame's `this`, if it has one of its own; or the container
 */
export function listTensors(
  held: StopTensors,
  { limit, within }: ListOptions,
  receiver: unknown,
  scopes: readonly object[],
): AgentListing {
  const tensors: { scope: number; expression: string; tensor: TensorDescriptor }[] = [];
  const containers: { scope: number; expression: string }[] = [];
  let scope = 0;
  const finder = new Finder({
    readers,
    limit,
    behind: (proxy) => held.hidden.target(proxy),
    onTensor: ({ expression, value, reader }) =>
      tensors.push({ scope, expression, tensor: held.described(value, reader) }),
    onContainer: (expression) => containers.push({ scope, expression }),
    onDevice: (device) => held.seenDevices.add(device),
  });
  if (within !== undefined && isInspectable(receiver)) finder.variable(within, receiver);
  for (const object of scopes) finder.meet(object);
  scopes.forEach((object, index) => {
    scope = index;
    finder.scope(object);
    if (index > 0 || !isInspectable(receiver) || receiver === globalThis) return;
    finder.variable('this', receiver);
    const fields = hasPrivateFields(receiver) ? held.hidden.fields(receiver) : undefined;
    for (const [name, value] of Object.entries(fields ?? {}))
      if (isObject(value)) finder.variable(`this.${name}`, value);
  });
  // A buffer that came before its device in the scopes was described without it.
  const settled = tensors.map((listed) =>
    listed.tensor.kind === 'buffer' ? { ...listed, tensor: held.describe(listed.tensor.id) } : listed,
  );
  warnOf(settled, held);
  const runtimes = held.runtimes();
  const modes = mixedModes(settled, runtimes).map((warning) => ({ ...warning, frames: [] }));
  return {
    runtimes,
    ...shareDescriptions(settled),
    containers,
    warnings: [...modes, ...(recorder()?.report().warnings ?? [])],
    truncated: finder.truncated,
  };
}

/** Whether the text of its class names any: to look for them takes another round trip, which most objects are spared. */
function hasPrivateFields(object: object): boolean {
  for (let prototype = prototypeOf(object); isInspectable(prototype); prototype = prototypeOf(prototype)) {
    const constructor = ownValue(prototype, 'constructor');
    if (typeof constructor !== 'function') continue;
    const text = Function.prototype.toString.call(constructor);
    if (text.startsWith('class') && /#[\p{ID_Start}$_]/u.test(text)) return true;
  }
  return false;
}

const prototypeOf = (object: object): unknown => Object.getPrototypeOf(object);

function warnOf(listed: readonly { expression: string; tensor: TensorDescriptor }[], held: StopTensors): void {
  // Mostly there are either tensors or arrays, and nothing to compare.
  const arrays = listed.filter(({ tensor }) => tensor.kind === 'array').length;
  if (arrays === 0 || arrays === listed.length) return;
  const onHost = listed.filter(({ tensor }) => tensor.access.how === 'view' && tensor.state === 'live');
  warnOfSharedMemory(onHost.map(({ expression, tensor }) => ({ expression, tensor, bytes: hostBytes(tensor, held) })));
}

/** Undefined, too, where the values are not as they were described: that is said when they are read, and hides no others. */
function hostBytes({ id }: TensorDescriptor, held: StopTensors): Uint8Array | undefined {
  const { value, reader } = held.find(id);
  try {
    const source = reader.source(value, held.stop);
    return source.how === 'host' ? source.bytes : undefined;
  } catch {
    return undefined;
  }
}
