/** Where the text of a program has its first statements: the program begins at one of them. */
import { tokenizer, tokTypes, type Token } from 'acorn';
import type { Position } from '../../cdp/sourceMaps.ts';

/** More than the first one, as V8 does not stop at each kind of statement. */
const maxStatements = 100;

/** A text that can't be read is gone through by lines: so many of them; what begins later is a bundle. */
const maxLines = 2000;

const opening = new Set([tokTypes.braceL, tokTypes.dollarBraceL, tokTypes.parenL, tokTypes.bracketL]);
const closing = new Set([tokTypes.braceR, tokTypes.parenR, tokTypes.bracketR]);

/** @returns places in order, some of which may be no statement's */
export function firstStatements(text: string): Position[] {
  return byTokens(text) ?? [...text.split('\n', maxLines).keys()].map((line) => ({ line, column: 0 }));
}

/**
 * Tokens are what TypeScript has in common with JavaScript, and of a bundle no more of them are read than are needed.
 * @returns undefined if this text is an exception to that
 */
function byTokens(text: string): Position[] | undefined {
  const places: Position[] = [];
  let depth = 0;
  let before: Token | undefined;
  try {
    for (const token of tokensOf(text)) {
      if (places.length === maxStatements) return places;
      if (depth === 0 && mayBegin(token, before)) {
        places.push({ line: token.loc!.start.line - 1, column: token.loc!.start.column });
      }
      if (opening.has(token.type)) depth++;
      if (closing.has(token.type)) depth--;
      before = token;
    }
  } catch {
    return undefined;
  }
  return depth === 0 ? places : undefined;
}

function tokensOf(text: string): Iterable<Token> {
  // The parser does not know decorators.
  return tokenizer(text.replaceAll('@', ' '), { ecmaVersion: 'latest', allowHashBang: true, locations: true });
}

/** Whether a statement that runs may begin with this token, which is in no bracket. */
function mayBegin({ type, loc }: Token, before: Token | undefined): boolean {
  if (type === tokTypes._function || type === tokTypes._import) return false;
  if (before === undefined || before.type === tokTypes.semi || before.type === tokTypes.braceR) return true;
  return loc!.start.line > before.loc!.end.line;
}
