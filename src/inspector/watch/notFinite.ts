/** What the agent has stopped the program for, in words: with the line that called the op, and a graph's node. */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import type { NotFiniteReport, NotFiniteStop } from '../../protocol/notFinite.ts';
import { placeOf, type Locate } from './copies.ts';

/** @param callFrames of the stop */
export async function notFiniteStop(
  { message, frames, isLater, runtimeScript }: NotFiniteReport,
  callFrames: readonly Protocol.Debugger.CallFrame[],
  main: CdpSession,
  locate: Locate,
): Promise<NotFiniteStop> {
  const place = await placeOf(frames, locate);
  const node = isLater ? undefined : await graphNode(callFrames, main);
  const caller = frames[0]?.function;
  const told = [
    node === undefined ? message : `Node "${node}" of a graph: ${message}`,
    isLater &&
      `It was called at ${place ? `${place.file}:${place.line}` : 'a place without a file'}${caller ? `, in ${caller}` : ''}; the program has run on since.`,
  ];
  return {
    message: told.filter(Boolean).join(' '),
    ...place,
    isLater,
    ...(runtimeScript !== undefined && { runtimeScript }),
  };
}

/** TF.js's graph executor hands each node to a function of this name, with the node as its first parameter. */
const executorFunction = /^executeOp(?:\$\d+)?$/;

async function graphNode(
  callFrames: readonly Protocol.Debugger.CallFrame[],
  main: CdpSession,
): Promise<string | undefined> {
  const frame = callFrames.find(({ functionName }) => executorFunction.test(functionName));
  if (!frame) return undefined;
  const { result, exceptionDetails } = await main.send('Debugger.evaluateOnCallFrame', {
    callFrameId: frame.callFrameId,
    expression: 'node.name',
    throwOnSideEffect: true,
    silent: true,
  });
  return exceptionDetails || typeof result.value !== 'string' ? undefined : result.value;
}
