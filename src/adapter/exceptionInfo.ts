/** What the program threw, when it is stopped for that. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { TensorError } from '../protocol/errors.ts';
import { exceptionText } from './debuggee.ts';
import type { Inspection } from './run.ts';
import { typeName } from './valueText.ts';

export function exceptionInfo({ debuggee }: Inspection): DebugProtocol.ExceptionInfoResponse['body'] {
  const { exception } = debuggee.requireStop();
  if (!exception) {
    throw new TensorError({ code: 'not-available', message: 'The program is not stopped at an exception.' });
  }
  const { object, uncaught, id } = exception;
  const exceptionId = id ?? (object.subtype === 'error' ? (object.className ?? 'Error') : `thrown ${typeName(object)}`);
  return {
    exceptionId,
    description: exceptionText(object),
    breakMode: uncaught ? 'unhandled' : 'always',
    details: {
      message: exceptionText(object).replace(`${exceptionId}: `, ''),
      typeName: exceptionId,
      ...(object.subtype === 'error' && object.description !== undefined && { stackTrace: object.description }),
    },
  };
}
