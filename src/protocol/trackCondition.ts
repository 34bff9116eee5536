/**
 * The condition of a breakpoint that tracks an expression: it hands the variables that the expression starts from to the
 * agent and is false, so V8 goes on without stopping. Only paths of names and indices are tracked; the agent walks them
 * along data properties, so that no getter and no function of the program runs, however often the line is passed.
 *
 *     path   := root suffix*          root := name | this
 *     suffix := .name | ?.name | [index] | ?.[index] | !      index := number | string | path
 */
import { agentFromAnyContext } from './agent.ts';
import { TensorError } from './errors.ts';

/** A property: its name, a path whose value is its name, or nothing of either. */
type TrackStep = string | number | TrackPath;
export interface TrackPath {
  root: string;
  steps: TrackStep[];
}

export interface TrackCondition {
  /** Names the tracked line; what makes two batches of points the same chart's. */
  id: string;
  expression: string;
  /** The pass at which the program stops after all; 0 for none. */
  stopAt: number;
}

const token =
  /\s*(?:(?<name>[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)|(?<number>\d+)|(?<string>"(?:[^"\\\n]|\\.)*"|'[^'\\\n]*')|(?<sign>\?\.|[.[\]!]))/uy;

/** Names that can't be variables; `this` is the one word that may stand at the root. */
const reserved = new Set(
  `await break case catch class const continue debugger default delete do else enum export extends false finally for
  function if import in instanceof new null return super switch throw true try typeof var void while with yield`.split(
    /\s+/,
  ),
);

interface Token {
  kind: 'name' | 'number' | 'string' | 'sign';
  text: string;
  at: number;
}

function tokens(expression: string): Token[] {
  const found: Token[] = [];
  const scanner = new RegExp(token);
  const end = expression.trimEnd().length;
  while (scanner.lastIndex < end) {
    const from = scanner.lastIndex;
    const { name, number, string, sign } = scanner.exec(expression)?.groups ?? {};
    const text = name ?? number ?? string ?? sign;
    if (text === undefined) throw refused(expression, from);
    const kind =
      name !== undefined ? 'name' : number !== undefined ? 'number' : string !== undefined ? 'string' : 'sign';
    found.push({ kind, text, at: scanner.lastIndex - text.length });
  }
  return found;
}

/** @throws TensorError `invalid-argument` for anything but a path of names and indices */
export function parseTrackPath(expression: string): TrackPath {
  const all = tokens(expression);
  let next = 0;
  const fail = () => refused(expression, all[next]?.at ?? expression.length);
  const isSign = (text: string) => all[next]?.kind === 'sign' && all[next]?.text === text;

  function path(): TrackPath {
    const root = all[next];
    if (root?.kind !== 'name' || reserved.has(root.text)) throw fail();
    next++;
    const steps: TrackStep[] = [];
    for (;;) {
      const isOptional = isSign('?.');
      if (isOptional || isSign('.')) next++;
      else if (isSign('!')) {
        next++;
        continue;
      } else if (!isSign('[')) return { root: root.text, steps };
      if (all[next]?.kind === 'name') {
        // After a bracket's own sign there is no name: `a[b]` came here with the bracket still ahead.
        steps.push(all[next++]!.text);
      } else if (isSign('[') && (isOptional || all[next - 1]?.text !== '.')) {
        next++;
        steps.push(index());
        if (!isSign(']')) throw fail();
        next++;
      } else throw fail();
    }
  }

  function index(): TrackStep {
    const found = all[next];
    if (found?.kind === 'number') {
      next++;
      return Number(found.text);
    }
    if (found?.kind === 'string') {
      next++;
      return found.text.startsWith('"') ? (JSON.parse(found.text) as string) : found.text.slice(1, -1);
    }
    return path();
  }

  const parsed = path();
  if (next < all.length) throw fail();
  return parsed;
}

function refused(expression: string, position: number): TensorError {
  return new TensorError({
    code: 'invalid-argument',
    message: `"${expression}" can't be tracked: only names, members and indices can, as in model.layers[0].kernel.`,
    help: 'Put what a function returns into a variable, and track that.',
    position,
  });
}

/** The variables that a path starts from: its own, and those of its indices. */
function rootsOf({ root, steps }: TrackPath, found = new Set<string>()): Set<string> {
  found.add(root);
  for (const step of steps) if (typeof step === 'object') rootsOf(step, found);
  return found;
}

const comment = '/* Tensor Debugger tracks this line */';

/**
 * @param tracks what one line tracks; all of them, whatever the others answer
 * @throws TensorError `invalid-argument` if an expression can't be tracked
 */
export function trackCondition(tracks: readonly TrackCondition[]): string {
  const calls = tracks.map(({ id, expression, stopAt }) => {
    const roots = [...rootsOf(parseTrackPath(expression))].map((name) => (name === 'this' ? 'this: this' : name));
    const args = [JSON.stringify(id), JSON.stringify(expression), stopAt].join(', ');
    // In a function, so that the agent can tell what a variable without a value throws. Without an agent nothing happens.
    return `${agentFromAnyContext}?.track(${args}, () => ({ ${roots.join(', ')} }), globalThis)`;
  });
  return `${comment} ${calls.join(' | ')}`;
}

const call = /\?\.track\((?<id>"[^"]*"), (?<expression>"(?:[^"\\]|\\.)*"), (?<stopAt>\d+), \(\) => /g;

/** What a breakpoint's condition tracks; nothing for any other condition. */
export function parseTrackCondition(condition: string | undefined): TrackCondition[] {
  if (!condition?.startsWith(comment)) return [];
  return [...condition.matchAll(call)].map(({ groups }) => ({
    id: JSON.parse(groups?.['id'] ?? '') as string,
    expression: JSON.parse(groups?.['expression'] ?? '') as string,
    stopAt: Number(groups?.['stopAt']),
  }));
}
