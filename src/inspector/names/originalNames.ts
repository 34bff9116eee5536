/**
 * Variables by the names that their author gave them. Compilers give some of them another one: esbuild, and so `tsx` and
 * Vite, each local that is called as something of its module (`x` becomes `x2`); minifiers all of them. What a person reads
 * and writes is the source; V8 knows the generated code. Where a name is declared, the source map says both.
 */
import type { AnyNode, Program } from 'acorn';
import type { Protocol } from 'devtools-protocol';
import type { Position, ScriptMap } from '../../cdp/sourceMaps.ts';
import { declaredIn, isScope } from './declaredNames.ts';
import { childrenOf, offsetOf, parseScript } from './scriptSource.ts';

/** The names that are in sight of one place. */
export interface NamesInSight {
  /** What the author calls a variable of the generated code. */
  original: (generated: string) => string;
  /** An expression, or statements, of the author's, for V8. */
  translate: (expression: string) => string;
}

export type NamesAt = (frame: Protocol.Debugger.CallFrame) => Promise<NamesInSight>;

/** Where V8 calls variables as their author does. */
export const sameNames: NamesInSight = {
  original: (name) => name,
  translate: (expression) => expression,
};

export class ScriptNames {
  readonly #lines: readonly string[];
  readonly #map: ScriptMap;
  /** Undefined if the generated code can't be read; null until somebody asks. */
  #program: Program | undefined | null = null;
  #hasOthers: boolean | undefined;

  /** @param lines the generated code */
  constructor(lines: readonly string[], map: ScriptMap) {
    this.#lines = lines;
    this.#map = map;
  }

  at(position: Position): NamesInSight {
    this.#hasOthers ??= this.#map.hasOtherNames(this.#lines);
    if (!this.#hasOthers) return sameNames;
    const source = this.#lines.join('\n');
    if (this.#program === null) this.#program = parseScript(source);
    if (!this.#program) return sameNames;
    const originals = new Map<string, string>();
    const generated = new Map<string, string>();
    for (const { name, start } of declarationsAround(this.#program, offsetOf(source, position))) {
      const original = this.#map.nameAt(this.#positionOf(start)) ?? name;
      originals.set(name, original);
      // The innermost comes last.
      generated.set(original, name);
    }
    if ([...generated].every(([original, name]) => original === name)) return sameNames;
    return {
      original: (name) => originals.get(name) ?? name,
      translate: (expression) => translated(expression, generated),
    };
  }

  #positionOf(offset: number): Position {
    let line = 0;
    for (; offset > (this.#lines[line] ?? '').length; line++) offset -= (this.#lines[line] ?? '').length + 1;
    return { line, column: offset };
  }
}

/** From the outermost scope to the innermost. */
function* declarationsAround(node: AnyNode, offset: number): Generator<{ name: string; start: number }> {
  if (isScope(node)) for (const { id } of declaredIn(node)) yield id;
  for (const child of childrenOf(node)) {
    if (child.start <= offset && offset <= child.end) yield* declarationsAround(child, offset);
  }
}

/** What can't be parsed stays as it is: V8 says what is wrong with it. */
function translated(expression: string, names: ReadonlyMap<string, string>): string {
  const program = parseScript(expression);
  if (!program) return expression;
  const edits: { start: number; end: number; text: string }[] = [];
  const visit = (node: AnyNode, own: ReadonlySet<string>): void => {
    const declared = isScope(node) ? new Set([...own, ...[...declaredIn(node)].map(({ id }) => id.name)]) : own;
    switch (node.type) {
      case 'Identifier': {
        const name = own.has(node.name) ? node.name : (names.get(node.name) ?? node.name);
        if (name !== node.name) edits.push({ start: node.start, end: node.end, text: name });
        return;
      }
      case 'MemberExpression':
        visit(node.object, own);
        if (node.computed) visit(node.property, own);
        return;
      case 'Property':
        if (node.shorthand && node.value.type === 'Identifier') {
          const before = edits.length;
          visit(node.value, own);
          for (const edit of edits.slice(before)) edit.text = `${node.value.name}: ${edit.text}`;
          return;
        }
        if (node.computed) visit(node.key, own);
        visit(node.value, own);
        return;
      case 'MethodDefinition':
      case 'PropertyDefinition':
        if (node.computed) visit(node.key, own);
        if (node.value) visit(node.value, own);
        return;
      case 'LabeledStatement':
        visit(node.body, own);
        return;
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'MetaProperty':
        return;
      default:
        for (const child of childrenOf(node)) visit(child, declared);
    }
  };
  visit(program, new Set());
  let text = expression;
  for (const { start, end, text: replacement } of edits.sort((a, b) => b.start - a.start)) {
    text = text.slice(0, start) + replacement + text.slice(end);
  }
  return text;
}
