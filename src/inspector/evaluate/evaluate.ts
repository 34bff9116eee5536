/** Evaluating an expression in a stopped frame: what keeps it from having a value, in a person's words. */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import type { Reinterpretation } from '../../protocol/agent.ts';
import { TensorError, type Advice } from '../../protocol/errors.ts';
import { isDType, itemSize } from '../../tensor/dtypes.ts';
import { stopObjectGroup } from '../link/stopObjects.ts';
import { sameNames, type NamesInSight } from '../names/originalNames.ts';
import { asDType } from '../tensorId.ts';
import { throughNamespace } from './moduleNamespaces.ts';

/**
 * Splits `buffer as float32[64, 10]` into the expression and how to read its memory. JavaScript has no `as`, so nothing
 * that could be meant otherwise is cut off; a TypeScript cast to anything but a dtype stays in the expression.
 */
export function splitReinterpretation(text: string): { expression: string; as?: Reinterpretation } {
  const match = /^(?<expression>[\s\S]+?)\s+as\s+(?<dtype>\w+)\s*(?:\[(?<shape>[\d\s,]*)\])?\s*$/.exec(text);
  const { expression, dtype, shape } = match?.groups ?? {};
  if (expression === undefined || dtype === undefined || !isDType(dtype) || itemSize(dtype) === 0) {
    return { expression: text };
  }
  if (shape === undefined) return { expression, as: { dtype } };
  const counts = shape.split(',').map((part) => part.trim());
  return { expression, as: { dtype, shape: counts.filter((part) => part !== '').map(Number) } };
}

/**
 * What is wrong with an expression that ends in ` as ` and something, which JavaScript has not: the dtype, or the shape.
 * @throws TensorError `invalid-argument`
 */
function assertReinterpretation(text: string): void {
  const { expression, dtype, shape } =
    /^(?<expression>[\s\S]+?)\s+as\s+(?<dtype>\w+)\s*(?:\[(?<shape>[^\]]*)\])?\s*$/.exec(text)?.groups ?? {};
  if (expression === undefined || dtype === undefined) return;
  asDType(dtype);
  throw new TensorError({
    code: 'invalid-argument',
    message: `"[${shape}]" is not a shape that memory can be read in.`,
    help: `Count the elements of each axis: ${expression} as ${dtype}[64, 10].`,
  });
}

interface FrameEvaluation {
  throwOnSideEffect: boolean;
  /** What errors call the expression; default as it is. */
  shown?: string;
  /** Of the frame, if the expression is its author's. */
  names?: NamesInSight;
}

/** @returns the value as an object of the main session, or a primitive by value */
export async function evaluateOnFrame(
  main: CdpSession,
  callFrameId: string,
  text: string,
  { throwOnSideEffect, shown = text, names = sameNames }: FrameEvaluation,
): Promise<Protocol.Runtime.RemoteObject> {
  const whole = names.translate(text);
  const evaluate = (expression: string) =>
    main.send('Debugger.evaluateOnCallFrame', {
      callFrameId,
      expression,
      objectGroup: stopObjectGroup,
      silent: true,
      throwOnSideEffect,
    });
  const { result, exceptionDetails } = await evaluate(whole);
  if (!exceptionDetails) return result;
  const error = evaluationError(shown, exceptionDetails, names);
  if (error.code !== 'side-effect') throw error;
  const found = await throughNamespace(main, whole, async (expression) => {
    const part = await evaluate(expression);
    return part.exceptionDetails ? undefined : part.result;
  });
  if (!found) throw error;
  return found;
}

const optimisedHelp = 'A breakpoint in the function, set before it runs, keeps its variables.';

