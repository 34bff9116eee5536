/** Expressions: in hovers without side effects, in the debug console with all of them. */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import { throughNamespace } from '../../inspector/evaluate/moduleNamespaces.ts';
import type { NamesInSight } from '../../inspector/names/originalNames.ts';
import { asEvaluation } from '../../protocol/evaluation.ts';
import { errors } from '../errors.ts';
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
    throwOnSideEffect,
    generatePreview: true,
    silent: true,
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
  };
  const send = (text: string) =>
    frame
      ? main.send('Debugger.evaluateOnCallFrame', { callFrameId: frame.callFrameId, expression: text, ...common })
      : main.send('Runtime.evaluate', { expression: text, ...common, ...(contextId !== undefined && { contextId }) });
  // Once it runs, nothing but its own timeout can stop it: Node's inspector takes no other command meanwhile.
  signal?.throwIfAborted();
  const whole = names.translate(expression);
  const { result, exceptionDetails } = await send(asEvaluation(asExpression(whole)));
  if (!exceptionDetails) return result;
  const thrown = exceptionDetails.exception ?? result;
  const text = exceptionText(thrown);
  if (throwOnSideEffect && /^EvalError: Possible side-effect/.test(text)) {
    const found = await throughNamespace(main, whole, async (part) => {
      const evaluated = await send(part);
      return evaluated.exceptionDetails ? undefined : evaluated.result;
    });
    if (found) return found;
    throw errors.sideEffect(expression);
  }
  throw errors.expressionThrew(await explainThrown(main, text, expression, options));
}

/** `{ a: 1 }` is meant as an object, not as a block. */
function asExpression(text: string): string {
  return /^\s*\{[^]*\}\s*$/.test(text) && !/;\s*\}\s*$/.test(text) ? `(${text})` : text;
}
