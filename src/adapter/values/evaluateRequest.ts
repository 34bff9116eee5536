/** The request `evaluate`, by the context it is asked in. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { readByHabit } from '../../inspector/evaluate/readingHabits.ts';
import { sameNames } from '../../inspector/names/originalNames.ts';
import type { ProgramWarning } from '../../protocol/requests.ts';
import type { Inspection } from '../run.ts';
import { clipboardText, tensorText } from './clipboard.ts';
import { evaluate } from './evaluate.ts';
import { answerHabit, indexedHabit, indexIn, isFlat } from './habits.ts';
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
  if (asked && frame) {
    const inspector = await inspection.tensors.inspector();
    const tensor = await readByHabit(inspector, frame.callFrameId, asked.habit, frames.warnAt(frame, warned));
    const index = tensor && indexIn(tensor, asked);
    if (tensor && index) {
      if (context !== 'clipboard') return answerHabit(asked.habit, { tensor, index }, inspector, inspection);
      const result = await tensorText(inspector, tensor, { flat: isFlat(asked.habit), index });
      return { result, type: tensor.className, variablesReference: 0 };
    }
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
    return { result: await clipboardText(value, inspection), type: typeName(value), variablesReference: 0 };
  }
  const { value: result, name: _, evaluateName: __, ...rest } = await variables.describe(expression, value, expression);
  return { type: typeName(value), ...rest, result };
}
