/** The request `evaluate`, by the context it is asked in. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { evaluate } from './evaluate.ts';
import type { Inspection } from './run.ts';
import { typeName } from './valueText.ts';

/** A hover must not freeze the program for long, nor hide the editor's other hovers. */
const hoverTimeoutMs = 2_000;

export async function evaluateRequest(
  { debuggee, frames, variables }: Inspection,
  { expression, frameId, context }: DebugProtocol.EvaluateArguments,
): Promise<DebugProtocol.EvaluateResponse['body']> {
  const stop = debuggee.stop;
  // In the debug console, and only there, an expression may be about the running program.
  if (context !== 'repl') debuggee.requireStop();
  const frame = frameId === undefined ? stop?.callFrames[0] : frames.frameOf(frameId);
  const hover = context === 'hover';
  const value = await evaluate(debuggee.main, expression, {
    frame,
    contextId: debuggee.mainContext,
    throwOnSideEffect: hover,
    ...(hover && { timeoutMs: hoverTimeoutMs }),
  });
  const { value: result, name: _, evaluateName: __, ...rest } = await variables.describe(expression, value, expression);
  return { type: typeName(value), ...rest, result };
}
