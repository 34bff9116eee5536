/**
 * Which op of TensorFlow.js made the tensor of a variable: TF.js does not keep that, but the source of the stopped function
 * says it. What is found can be run again without harm: calls of ops alone, with arguments that have no effects.
 */
import type { Protocol } from 'devtools-protocol';
import type { AnyNode, CallExpression, Pattern } from 'acorn';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import { TensorError } from '../../protocol/errors.ts';
import { propertiesOf } from '../link/remoteObjects.ts';
import { childrenOf, hasCall, offsetOf, parseScript } from '../names/scriptSource.ts';
import { evaluateOnFrame } from './evaluate.ts';

/** Methods of a tensor that are no ops: they have effects, or give no tensor. */
const otherMethods = /^(array|assign|buffer|bytes|data|dispose|print|variable|toString)(Sync)?$/;
/** What makes tensors of numbers; TF.js does not name these functions as it names ops. */
const creators = /^(tensor|tensor[1-6]d|scalar|zeros|ones|fill|range|linspace)$/;
/** Run again, they would take numbers of the program's random state, and give others than before. */
const randomOps = /^(rand|random\w*|truncatedNormal|multinomial|dropout)$/i;

/**
 * @param expression a variable or property (`y`, `this.hidden`)
 * @param isTensor whether an object of the main session is a tensor of TF.js
 * @returns an expression of the frame
 * @throws TensorError `not-available` where no such op is found
 */
export async function opThatMade(
  main: CdpSession,
  frame: Protocol.Debugger.CallFrame,
  expression: string,
  isTensor: (objectId: string) => Promise<boolean>,
): Promise<string> {
  const { scriptId, lineNumber, columnNumber = 0 } = frame.location;
  const { scriptSource } = await main.send('Debugger.getScriptSource', { scriptId });
  const found = assignmentOf(
    scriptSource,
    expression,
    offsetOf(scriptSource, { line: lineNumber, column: columnNumber }),
  );
  if (!found) throw unknownOp(expression, 'no line before the stop, in this function or around it, sets it');
  const { value, part } = found;
  const source = ({ start, end }: { start: number; end: number }): string => scriptSource.slice(start, end);
  const line = scriptSource.slice(0, value.start).split('\n').length;
  const made = source(value);
  const calls: CallExpression[] = [];
  const harmless: AnyNode[] = [];
  const other = sort(value, calls, harmless);
  if (other) throw unknownOp(expression, `line ${line} sets it to ${made}, and ${source(other)} is more than ops`);
  if (calls.length === 0) throw unknownOp(expression, `line ${line} sets it to ${made}, which calls no op`);
  // Throws where one of them has effects.
  if (harmless.length > 0) {
    const leaves = harmless.map((node) => `(${source(node)})`).join(', ');
    await evaluateOnFrame(main, frame.callFrameId, `void [${leaves}]`, { throwOnSideEffect: true, shown: made });
  }
  for (const { callee } of calls) {
    const refusal = await whyNoOp(callee);
    if (refusal !== null)
      throw unknownOp(expression, `line ${line} sets it to ${made}, and ${source(callee)} ${refusal}`);
  }
  return part === '' ? made : `(${made})${part}`;

  /** null for an op of TF.js: a function that it has named so, or a method of a tensor. */
  async function whyNoOp(callee: CallExpression['callee']): Promise<string | null> {
    const name = callee.type === 'MemberExpression' ? source(callee.property) : source(callee);
    if (randomOps.test(name)) return 'gives other values each time';
    if (otherMethods.test(name)) return 'is no op of TensorFlow.js';
    if (callee.type === 'MemberExpression' && hasCall(callee.object)) {
      // What an op gives is a tensor, or an array of them, whose methods would call functions of the program.
      const method = `typeof (${expression})[${JSON.stringify(name)}]`;
      const found = await evaluateOnFrame(main, frame.callFrameId, method, { throwOnSideEffect: true });
      return found.value === 'function' ? null : 'is no op of TensorFlow.js';
    }
    const called = await evaluateOnFrame(main, frame.callFrameId, source(callee), { throwOnSideEffect: true });
    if (called.objectId !== undefined && (await nameOf(main, called.objectId)).endsWith('__op')) return null;
    if (callee.type !== 'MemberExpression') return 'is no op of TensorFlow.js';
    if (creators.test(name) && (await isTensorFlow(source(callee.object)))) return null;
    const receiver = await evaluateOnFrame(main, frame.callFrameId, source(callee.object), { throwOnSideEffect: true });
    return receiver.objectId !== undefined && (await isTensor(receiver.objectId)) ? null : 'is no op of TensorFlow.js';
  }

  /** By an op that it has. */
  async function isTensorFlow(object: string): Promise<boolean> {
    const op = await evaluateOnFrame(main, frame.callFrameId, `${object}.matMul`, { throwOnSideEffect: true });
    return op.objectId !== undefined && (await nameOf(main, op.objectId)).endsWith('__op');
  }
}

