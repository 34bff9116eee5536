/**
 * NumPy's basic slicing: integers, `start:stop:step` and one `...`. Ranges are checked against a shape once and are
 * plain numbers from there on.
 * Source of the rules: https://numpy.org/doc/stable/user/basics.indexing.html and Python's `slice.indices`.
 */
import { TensorError } from '../protocol/errors.ts';
import type { AxisRange } from '../protocol/tensor.ts';
import { sizeOf } from './shape.ts';

/** What is wrong with a slice: with the slice and the place of the fault as `message`, without them as `reason`. */
export class SliceError extends TensorError {
  readonly reason: string;

  constructor(text: string, token: Token, reason: string, help: string) {
    const quoted = token.text === '' ? '' : ` at "${token.text}"`;
    const message = `Invalid slice "${text}"${quoted} (position ${token.position}): ${reason}.`;
    super({ code: 'invalid-slice', message, help, position: token.position });
    this.reason = reason;
  }
}

/** A piece of the slice text between commas, with its place in the text. */
interface Token {
  text: string;
  position: number;
}

/**
 * Checks a slice against a shape. Empty text is everything; brackets around the whole are tolerated.
 * A range of at most one element has step 1, an empty one starts at 0.
 * @returns one range per axis of the shape
 * @throws SliceError with the position of the fault in the text
 */
export function parseSlice(text: string, shape: readonly number[]): AxisRange[] {
  const tokens = tokenize(text);
  const ellipsis = tokens.findIndex((token) => token.text === '...');
  const second = tokens.findIndex((token, i) => token.text === '...' && i > ellipsis);
  if (ellipsis >= 0 && second >= 0) {
    throw new SliceError(text, tokens[second] as Token, 'an ellipsis (...) can stand only once', 'Remove one of them.');
  }
  const indexed = tokens.length - (ellipsis >= 0 ? 1 : 0);
  tokens.forEach((token) => token.text === '...' || refuseUnsupported(text, token));
  if (indexed > shape.length) {
    // The first index that has no axis: an ellipsis in front of it takes none.
    const excess = tokens.filter((token) => token.text !== '...')[shape.length] as Token;
    if (tokens.every((token) => integerPattern.test(token.text))) {
      // As NumPy's `x[[1, 2, 3]]`: more than the axes, so not brackets around the whole.
      refuseUnsupported(text, { text: text.trim(), position: text.indexOf('[') });
    }
    throw new SliceError(
      text,
      excess,
      `${indexed} indices are too many for ${shapeInWords(shape)}`,
      shape.length === 0 ? 'Leave the slice empty.' : `Give at most ${shape.length}.`,
    );
  }
  const before = ellipsis >= 0 ? ellipsis : tokens.length;
  const skipped = shape.length - indexed;
  return shape.map((size, axis) => {
    let token: Token | undefined;
    if (axis < before) token = tokens[axis];
    else if (axis >= before + skipped) token = tokens[axis - skipped + 1];
    return token ? parseToken(text, token, axis, size) : fullRange(size);
  });
}

function tokenize(text: string): Token[] {
  const leading = text.length - text.trimStart().length;
  let inner = text.trim();
  let start = leading;
  if (inner.startsWith('[') && closingBracket(inner) === inner.length - 1) {
    inner = inner.slice(1, -1);
    start++;
  }
  if (inner.trim() === '') return [];
  const tokens: Token[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i <= inner.length; i++) {
    const char = inner[i];
    if (char === '[' || char === '(') depth++;
    if (char === ']' || char === ')') depth--;
    if (i < inner.length && (char !== ',' || depth > 0)) continue;
    const piece = inner.slice(from, i);
    const indent = piece.length - piece.trimStart().length;
    tokens.push({ text: piece.trim(), position: start + from + (piece.trim() === '' ? 0 : indent) });
    from = i + 1;
  }
  // Python allows one comma at the end.
  if (tokens.length > 1 && tokens.at(-1)?.text === '') tokens.pop();
  return tokens;
}

/** The index of the bracket that closes the first one, -1 if there is none. */
function closingBracket(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '[') depth++;
    if (text[i] === ']' && --depth === 0) return i;
  }
  return -1;
}

const basicHelp = 'Use integers, start:stop:step and one ellipsis, such as "0, :, 2:10:2" or "..., -1".';

/** Indexing that NumPy knows beyond basic slicing gets its own words, so that nobody searches for a typing error. */
function refuseUnsupported(text: string, token: Token): void {
  let what: string | undefined;
  if (/^((np|numpy)\s*\.\s*)?(None|newaxis)$/.test(token.text)) what = 'a new axis (None, newaxis)';
  else if (/^(True|False|true|false)$/.test(token.text)) what = 'boolean indexing';
  else if (/^[[(]/.test(token.text)) what = 'indexing with a list or array (fancy indexing)';
  if (what) throw new SliceError(text, token, `${what} is not supported`, basicHelp);
}

const integerPattern = /^[+-]?\s*\d+(_\d+)*$/;

function parseInteger(text: string, token: Token): number {
  if (!integerPattern.test(token.text)) throw new SliceError(text, token, 'not an integer', basicHelp);
  const value = Number(token.text.replace(/[\s_]/g, ''));
  // Python's integers have no limit; beyond this one no axis can tell the difference.
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value)) || 0;
}

