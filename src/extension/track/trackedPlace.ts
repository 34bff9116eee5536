/** On which line an expression is tracked that somebody points at. */

/**
 * A line is tracked before it runs. Where it declares or assigns the variable itself, the tracked line is the next one
 * that has code, behind the end of the statement (its brackets are counted; what is in strings and comments with them).
 * @param line from 0
 */
export function trackedLine(lines: readonly string[], line: number, root: string): number {
  const name = root.replace(/\$/g, '\\$&');
  const makes = new RegExp(
    String.raw`(?:\b(?:const|let|var)\b[^=]*(?<![\p{L}\p{N}_$.])${name}(?![\p{L}\p{N}_$])[^=]*=|^\s*${name}\s*(?:[-+*/%&|^]|\*\*|<<|>>>?|&&|\|\||\?\?)?=)(?![=>])`,
    'u',
  );
  if (!makes.test(lines[line] ?? '')) return line;
  let depth = 0;
  let next = line;
  do {
    for (const sign of lines[next] ?? '') depth += '([{'.includes(sign) ? 1 : ')]}'.includes(sign) ? -1 : 0;
    next++;
  } while (next < lines.length && (depth > 0 || isContinuation(lines[next] ?? '')));
  return next < lines.length ? next : line;
}

/** Blank, a comment, or the rest of the statement before. */
function isContinuation(text: string): boolean {
  return /^\s*(?:$|\/\/|\/\*|\*|[.?:+\-/%&|^=,)\]]|\|\||&&)/.test(text);
}
