/**
 * The errors of the runtime. They carry the names of TensorFlow's and Python's, because that is what people search for,
 * and a `help` line that says what to type instead.
 */

/** The base of every error that the runtime throws. `message` ends with the help, so that a stack trace shows it. */
export class TensorFlowError extends Error {
  /** What to do about it. */
  readonly help: string | undefined;

  constructor(message: string, help?: string, options?: { cause?: unknown }) {
    super(help === undefined ? message : `${message}\n  ${help.replaceAll('\n', '\n  ')}`, options);
    this.help = help;
    this.name = new.target.name;
  }
}

/** An attribute that this kind of value does not have: `numpy` on a graph tensor or on a plain TF.js tensor. */
export class AttributeError extends TensorFlowError {}
/** A value that can't be used: ragged nesting, a wrong shape, a call at the wrong time. */
export class ValueError extends TensorFlowError {}
/** A value of the wrong type, where TensorFlow throws Python's TypeError. */
export class TensorTypeError extends TensorFlowError {}
/** An index or axis outside of the shape. */
export class IndexError extends TensorFlowError {}
/** Called in the wrong mode: `placeholder` in eager mode, a session that was closed. */
export class ModeError extends TensorFlowError {}
/** An op refuses its inputs, or a placeholder was not fed. */
export class InvalidArgumentError extends TensorFlowError {}
/** A variable is read before its initializer ran. */
export class FailedPreconditionError extends TensorFlowError {}
/** A graph names an op that neither TF.js nor this runtime knows. */
export class NotFoundError extends TensorFlowError {}
/** What TF.js lacks: a dtype, a synchronous read on this backend. */
export class UnimplementedError extends TensorFlowError {}
/** A model file that can't be used: truncated, not a GraphDef, inconsistent, cyclic. */
export class InvalidModelError extends TensorFlowError {}
/** A tensor that was disposed. */
export class DisposedError extends TensorFlowError {}
/** TensorFlow.js is missing, or there are two copies of it. */
export class InstallationError extends TensorFlowError {}