function evaluationError(
  expression: string,
  details: Protocol.Runtime.ExceptionDetails,
  names: NamesInSight,
): TensorError {
  const original = (name: string | undefined) => name && names.original(name);
  const description = details.exception?.description ?? details.text;
  const firstLine = description.split('\n', 1)[0] ?? description;
  if (/^EvalError: Possible side-effect/.test(firstLine)) {
    const field = /\.(?<field>#[\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec(expression)?.groups?.['field'];
    if (field !== undefined && !expression.includes('(')) {
      return new TensorError({
        code: 'not-available',
        message: `"${expression}" was not evaluated: ${field} is private, and the stopped function is no method of its class.`,
        help: `Stop in a method of the class: this.${field} can be read there.`,
      });
    }
    return new TensorError({
      code: 'side-effect',
      message: `"${expression}" was not evaluated: it would change the program (V8 stopped it at a possible side effect).`,
      help: 'Name a variable or a property instead of calling a function; the debug console evaluates anything.',
      commandLineHelp: 'Name a variable or a property instead of calling a function.',
    });
  }
  const missing = original(/^ReferenceError: (?<name>\S+) is not defined/.exec(firstLine)?.groups?.['name']);
  if (missing !== undefined) {
    return new TensorError({
      code: 'not-available',
      message: `"${missing}" is not available at this stop: no scope of this frame has it. If the module declares it, V8 left it out because the stopped function does not use it.`,
      help: `Select a frame that uses "${missing}", or stop in such a function, or mention it in the stopped one.`,
      commandLineHelp: `Stop in a function that uses "${missing}", or mention it in the stopped one.`,
    });
  }
  const hole = original(
    /^ReferenceError: Cannot access '(?<name>[^']+)' before initialization/.exec(firstLine)?.groups?.['name'],
  );
  if (hole !== undefined) {
    return new TensorError({
      code: 'not-available',
      message: `"${hole}" has no value yet: the program has not reached its declaration.`,
      help: 'Stop behind the line that declares it.',
    });
  }
  // Since V8 13; before, such a variable is undefined.
  const dropped = original(
    /^ReferenceError: Cannot access '(?<name>[^']+)' from debugger/.exec(firstLine)?.groups?.['name'],
  );
  if (dropped !== undefined) {
    return new TensorError({
      code: 'not-available',
      message: `"${dropped}" is gone: V8 has optimised this function, and nothing uses "${dropped}" behind the stop.`,
      help: optimisedHelp,
    });
  }
  if (/^SyntaxError: Unexpected identifier 'as'/.test(firstLine)) assertReinterpretation(expression);
  const message = `"${expression}" threw ${firstLine.replace(/(?<![.!?])$/, '.')}`;
  if (/^SyntaxError: /.test(firstLine) && /\bawait\b/.test(expression)) {
    const help = 'Nothing can be awaited while the program is paused: its event loop stands still.';
    return new TensorError({ code: 'expression-threw', message, help });
  }
  return new TensorError({
    code: 'expression-threw',
    message,
    help: 'Try it in the debug console of the stopped frame.',
    commandLineHelp: 'Name a variable or a property.',
  });
}

/** @param advice what can be done with it instead; default: what can be read */
export function notATensor(expression: string, value: Protocol.Runtime.RemoteObject, advice?: Advice): TensorError {
  if (value.type === 'undefined') {
    return new TensorError({
      code: 'not-a-tensor',
      message: `"${expression}" is undefined here, not a tensor.`,
      help: `Stop behind the line that gives it its value. In a function that runs hot, V8 may have dropped it. ${optimisedHelp}`,
    });
  }
  return new TensorError({
    code: 'not-a-tensor',
    message: `"${expression}" is ${kindInWords(value)}, not a tensor.`,
    ...(advice ?? {
      help: 'Tensors of TF.js, jax-js, ONNX Runtime and transformers.js, GPUBuffers, typed arrays, nested arrays of numbers and values with Symbol.for("tensor.inspect") can be read.',
    }),
  });
}

function kindInWords({
  type,
  subtype,
  className,
  value,
  unserializableValue,
  description,
}: Protocol.Runtime.RemoteObject) {
  if (subtype === 'null') return 'null';
  if (type !== 'object' && type !== 'function') {
    return `the ${type} ${unserializableValue ?? JSON.stringify(value) ?? description ?? ''}`.trim();
  }
  const name = className ?? type;
  return `${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name}`;
}