async function nameOf(main: CdpSession, objectId: string): Promise<string> {
  const { result } = await propertiesOf(main, objectId);
  return String(result.find(({ name }) => name === 'name')?.value?.value ?? '');
}

function unknownOp(expression: string, why: string): TensorError {
  return new TensorError({
    code: 'not-available',
    message: `Which op made "${expression}" is not known: ${why}.`,
    help: 'Name the op with its inputs: tf.matMul(a, b).',
  });
}

interface Assignment {
  value: AnyNode;
  /** What is taken of the value: `.mean`, `[0]`. */
  part: string;
}

/** The last one before the stop whose function is stopped too, or is around the one that is. */
function assignmentOf(source: string, expression: string, stop: number): Assignment | undefined {
  const program = parseScript(source);
  const wanted = expression.replace(/\s/g, '');
  let last: Assignment | undefined;
  const take = (target: Pattern | AnyNode, value: AnyNode | null | undefined): void => {
    if (!value || value.end > stop) return;
    for (const [text, part] of targetsOf(target, source)) if (text === wanted) last = { value, part };
  };
  const visit = (node: AnyNode): void => {
    if (node.start > stop) return;
    const isFunction = /Function(Declaration|Expression)$/.test(node.type);
    if (isFunction && node.end < stop) return;
    if (node.type === 'VariableDeclarator') take(node.id, node.init);
    if (node.type === 'AssignmentExpression' && node.operator === '=') take(node.left, node.right);
    for (const child of childrenOf(node)) visit(child);
  };
  if (program) visit(program);
  return last;
}

function* targetsOf(target: Pattern | AnyNode, source: string): Generator<[text: string, part: string]> {
  if (target.type === 'ArrayPattern') {
    for (const [index, element] of target.elements.entries()) {
      if (element?.type === 'Identifier') yield [element.name, `[${index}]`];
    }
  } else if (target.type === 'ObjectPattern') {
    for (const property of target.properties) {
      if (property.type !== 'Property' || property.computed || property.value.type !== 'Identifier') continue;
      if (property.key.type === 'Identifier') yield [property.value.name, `.${property.key.name}`];
    }
  } else yield [source.slice(target.start, target.end).replace(/\s/g, ''), ''];
}

/**
 * Parts an expression into the calls in it, and what else is evaluated, in pieces as large as they come without a call.
 * @returns a part that neither is
 */
function sort(node: AnyNode, calls: CallExpression[], harmless: AnyNode[]): AnyNode | undefined {
  if (!hasCall(node)) {
    harmless.push(node);
    return undefined;
  }
  if (node.type === 'CallExpression') calls.push(node);
  const parts = partsOf(node);
  if (!parts) return node;
  for (const part of parts) {
    const other = sort(part, calls, harmless);
    if (other) return other;
  }
  return undefined;
}

/** The expressions from whose values alone another one is computed; undefined where there is more to it. */
function partsOf(node: AnyNode): AnyNode[] | undefined {
  switch (node.type) {
    case 'CallExpression': {
      const { callee } = node;
      const receiver = callee.type === 'MemberExpression' && hasCall(callee.object) ? [callee.object] : [];
      return [...receiver, ...node.arguments.map(spread)];
    }
    case 'ArrayExpression':
      return node.elements.filter((element) => element !== null).map(spread);
    case 'ObjectExpression':
      return node.properties.map((property) => (property.type === 'Property' ? property.value : property.argument));
    case 'MemberExpression':
      return node.computed ? [node.object, node.property] : [node.object];
    case 'ConditionalExpression':
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'UnaryExpression':
    case 'ChainExpression':
      return [...childrenOf(node)];
    default:
      return undefined;
  }
}

function spread(node: AnyNode): AnyNode {
  return node.type === 'SpreadElement' ? node.argument : node;
}
