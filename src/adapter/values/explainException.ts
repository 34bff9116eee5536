/** What an exception is about, beyond its own words: in the program, and in an expression that somebody typed. */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import type { NamesInSight } from '../../inspector/names/originalNames.ts';
import { graphModeWarning, readingMethods, receiverOf } from '../../inspector/evaluate/readingHabits.ts';
import { reportText } from '../../protocol/errors.ts';
import type { TensorWarning } from '../../protocol/tensor.ts';
import { formatType, knownShape } from '../../tensor/preview.ts';
import type { Inspection } from '../run.ts';

const missingMethod = new RegExp(`^(.+)\\.(${readingMethods.join('|')}) is not a function$`, 's');

/** Why TF.js can't read a tensor at once, in a sentence to follow the exception; undefined for every other exception. */
export function explainMissingCanvas(exception: string): string | undefined {
  if (!/\bOffscreenCanvas is not defined$/.test(exception)) return undefined;
  return (
    'TensorFlow.js on webgpu reads at once by way of a canvas, which Node has not. In the program write `await t.data()`; here, ' +
    'look at the tensor in its variable, or write t.dataSync() or t.arraySync()[0] of that: the debugger reads it itself.'
  );
}

/**
 * Why a method that a program has called to read a tensor is not there; undefined for every other exception.
 * @param message of the exception, without its class
 * @param warn hears of a conversion that needs eager mode, tried on a tensor of a graph
 */
export async function explainMissingMethod(
  message: string,
  frame: Protocol.Debugger.CallFrame,
  { tensors }: Inspection,
  warn: (warning: TensorWarning) => void,
): Promise<string | undefined> {
  const [, receiver, method] = missingMethod.exec(message) ?? [];
  if (receiver === undefined || method === undefined) return undefined;
  const tensor = await receiverOf(await tensors.inspector(), frame.callFrameId, receiver);
  if (!tensor) return undefined;
  const warning = graphModeWarning({ receiver, method }, tensor);
  if (warning) {
    warn(warning);
    return reportText(warning);
  }
  const { dtype, runtime, access } = tensor;
  const readable = access.how === 'none' ? '' : ' Its values can be read and saved here, in the debugger.';
  return `${receiver} is a ${formatType(dtype, knownShape(tensor))} of ${runtime}, whose tensors have no ${method}().${readable}`;
}

/** An exception of an expression, in words. */
export async function explainThrown(
  main: CdpSession,
  text: string,
  expression: string,
  { frame, names }: { frame: Protocol.Debugger.CallFrame | undefined; names: NamesInSight },
): Promise<string> {
  if (/^SyntaxError: /.test(text) && /\bawait\b/.test(`${text} ${expression}`)) {
    return `${text}. Nothing can be awaited while the program is paused: its event loop stands still.`;
  }
  const canvas = expression.includes('OffscreenCanvas') ? undefined : explainMissingCanvas(text);
  if (canvas !== undefined) return `${text}. ${canvas}`;
  const name = /^ReferenceError: (\S+) is not defined$/.exec(text)?.[1];
  const missing = name && names.original(name);
  if (missing === undefined || name === undefined || !frame || !expression.includes(missing)) return text;
  const { scriptSource } = await main.send('Debugger.getScriptSource', { scriptId: frame.location.scriptId });
  // Any mention is reason enough: the name is bound there, by a declaration, an import or a parameter.
  const isMentioned = new RegExp(`(?<![\\w$.])${name.replace(/\$/g, '\\$')}(?![\\w$])`).test(scriptSource);
  if (!isMentioned) return text;
  const where = frame.functionName === '' ? 'the paused function' : `the paused function ${frame.functionName}`;
  return (
    `${missing} is not available here: ${where} does not use it, and V8 keeps only those outer variables that a ` +
    `function uses. Look at it in a frame whose function does, or use it in this one.`
  );
}
