/** Log messages of breakpoints: `{expression}` in one stands for its value. */
import type { Protocol } from 'devtools-protocol';
import { exceptionText } from '../values/valueText.ts';

/** The text to log, ended by a line break; an expression that throws is its error, in braces. */
export async function logText(
  message: string,
  evaluate: (expression: string) => Promise<Protocol.Debugger.EvaluateOnCallFrameResponse>,
): Promise<string> {
  const parts = await Promise.all(
    splitLogMessage(message).map(async (part) => {
      if ('text' in part) return part.text;
      const { result, exceptionDetails } = await evaluate(part.expression);
      if (exceptionDetails) return `{${exceptionText(exceptionDetails.exception ?? result)}}`;
      return result.type === 'string' ? String(result.value) : (result.description ?? String(result.value));
    }),
  );
  return `${parts.join('')}\n`;
}

type LogPart = { text: string } | { expression: string };

/** Braces inside of an expression nest; a brace that is never closed is text. */
export function splitLogMessage(message: string): LogPart[] {
  const parts: LogPart[] = [];
  let text = '';
  for (let index = 0; index < message.length; index++) {
    const end = message[index] === '{' ? closingBrace(message, index) : -1;
    if (end < 0) {
      text += message[index];
      continue;
    }
    if (text !== '') parts.push({ text });
    text = '';
    parts.push({ expression: message.slice(index + 1, end) });
    index = end;
  }
  if (text !== '') parts.push({ text });
  return parts;
}

function closingBrace(message: string, start: number): number {
  let depth = 0;
  for (let index = start; index < message.length; index++) {
    if (message[index] === '{') depth++;
    else if (message[index] === '}' && --depth === 0) return message.slice(start + 1, index).trim() === '' ? -1 : index;
  }
  return -1;
}
