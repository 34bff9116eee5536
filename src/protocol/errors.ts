/** What to do about something. */
export interface Advice {
  /** In an editor, and for whoever else is at a debug session. */
  help: string;
  /** On the command line, where something else is to be done. */
  commandLineHelp?: string;
}

/**
 * A failure on its way to a person: what happened, with its name and numbers, why, and what to do.
 * It is thrown as `TensorError` inside a process and crosses every boundary as this plain object.
 */
export interface ErrorReport extends Partial<Advice> {
  code: ErrorCode;
  message: string;
  /** Where in the input text the fault stands, from 0 (slices, expressions). */
  position?: number;
}

export type ErrorCode =
  | 'invalid-slice'
  | 'invalid-argument'
  | 'no-such-tensor'
  | 'not-a-tensor'
  | 'not-readable'
  | 'no-device'
  | 'device-lost'
  | 'device-error'
  | 'pending'
  | 'disposed'
  | 'not-enough-memory'
  | 'too-large'
  | 'side-effect'
  | 'not-available'
  | 'expression-threw'
  | 'not-paused'
  | 'program-ended'
  | 'timed-out'
  | 'cancelled'
  | 'file-exists'
  | 'file-system'
  | 'unknown-format'
  | 'invalid-file'
  | 'invalid-feed'
  | 'evaluation-failed'
  | 'no-graph'
  | 'lossy-dtype'
  | 'agent-failed'
  | 'cannot-launch'
  | 'cannot-attach'
  | 'connection-lost';

/** The one error class of the project. `cause` keeps what was caught. */
export class TensorError extends Error {
  override readonly name = 'TensorError';
  readonly code: ErrorCode;
  readonly help: string | undefined;
  readonly commandLineHelp: string | undefined;
  readonly position: number | undefined;

  constructor(report: ErrorReport, options?: { cause?: unknown }) {
    super(report.message, options);
    this.code = report.code;
    this.help = report.help;
    this.commandLineHelp = report.commandLineHelp;
    this.position = report.position;
  }

  /** The plain object that crosses a process boundary. */
  toReport(): ErrorReport {
    return {
      code: this.code,
      message: this.message,
      ...(this.help !== undefined && { help: this.help }),
      ...(this.commandLineHelp !== undefined && { commandLineHelp: this.commandLineHelp }),
      ...(this.position !== undefined && { position: this.position }),
    };
  }
}

/** Turns whatever was thrown into a report, once, at a boundary. */
export function reportOf(thrown: unknown, fallback: ErrorCode = 'agent-failed'): ErrorReport {
  if (thrown instanceof TensorError) return thrown.toReport();
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: fallback, message };
}

/** The advice of whatever gives some, alone. */
export function adviceOf(from: Advice): Advice;
export function adviceOf(from: Partial<Advice> | TensorError): Partial<Advice>;
export function adviceOf({ help, commandLineHelp }: Partial<Advice> | TensorError): Partial<Advice> {
  return { ...(help !== undefined && { help }), ...(commandLineHelp !== undefined && { commandLineHelp }) };
}

/** What happened and what to do about it, on one line. */
export function reportText({ message, help }: { message: string; help?: string | null | undefined }): string {
  return help ? `${message} ${help}` : message;
}

/** Gives long work up; an `AbortSignal` is one. */
export interface Cancellation {
  readonly aborted: boolean;
  readonly reason?: unknown;
}

/** @throws TensorError `cancelled` with this message once the work was given up, or with what else has ended it (`program-ended`) */
export function assertNotCancelled(cancellation: Cancellation | undefined, message: string): void {
  if (!cancellation?.aborted) return;
  const { reason } = cancellation;
  if (reason instanceof TensorError && reason.code !== 'cancelled') throw reason;
  throw new TensorError({ code: 'cancelled', message });
}

/** Whether a read was refused for what has become of the tensor or its device. */
export function isRefused(error: unknown): error is TensorError {
  return error instanceof TensorError && ['disposed', 'device-lost', 'device-error'].includes(error.code);
}
