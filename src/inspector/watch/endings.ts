/**
 * The ends of a program that would take along what the agent has not told yet: `process.exit`, and exceptions. The functions of
 * Node that do it get a breakpoint each, whose condition lets the agent send it first. It is false, so that the program goes
 * on; or true, if there is a NaN to stop for. That leaves no listener and no wrapper in the program, where it could see them.
 */
import type { CdpSession } from '../../cdp/cdpSession.ts';
import { agentExpression } from '../link/agentLink.ts';

/** What `process.exit` ends in, after the listeners of `exit`; and what Node calls with an exception that nobody caught. */
const endings = ['process.reallyExit', 'process._fatalException'];

/** @returns the ids of the breakpoints */
export async function watchEndings(main: CdpSession): Promise<string[]> {
  const ids: string[] = [];
  for (const expression of endings) {
    const { result } = await main.send('Runtime.evaluate', { expression, throwOnSideEffect: true, silent: true });
    if (result.type !== 'function' || result.objectId === undefined) continue;
    const { breakpointId } = await main.send('Debugger.setBreakpointOnFunctionCall', {
      objectId: result.objectId,
      condition: `${agentExpression}.leaving()`,
    });
    ids.push(breakpointId);
    await main.send('Runtime.releaseObject', { objectId: result.objectId });
  }
  return ids;
}
