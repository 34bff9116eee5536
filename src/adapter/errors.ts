/** The errors of the adapter, each made in one place, and the one conversion of whatever was thrown. */
import { CdpError, ConnectionLostError } from '../cdp/cdpSession.ts';
import { reportOf, TensorError, type Advice, type ErrorReport } from '../protocol/errors.ts';

export const errors = {
  notStarted: () =>
    new TensorError({
      code: 'not-available',
      message: 'No program is being debugged in this session.',
      help: 'Send launch or attach first.',
    }),
  alreadyStarted: () =>
    new TensorError({
      code: 'invalid-argument',
      message: 'This session debugs a program already; start another session.',
    }),
  notPaused: () =>
    new TensorError({
      code: 'not-paused',
      message: 'The program is running; this works only while it is paused.',
      help: 'Set a breakpoint, or pause the program.',
    }),
  staleReference: (what: string) =>
    new TensorError({
      code: 'invalid-argument',
      message: `This ${what} belongs to an earlier stop; the program has run on since.`,
    }),
  unknownReference: (what: string, reference: number, help: string) =>
    new TensorError({ code: 'invalid-argument', message: `There is no ${what} ${reference}.`, help }),
  cancelled: (command: string) =>
    new TensorError({
      code: 'cancelled',
      message: 'The request was cancelled.',
      ...(command === 'evaluate' && {
        help: 'What the program has begun to compute goes on; if it never ends, terminate the program.',
      }),
    }),
  left: () => new TensorError({ code: 'cancelled', message: 'The client left before the program was there.' }),
  programEnded: () => new TensorError({ code: 'program-ended', message: 'The program has ended.' }),
  invalidConfiguration: (message: string) => new TensorError({ code: 'invalid-argument', message }),
  cannotLaunch: (message: string, help?: string | Advice, cause?: unknown) =>
    new TensorError({ code: 'cannot-launch', message, ...(typeof help === 'string' ? { help } : help) }, { cause }),
  cannotAttach: (message: string, help?: string, cause?: unknown) =>
    new TensorError({ code: 'cannot-attach', message, ...(help !== undefined && { help }) }, { cause }),
  expressionThrew: (message: string) => new TensorError({ code: 'expression-threw', message }),
  sideEffect: (expression: string) =>
    new TensorError({
      code: 'side-effect',
      message: `Evaluating "${expression}" could change the program, so it was not done here.`,
      help: 'Evaluate it in the debug console, where everything is allowed.',
    }),
  unsupported: (command: string) =>
    new TensorError({ code: 'not-available', message: `This debug adapter does not know the request "${command}".` }),
};

/** What a response tells of whatever was thrown. */
export function reportOfThrown(thrown: unknown): ErrorReport {
  if (thrown instanceof ConnectionLostError) return { code: 'program-ended', message: thrown.message };
  if (thrown instanceof CdpError) return { code: 'not-available', message: thrown.message };
  return reportOf(thrown, 'not-available');
}