function parseToken(text: string, token: Token, axis: number, size: number): AxisRange {
  if (token.text === '') throw new SliceError(text, token, `the index of axis ${axis} is empty`, basicHelp);
  const parts = splitColons(token);
  if (parts.length > 3) throw new SliceError(text, parts[3] as Token, 'a slice has at most start:stop:step', basicHelp);
  if (parts.length === 1) return integerRange(text, token, axis, size);
  const [start, stop, step] = parts.map((part) =>
    part.text === '' || part.text === 'None' ? null : parseInteger(text, part),
  );
  if (step === 0) {
    const help = 'Leave the step out, or use 1 or -1.';
    throw new SliceError(text, parts[2] as Token, `the step of axis ${axis} is 0`, help);
  }
  return sliceRange(start ?? null, stop ?? null, step ?? 1, size);
}

function splitColons(token: Token): Token[] {
  let position = token.position;
  return token.text.split(':').map((piece) => {
    const part = { text: piece.trim(), position: position + (piece.length - piece.trimStart().length) };
    position += piece.length + 1;
    return part;
  });
}

function integerRange(text: string, token: Token, axis: number, size: number): AxisRange {
  const value = parseInteger(text, token);
  const start = value < 0 ? value + size : value;
  if (start < 0 || start >= size) {
    const help =
      size === 0
        ? `Axis ${axis} has no elements; use ":" for all of it.`
        : `Use ${size === 1 ? '0 or -1' : `${-size} to ${size - 1}`}, or a slice, which is cut to the axis.`;
    // As it was written: a number that is too large for any axis is not held exactly.
    throw new SliceError(text, token, `index ${token.text} is out of range for axis ${axis} of size ${size}`, help);
  }
  return { start, step: 1, count: 1, dropped: true };
}

/** Python's `slice(start, stop, step).indices(size)`, as a range. */
function sliceRange(start: number | null, stop: number | null, step: number, size: number): AxisRange {
  const lowest = step < 0 ? -1 : 0;
  const highest = step < 0 ? size - 1 : size;
  const clamp = (value: number): number => Math.max(lowest, Math.min(highest, value < 0 ? value + size : value));
  const first = start === null ? (step < 0 ? highest : lowest) : clamp(start);
  const end = stop === null ? (step < 0 ? lowest : highest) : clamp(stop);
  const count = Math.max(0, Math.ceil((end - first) / step));
  if (count === 0) return { start: 0, step: 1, count: 0, dropped: false };
  return { start: first, step: count === 1 ? 1 : step, count, dropped: false };
}

function shapeInWords(shape: readonly number[]): string {
  if (shape.length === 0) return 'a 0-d tensor';
  return `the ${shape.length} ${shape.length === 1 ? 'axis' : 'axes'} of shape [${shape.join(', ')}]`;
}

function fullRange(size: number): AxisRange {
  return { start: 0, step: 1, count: size, dropped: false };
}

/** The slice that takes everything. */
export function wholeSlice(shape: readonly number[]): AxisRange[] {
  return shape.map(fullRange);
}

/** The canonical text of ranges, which `parseSlice` reads back to the same ranges: `0:16, ::-1, 3`; `...` for 0-d. */
export function formatSlice(ranges: readonly AxisRange[], shape: readonly number[]): string {
  if (ranges.length === 0) return '...';
  return ranges.map((range, axis) => formatRange(range, shape[axis] as number)).join(', ');
}

function formatRange({ start, step, count, dropped }: AxisRange, size: number): string {
  if (dropped) return String(start);
  if (count === 0) return '0:0';
  const last = start + (count - 1) * step;
  if (step === 1 || count === 1) return `${start}:${start + count}`;
  if (step > 0) return `${start}:${last + 1}:${step}`;
  // A stop below 0 would count from the end.
  return `${start === size - 1 ? '' : start}:${last === 0 ? '' : last - 1}:${step}`;
}

const defaultCounts = [64, 16, 4, 4];

/** What is read if nobody said what: per axis, counted from the last, the first 64, 16, 4, 4, 1, 1, ... elements. */
export function defaultSlice(shape: readonly number[]): AxisRange[] {
  return shape.map((size, axis) => fullRange(Math.min(size, defaultCounts[shape.length - 1 - axis] ?? 1)));
}

/** The shape of what the ranges take; dropped axes are absent. */
export function resultShape(ranges: readonly AxisRange[]): number[] {
  return ranges.filter((range) => !range.dropped).map((range) => range.count);
}

/** How many elements the ranges take. */
export function sliceSize(ranges: readonly AxisRange[]): number {
  return sizeOf(ranges.map((range) => range.count));
}

/** Whether the ranges take every element in row-major order. */
export function isWhole(ranges: readonly AxisRange[], shape: readonly number[]): boolean {
  return ranges.every((range, axis) => range.start === 0 && range.step === 1 && range.count === shape[axis]);
}
