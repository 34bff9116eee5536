/** How a name is declared in the source of a script: V8 does not tell. */
import type { Position } from './sourceMaps.ts';

export interface DeclarationQuery {
  /** Where the program is stopped. */
  at: Position;
  scopeStart?: Position;
  scopeEnd?: Position;
}

export function declarationOf(
  _source: string,
  _name: string,
  _query: DeclarationQuery,
): 'const' | 'import' | 'other' | 'unknown' {
  return 'other';
}
