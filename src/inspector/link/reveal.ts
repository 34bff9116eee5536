/**
 * Shows the agent what JavaScript can't see: the object behind a proxy, and private fields. `Runtime.getProperties` answers
 * both without running a trap or a getter, one object at a time. For many objects of one class there is a faster way: what is
 * evaluated in a stopped frame may name private fields of any class, but only at its top level, in no function and no block
 * (both tried on Node 20, 22 and 24). So a loop there hands them to the agent.
 */
import type { Protocol } from 'devtools-protocol';
import { CdpError, type CdpSession } from '../../cdp/cdpSession.ts';
import { agentSymbol } from '../../protocol/agent.ts';
import { argumentOf, elementsOf, propertiesOf } from './remoteObjects.ts';

const objectGroup = 'tensor-debugger.hidden';
/** So many objects at once: their properties are as many messages, and their values the arguments of one call. */
const batchSize = 500;

/** Where that loop may run. */
interface StoppedFrame {
  main: CdpSession;
  callFrameId: string;
}

/** Short, for it is evaluated for each field; where a frame knows the agent by no such name, each object is looked into. */
const hidden = `globalThis[Symbol.for(${JSON.stringify(agentSymbol)})].hidden`;

/**
 * Looks into everything that the agent has noted since the last call, in as few round trips as the protocol has.
 * @param frame undefined while the program runs
 */
export async function reveal(session: CdpSession, agent: string, frame: StoppedFrame | undefined): Promise<void> {
  const call = (objectId: string, functionDeclaration: string, args: Protocol.Runtime.CallArgument[] = []) =>
    session.send('Runtime.callFunctionOn', { objectId, functionDeclaration, arguments: args, objectGroup });
  try {
    const { result: wanted } = await call(agent, 'function(byClass) { return this.hidden.take(byClass); }', [
      { value: frame !== undefined },
    ]);
    const objects = (await elementsOf(session, wanted.objectId!)).map(({ objectId }) => objectId!);
    for (let from = 0; from < objects.length; from += batchSize) {
      const batch = objects.slice(from, from + batchSize);
      const found = await Promise.all(batch.map(async (objectId) => hiddenOf(await propertiesOf(session, objectId))));
      await call(agent, 'function(names, count, ...rest) { this.hidden.reveal(names, count, rest); }', [
        { value: JSON.stringify(found.map((properties) => properties.map(({ name }) => name))) },
        { value: batch.length },
        ...batch.map((objectId) => ({ objectId })),
        ...found.flatMap((properties) => properties.map(({ value }) => argumentOf(value))),
      ]);
    }
    if (!frame) return;
    const { result: alike } = await call(agent, 'function() { return this.hidden.alike(); }');
    for (const [index, names] of (JSON.parse(alike.value as string) as string[][]).entries()) {
      if (await revealAlike(frame, index, names)) continue;
      await call(agent, 'function(index) { this.hidden.differ(index); }', [{ value: index }]);
    }
  } finally {
    // Nothing of the program may live longer for having been looked at.
    await session.send('Runtime.releaseObjectGroup', { objectGroup });
  }
}

/** @returns false where the fields of some can't be had so; the agent asks for them again */
async function revealAlike({ main, callFrameId }: StoppedFrame, index: number, names: string[]): Promise<boolean> {
  const values = names.map((name) => `${hidden}.current.${name}`);
  const expression = `while (${hidden}.next(${index})) ${hidden}.add(${index}, [${values.join()}]);`;
  try {
    const evaluated = await main.send('Debugger.evaluateOnCallFrame', { callFrameId, expression, silent: true });
    return !evaluated.exceptionDetails;
  } catch (error) {
    if (error instanceof CdpError) return false;
    throw error;
  }
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
