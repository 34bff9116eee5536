/**
 * Where names stand in JavaScript and TypeScript source, told without a parser: comments, strings and regular expressions
 * are blanked out, brackets are matched, and functions are told by what stands before their braces. Enough to choose the
 * lines at whose ends a variable's value belongs; a program that is written in stranger ways shows a value less.
 */

export interface NameInCode {
  name: string;
  /** From 0. */
  line: number;
  /** In UTF-16 units from the start of the line. */
  column: number;
  /** The name gets its value here: it is declared, assigned, or a parameter. */
  isSet: boolean;
  /** In the innermost function around the place that was asked about; the file's top level where there is none. */
  isLocal: boolean;
}

const name = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu;
const statements = new Set(['if', 'for', 'while', 'switch', 'catch', 'with', 'await']);
const keywords = new Set(
  (
    'await break case catch class const continue debugger default delete do else export extends false finally for ' +
    'function if import in instanceof let new null of return super switch this throw true try typeof var void while with yield'
  ).split(' '),
);

interface Bracket {
  open: number;
  close: number;
  kind: string;
}

/**
 * The names that code at a place can see: those in the functions around it and outside of all functions, up to its line.
 * @param at the place, in UTF-16 units from the start of the text
 */
export function namesInCode(text: string, at: number): NameInCode[] {
  const code = blanked(text);
  const brackets = matched(code);
  const functions = brackets.flatMap((bracket) => functionOf(code, bracket, brackets));
  const around = functions.filter(({ start, end }) => start <= at && at < end);
  const others = functions.filter((each) => !around.includes(each));
  const innermost = around.reduce<FunctionInCode | undefined>(
    (best, each) => (best && best.start > each.start ? best : each),
    undefined,
  );
  const lineStarts = [0, ...[...code.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const found: NameInCode[] = [];
  let line = 0;
  for (const { 0: word, index } of code.matchAll(name)) {
    while ((lineStarts[line + 1] ?? Infinity) <= index) line++;
    if ((lineStarts[line] ?? 0) > at) break;
    if (keywords.has(word) || others.some(({ start, end }) => start <= index && index < end)) continue;
    const before = code.slice(0, index).trimEnd();
    const after = code.slice(index + word.length).trimStart();
    const isMember = before.endsWith('.') && !before.endsWith('...');
    const inside = innermostAround(brackets, index);
    const isKey = after.startsWith(':') && /[{,]$/.test(before) && inside?.kind === '{';
    if (isMember || isKey) continue;
    const isParameter = inside?.kind === '(' && functions.some(({ start }) => start === inside.open);
    found.push({
      name: word,
      line,
      column: index - (lineStarts[line] ?? 0),
      isSet: isParameter ? /[(,.]$/.test(before) : isSet(code, before, after, inside),
      isLocal: innermost ? innermost.start <= index : true,
    });
  }
  return found;
}

function isSet(code: string, before: string, after: string, inside: Bracket | undefined): boolean {
  const declaration = /(?:^|[^\p{ID_Continue}$])(?:const|let|var)$/u;
  if (declaration.test(before)) return true;
  if (/^(?:[-+*/%&|^]|\*\*|<<|>>>?|&&|\|\||\?\?)?=(?![=>])/.test(after)) return true;
  // `const { a, b: [c] } = ...`
  const isPattern = inside && inside.kind !== '(' && declaration.test(code.slice(0, inside.open).trimEnd());
  return isPattern === true && /^[,}\]]/.test(after);
}

interface FunctionInCode {
  /** Where its parameters begin. */
  start: number;
  end: number;
}

/** The function whose body the braces are, if they are one. */
function functionOf(code: string, body: Bracket, brackets: readonly Bracket[]): FunctionInCode[] {
  if (body.kind !== '{') return [];
  let head = code.slice(0, body.open).trimEnd();
  const isArrow = head.endsWith('=>');
  if (isArrow) head = head.slice(0, -2).trimEnd();
  // A return type may stand in between; one with braces or brackets of its own is not seen through.
  const typed = /\)\s*:[^;{}()=]*$/.exec(head);
  if (typed) head = head.slice(0, typed.index + 1);
  if (!head.endsWith(')')) {
    if (!isArrow) return [];
    const parameter = /[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.exec(head);
    return parameter ? [{ start: parameter.index, end: body.close }] : [];
  }
  const parameters = brackets.find(({ close, kind }) => kind === '(' && close === head.length - 1);
  if (!parameters) return [];
  const word = /[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.exec(code.slice(0, parameters.open).trimEnd())?.[0];
  return !isArrow && word !== undefined && statements.has(word) ? [] : [{ start: parameters.open, end: body.close }];
}

function innermostAround(brackets: readonly Bracket[], index: number): Bracket | undefined {
  let best: Bracket | undefined;
  for (const bracket of brackets) {
    if (bracket.open < index && index < bracket.close && (!best || bracket.open > best.open)) best = bracket;
  }
  return best;
}

/** Brackets that are never closed reach to the end. */
function matched(code: string): Bracket[] {
  const all: Bracket[] = [];
  const open: Bracket[] = [];
  const closing: Record<string, string> = { ')': '(', ']': '[', '}': '{' };
  for (const { 0: character, index } of code.matchAll(/[()[\]{}]/g)) {
    const opened = closing[character];
    if (opened === undefined) {
      const bracket = { open: index, close: code.length, kind: character };
      all.push(bracket);
      open.push(bracket);
      continue;
    }
    const last = open.findLastIndex(({ kind }) => kind === opened);
    if (last < 0) continue;
    for (const bracket of open.splice(last)) bracket.close = index;
  }
  return all;
}

/** The text with comments, strings and regular expressions as spaces; expressions inside of templates stay. */
function blanked(text: string): string {
  const pattern =
    /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|'(?:\\[^]|[^'\\\n])*'?|"(?:\\[^]|[^"\\\n])*"?|`|[{}]|\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/g;
  const blank = (from: number, to: number) => text.slice(from, to).replace(/[^\n]/g, ' ');
  let code = '';
  let at = 0;
  // Of every open brace, whether it is a template's `${`.
  const braces: boolean[] = [];
  const template = (from: number): number => {
    let end = from;
    while (end < text.length && text[end] !== '`' && !(text[end] === '$' && text[end + 1] === '{')) {
      end += text[end] === '\\' ? 2 : 1;
    }
    end = Math.min(end, text.length);
    const isExpression = text[end] === '$';
    if (isExpression) braces.push(true);
    const next = Math.min(text.length, end + (isExpression ? 2 : 1));
    code += blank(from, next);
    return next;
  };
  for (let match; (pattern.lastIndex = at), (match = pattern.exec(text));) {
    const [found] = match;
    code += text.slice(at, match.index);
    at = match.index + found.length;
    if (found === '`') {
      code += ' ';
      at = template(at);
    } else if (found === '{') {
      braces.push(false);
      code += found;
    } else if (found === '}') {
      if (braces.pop() === true) {
        code += ' ';
        at = template(at);
      } else code += found;
    } else if (found.startsWith('/') && !/^\/[/*]/.test(found) && !mayBeRegExp(code)) {
      // A division.
      code += '/';
      at = match.index + 1;
    } else code += blank(match.index, at);
  }
  return code + text.slice(at);
}

function mayBeRegExp(codeBefore: string): boolean {
  const before = codeBefore.slice(-200).trimEnd();
  return before === '' || /[([{=,:;!&|?+\-*%<>~^}]$|(?:^|[^.\p{ID_Continue}$])(?:return|typeof|case)$/u.test(before);
}
