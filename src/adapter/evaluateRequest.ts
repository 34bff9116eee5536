/** The request `evaluate`, by the context it is asked in. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../cdp/cdpSession.ts';
import type { ProgramWarning } from '../protocol/requests.ts';
import { sameNames } from '../inspector/originalNames.ts';
import { evaluate } from './evaluate.ts';
import { answerHabit, indexedHabit } from './habits.ts';
import type { Inspection } from './run.ts';
import { typeName, valueText } from './valueText.ts';

/** A hover must not freeze the program for long, nor hide the editor's other hovers. */
const hoverTimeoutMs = 2_000;

export async function evaluateRequest(
  inspection: Inspection,
  { expression, frameId, context }: DebugProtocol.EvaluateArguments,
  signal: AbortSignal,
  warned: (warning: ProgramWarning) => void,
): Promise<DebugProtocol.EvaluateResponse['body']> {
  const { debuggee, frames, variables } = inspection;
  const stop = debuggee.stop;
  // In the debug console, and only there, an expression may be about the running program.
  if (context !== 'repl') debuggee.requireStop();
  const frame = frameId === undefined ? stop?.callFrames[0] : frames.frameOf(frameId);
  const habit = context === 'repl' || context === 'watch' ? indexedHabit(expression) : undefined;
  if (habit && frame) {
    const answer = await answerHabit(habit, frame, inspection, frames.warnAt(frame, warned));
    if (answer) return answer;
  }
  const hover = context === 'hover';
  const value = await evaluate(debuggee.main, expression, {
    frame,
    names: frame ? await debuggee.scripts.namesAt(frame.location, debuggee.main) : sameNames,
    contextId: debuggee.mainContext,
    throwOnSideEffect: hover,
    signal,
    ...(hover && { timeoutMs: hoverTimeoutMs }),
  });
  if (context === 'clipboard') {
    return { result: await clipboardText(debuggee.main, value), type: typeName(value), variablesReference: 0 };
  }
  const { value: result, name: _, evaluateName: __, ...rest } = await variables.describe(expression, value, expression);
  return { type: typeName(value), ...rest, result };
}

/** What one wants to paste: text without quotes, objects whole. */
async function clipboardText(main: CdpSession, value: Protocol.Runtime.RemoteObject): Promise<string> {
  if (value.type === 'string') return String(value.value);
  if (value.objectId === undefined || value.type === 'function' || value.subtype === 'error') {
    return value.description ?? valueText(value);
  }
  const { result, exceptionDetails } = await main.send('Runtime.callFunctionOn', {
    objectId: value.objectId,
    functionDeclaration: `function () {
      return JSON.stringify(this, (key, item) =>
        typeof item === 'bigint' ? item + 'n' :
        item instanceof Map ? [...item] : item instanceof Set ? [...item] :
        ArrayBuffer.isView(item) && !(item instanceof DataView) ? Array.from(item) : item, 2);
    }`,
    returnByValue: true,
    throwOnSideEffect: true,
    silent: true,
  });
  // What has cycles, or a toJSON that does more than convert, is copied as it is shown.
  return exceptionDetails || typeof result.value !== 'string' ? valueText(value) : result.value;
}
