/**
 * Shows the agent what JavaScript can't see: the object behind a proxy, and private fields. `Runtime.getProperties` answers
 * both without running a trap or a getter (tried on Node 20, 22 and 24).
 */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../cdp/cdpSession.ts';

const objectGroup = 'tensor-debugger.hidden';
/** So many objects at once: their properties are as many messages, and their values the arguments of one call. */
const batchSize = 500;

/** Looks into everything that the agent has noted since the last call, in as few round trips as the protocol has. */
export async function reveal(session: CdpSession, agent: string): Promise<void> {
  const call = (objectId: string, functionDeclaration: string, args: Protocol.Runtime.CallArgument[] = []) =>
    session.send('Runtime.callFunctionOn', { objectId, functionDeclaration, arguments: args, objectGroup });
  try {
    const { result: wanted } = await call(agent, 'function() { return this.wanted(); }');
    const { result: entries } = await propertiesOf(session, wanted.objectId!);
    const objects = entries.flatMap(({ name, value }) =>
      /^\d+$/.test(name) && value?.objectId ? [value.objectId] : [],
    );
    for (let from = 0; from < objects.length; from += batchSize) {
      const batch = objects.slice(from, from + batchSize);
      const found = await Promise.all(batch.map(async (objectId) => hiddenOf(await propertiesOf(session, objectId))));
      await call(
        agent,
        'function(names, count, ...rest) { this.reveal(names, rest.slice(0, count), ...rest.slice(count)); }',
        [
          { value: JSON.stringify(found.map((properties) => properties.map(({ name }) => name))) },
          { value: batch.length },
          ...batch.map((objectId) => ({ objectId })),
          ...found.flatMap((properties) => properties.map(({ value }) => argumentOf(value))),
        ],
      );
    }
  } finally {
    // Nothing of the program may live longer for having been looked at.
    await session.send('Runtime.releaseObjectGroup', { objectGroup });
  }
}

function propertiesOf(session: CdpSession, objectId: string): Promise<Protocol.Runtime.GetPropertiesResponse> {
  return session.send('Runtime.getProperties', { objectId, ownProperties: true });
}

interface Hidden {
  name: string;
  value: Protocol.Runtime.RemoteObject;
}

/** Private methods and accessors have no value; they stay hidden. */
function hiddenOf({ internalProperties, privateProperties }: Protocol.Runtime.GetPropertiesResponse): Hidden[] {
  const target = internalProperties?.find(({ name }) => name === '[[Target]]')?.value;
  return [
    ...(target ? [{ name: '[[Target]]', value: target }] : []),
    ...(privateProperties ?? []).flatMap(({ name, value }) =>
      value && value.type !== 'function' ? [{ name, value }] : [],
    ),
  ];
}

function argumentOf(value: Protocol.Runtime.RemoteObject): Protocol.Runtime.CallArgument {
  if (value.objectId !== undefined) return { objectId: value.objectId };
  if (value.unserializableValue !== undefined) return { unserializableValue: value.unserializableValue };
  return value.type === 'undefined' ? {} : { value: value.value as unknown };
}
