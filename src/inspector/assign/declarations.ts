/** How a name is declared in the source of a script: V8 does not tell, and overwrites constants. */
import type { AnyNode } from 'acorn';
import type { Position } from '../../cdp/sourceMaps.ts';
import { declaredIn, isScope, type DeclarationKind } from '../names/declaredNames.ts';
import { childrenOf, offsetOf, parseScript } from '../names/scriptSource.ts';

/**
 * @param at where the program is stopped; the declaration is the innermost one around it
 * @returns undefined if the source declares no such name there, `unparsable` if it can't be read
 */
export function declarationOf(source: string, name: string, at: Position): DeclarationKind | 'unparsable' | undefined {
  const program = parseScript(source);
  if (!program) return 'unparsable';
  const offset = offsetOf(source, at);
  let found: DeclarationKind | undefined;
  const visit = (node: AnyNode): void => {
    if (isScope(node)) {
      // The innermost is visited last.
      for (const declared of declaredIn(node)) if (declared.id.name === name) found = declared.kind;
    }
    for (const child of childrenOf(node)) if (child.start <= offset && offset <= child.end) visit(child);
  };
  visit(program);
  return found;
}
