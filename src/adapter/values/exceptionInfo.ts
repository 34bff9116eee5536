/** What the program threw, when it is stopped for that. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { TensorError } from '../../protocol/errors.ts';
import type { ProgramWarning } from '../../protocol/requests.ts';
import type { Inspection } from '../run.ts';
import { explainMissingCanvas, explainMissingMethod } from './explainException.ts';
import { exceptionText, typeName } from './valueText.ts';

/** @throws TensorError `not-available` where the program is not stopped at an exception */
export async function exceptionInfo(
  inspection: Inspection,
  warned: (warning: ProgramWarning) => void,
): Promise<DebugProtocol.ExceptionInfoResponse['body']> {
  const { debuggee, frames } = inspection;
  const { exception, callFrames } = debuggee.requireStop();
  if (!exception) {
    throw new TensorError({ code: 'not-available', message: 'The program is not stopped at an exception.' });
  }
  const { object, uncaught, id } = exception;
  const exceptionId = id ?? (object.subtype === 'error' ? (object.className ?? 'Error') : `thrown ${typeName(object)}`);
  const message = exceptionText(object).replace(`${exceptionId}: `, '');
  const [frame] = callFrames;
  const why =
    explainMissingCanvas(message) ??
    (frame && (await explainMissingMethod(message, frame, inspection, frames.warnAt(frame, warned))));
  return {
    exceptionId,
    description: why === undefined ? exceptionText(object) : `${exceptionText(object)}\n${why}`,
    breakMode: uncaught ? 'unhandled' : 'always',
    details: {
      message,
      typeName: exceptionId,
      ...(object.subtype === 'error' && object.description !== undefined && { stackTrace: object.description }),
    },
  };
}
