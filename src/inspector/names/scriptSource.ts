/** The source of a script of the program, as a tree. */
import { parse, type AnyNode, type Node, type Options, type Program } from 'acorn';
import type { Position } from '../../cdp/sourceMaps.ts';

/** @returns undefined if it can't be read */
export function parseScript(source: string): Program | undefined {
  const options: Options = {
    ecmaVersion: 'latest',
    allowHashBang: true,
    // A CommonJS module is the body of a function.
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    allowImportExportEverywhere: true,
    allowSuperOutsideMethod: true,
  };
  for (const sourceType of ['module', 'script'] as const) {
    try {
      return parse(source, { ...options, sourceType });
    } catch {
      // Sloppy code is no module; syntax newer than the parser is neither.
    }
  }
  return undefined;
}

/** The nodes directly below one. */
export function* childrenOf(node: Node): Generator<AnyNode> {
  for (const value of Object.values(node) as unknown[]) {
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof item === 'object' && item !== null && typeof (item as Node).type === 'string') yield item as AnyNode;
    }
  }
}

/** Into the text, in UTF-16 units. */
export function offsetOf(source: string, { line, column }: Position): number {
  let start = 0;
  for (let index = 0; index < line; index++) start = source.indexOf('\n', start) + 1;
  return start + column;
}

/** Whether a function call is written anywhere in it. */
export function hasCall(node: AnyNode): boolean {
  return node.type === 'CallExpression' || [...childrenOf(node)].some(hasCall);
}
