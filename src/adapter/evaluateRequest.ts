/** The request `evaluate`, by the context it is asked in. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ProgramWarning } from '../protocol/requests.ts';
import { sameNames } from '../inspector/originalNames.ts';
import { evaluate } from './evaluate.ts';
import { clipboardText, tensorText } from './clipboard.ts';
import { answerHabit, indexedHabit, isFlat, readByHabit } from './habits.ts';
import type { Inspection } from './run.ts';
import { typeName } from './valueText.ts';

/** A hover must not freeze the program for long, nor hide the editor's other hovers. */
const hoverTimeoutMs = 2_000;

/** Where people type; a hover evaluates what stands in the source. */
const habitContexts = new Set<string | undefined>(['repl', 'watch', 'clipboard']);

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
  const asked = habitContexts.has(context) ? indexedHabit(expression) : undefined;
  const warn = frame && frames.warnAt(frame, warned);
  const meant = asked && warn && (await readByHabit(asked.habit, frame, inspection.tensors, warn));
  if (meant && context === 'clipboard' && asked.indices.length === 0) {
    const result = await tensorText(meant.inspector, meant.tensor, isFlat(asked.habit));
    return { result, type: meant.tensor.className, variablesReference: 0 };
  }
  const answer = meant && (await answerHabit(asked, meant, inspection));
  if (answer) return answer;
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
    return { result: await clipboardText(value, inspection), type: typeName(value), variablesReference: 0 };
  }
  const { value: result, name: _, evaluateName: __, ...rest } = await variables.describe(expression, value, expression);
  return { type: typeName(value), ...rest, result };
}
