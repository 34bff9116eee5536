/** What can be assigned to, as it is written: a variable, or a property of something. */
import { parseExpressionAt } from 'acorn';
import { TensorError } from '../../protocol/errors.ts';
import { hasCall } from '../names/scriptSource.ts';

export type AssignTarget =
  | { kind: 'variable'; name: string }
  /** Expressions, each of which gives what it says: `model.layers`, and `"weights"` or `i`. */
  | { kind: 'property'; object: string; key: string };

/** @throws TensorError `invalid-argument` */
export function parseTarget(text: string): AssignTarget {
  const node = parse(text);
  if (node?.type === 'Identifier') return { kind: 'variable', name: node.name };
  // An element of a set is read out of an array that is nobody's: `[...layers][0]`.
  const isLost = node?.type === 'MemberExpression' && node.object.type === 'ArrayExpression';
  if (node?.type === 'MemberExpression' && !node.optional && !isLost && node.property.type !== 'PrivateIdentifier') {
    const source = (part: { start: number; end: number }): string => text.slice(part.start, part.end);
    const key = node.computed ? source(node.property) : JSON.stringify(source(node.property));
    return { kind: 'property', object: source(node.object), key };
  }
  if (node?.type === 'MemberExpression' && node.property.type === 'PrivateIdentifier') {
    throw new TensorError({
      code: 'invalid-argument',
      message: `${text} can't be assigned to: it is a private field, which only code of its class can set.`,
      help: 'Assign it in the debug console of a stopped method, or to a property or variable.',
    });
  }
  throw new TensorError({
    code: 'invalid-argument',
    message: `"${text}" is nothing that can be assigned to.`,
    help: 'Name a variable or a property: weights, model.weights, layers[0].kernel.',
  });
}

/** Whether it names a variable or a property, private ones too. */
export function isPlace(text: string): boolean {
  const node = parse(text);
  return node?.type === 'Identifier' || (node?.type === 'MemberExpression' && !hasCall(node));
}

function parse(text: string) {
  try {
    const node = parseExpressionAt(text, 0, { ecmaVersion: 'latest', checkPrivateFields: false });
    return text.slice(node.end).trim() === '' ? node : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
