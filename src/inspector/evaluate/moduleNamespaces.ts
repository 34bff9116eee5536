/**
 * `ns.weights` where `ns` is what `import * as ns` gives: V8 takes any look into a module namespace for a side effect, and
 * evaluates none where side effects are forbidden. The debugger sees its exports by another way.
 */
import type { Protocol } from 'devtools-protocol';
import { parseExpressionAt, type AnyNode, type MemberExpression } from 'acorn';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import { stopObjectGroup } from '../link/stopObjects.ts';

type RemoteObject = Protocol.Runtime.RemoteObject;

/** Evaluates an expression of the frame without side effects; undefined where that is not possible. */
type Evaluate = (expression: string) => Promise<RemoteObject | undefined>;

/**
 * @returns undefined if the expression is no path of properties that leads through a module namespace, or its getters have
 * side effects
 */
export async function throughNamespace(
  main: CdpSession,
  expression: string,
  evaluate: Evaluate,
): Promise<RemoteObject | undefined> {
  const path = parsePath(expression);
  if (!path) return undefined;
  let found: RemoteObject | undefined;
  for (const [index, member] of path.entries()) {
    const source = ({ start, end }: AnyNode): string => expression.slice(start, end);
    const { property: named } = member;
    const key: unknown = member.computed ? (await evaluate(source(named)))?.value : source(named);
    if (index === 0) found = await evaluate(source(member.object));
    if (found?.objectId === undefined || (typeof key !== 'string' && typeof key !== 'number')) return undefined;
    found = await propertyOf(main, found, String(key));
  }
  return found;
}

/** A class of the program may be called Module, too. Reading a namespace itself runs nothing. */
const readNamespace = `function (key) {
  return process.getBuiltinModule('util').types.isModuleNamespaceObject(this) ? [this[key]] : undefined;
}`;

async function propertyOf(main: CdpSession, of: RemoteObject, key: string): Promise<RemoteObject | undefined> {
  const read = async (objectId: string, functionDeclaration: string, throwOnSideEffect: boolean) => {
    const { result, exceptionDetails } = await main.send('Runtime.callFunctionOn', {
      objectId,
      functionDeclaration,
      arguments: [{ value: key }],
      objectGroup: stopObjectGroup,
      throwOnSideEffect,
      silent: true,
    });
    return exceptionDetails ? undefined : result;
  };
  const { objectId = '' } = of;
  if (of.className === 'Module') {
    const exported = await read(objectId, readNamespace, false);
    if (exported?.objectId !== undefined) return read(exported.objectId, 'function () { return this[0]; }', true);
  }
  return read(objectId, 'function (key) { return this[key]; }', true);
}

/** The members of `a.b[c].d`, the first of them `a.b`. */
function parsePath(expression: string): MemberExpression[] | undefined {
  let node: AnyNode;
  try {
    node = parseExpressionAt(expression, 0, { ecmaVersion: 'latest' });
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (expression.slice(node.end).trim() !== '') return undefined;
  const path: MemberExpression[] = [];
  for (; node.type === 'MemberExpression'; node = node.object) path.unshift(node);
  return node.type === 'Identifier' && path.length > 0 ? path : undefined;
}
