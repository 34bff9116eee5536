/**
 * The debugger's end of tracked expressions: brings the agent in before the tracked line runs, and takes what it sends.
 *
 * Points come over a CDP binding of the main session, so all of them are here before the message that tells of a stop or
 * of the program's end. The binding's function is taken from the program's global object at once.
 *
 * A program that ends by itself stays for its last points (`agent/track/tracking.ts`). One that calls `process.exit`, or
 * throws, would take them along: the functions of Node that do it get a breakpoint each whose condition sends them first,
 * and is false. That leaves no listener and no wrapper in the program, where it could see them.
 */
import type { CdpSession } from '../cdp/cdpSession.ts';
import { trackBinding, type TrackedBatch } from '../protocol/track.ts';
import type { AgentLink } from './agentLink.ts';
import { agentExpression } from './agentLink.ts';
import { bind } from './bind.ts';

/** What `process.exit` ends in, after the listeners of `exit`; and what Node calls with an exception that nobody caught. */
const endings = ['process.reallyExit', 'process._fatalException'];

export async function connectTracking(
  main: CdpSession,
  link: AgentLink,
  onBatch: (batch: TrackedBatch) => void,
): Promise<void> {
  await link.preparePump();
  await bind(main, link, {
    name: trackBinding,
    method: 'connectTracking',
    onPayload: (json) => onBatch(JSON.parse(json) as TrackedBatch),
  });
  for (const expression of endings) {
    const { result } = await main.send('Runtime.evaluate', { expression, throwOnSideEffect: true, silent: true });
    if (result.type !== 'function' || result.objectId === undefined) continue;
    await main.send('Debugger.setBreakpointOnFunctionCall', {
      objectId: result.objectId,
      condition: `${agentExpression}.leaving()`,
    });
    await main.send('Runtime.releaseObject', { objectId: result.objectId });
  }
}
