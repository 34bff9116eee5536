/** Expressions: in hovers without side effects, in the debug console with all of them. */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../cdp/cdpSession.ts';
import type { NamesInSight } from '../inspector/originalNames.ts';
import { asEvaluation } from '../protocol/evaluation.ts';
import { errors } from './errors.ts';
import { explainThrown } from './explainException.ts';
import { exceptionText } from './valueText.ts';

type RemoteObject = Protocol.Runtime.RemoteObject;

export interface EvaluateOptions {
  /** Undefined: in the global scope, the program may be running. */
  frame: Protocol.Debugger.CallFrame | undefined;
  /** Of the frame. */
  names: NamesInSight;
  contextId: number | undefined;
  throwOnSideEffect: boolean;
  timeoutMs?: number;
  /** If it is aborted before the evaluation begins, nothing is evaluated. */
  signal?: AbortSignal;
}

/** @throws TensorError that says why there is no value */
export async function evaluate(main: CdpSession, expression: string, options: EvaluateOptions): Promise<RemoteObject> {
  const { frame, names, contextId, throwOnSideEffect, timeoutMs, signal } = options;
  const common = {
    expression: asEvaluation(asExpression(names.translate(expression))),
    throwOnSideEffect,
    generatePreview: true,
    silent: true,
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
  };
  // Once it runs, nothing but its own timeout can stop it: Node's inspector takes no other command meanwhile.
  signal?.throwIfAborted();
  const { result, exceptionDetails } = frame
    ? await main.send('Debugger.evaluateOnCallFrame', { callFrameId: frame.callFrameId, ...common })
    : await main.send('Runtime.evaluate', { ...common, ...(contextId !== undefined && { contextId }) });
  if (!exceptionDetails) return result;
  const thrown = exceptionDetails.exception ?? result;
  const text = exceptionText(thrown);
  if (throwOnSideEffect && /^EvalError: Possible side-effect/.test(text)) throw errors.sideEffect(expression);
  throw errors.expressionThrew(await explainThrown(main, text, expression, options));
}

/** `{ a: 1 }` is meant as an object, not as a block. */
function asExpression(text: string): string {
  return /^\s*\{[^]*\}\s*$/.test(text) && !/;\s*\}\s*$/.test(text) ? `(${text})` : text;
}
