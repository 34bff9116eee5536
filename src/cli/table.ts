/** The document as a person reads it in a terminal. */
import { evaluatedReason, type DType, type JsonValues } from '../protocol/tensor.ts';
import { formatBytes, formatMs, formatShape, formatWeight } from '../tensor/preview.ts';
import { statisticsTexts } from '../tensor/statisticsTexts.ts';
import type { DocumentCost, DocumentStatistics, DocumentTensor, DocumentWarning, InspectDocument } from './document.ts';

export interface TableOptions {
  /** Characters per line. */
  width: number;
  color: boolean;
  /** Print the values that were read in full, below the table. */
  values: boolean;
  /** The program ran before we came: what it copied until then is not known. */
  attached: boolean;
  /** Containers with more tensors; undefined where what is in the frame could not be told, and a warning says why. */
  unlisted: readonly string[] | undefined;
  /** How a file is called: relative to where one stands, say. */
  fileName(file: string): string;
}

/** A wait that a person notices. */
const noticeableMs = 50;

const columns = ['tensor', 'dtype', 'shape', 'device', 'bytes', 'copied', 'values'] as const;
/** Read as numbers, so their last digits stand below each other. */
const rightAligned = new Set<string>(['bytes', 'copied']);

/** So many containers, and tensors of a file, are named. */
const maxNamed = 10;

function formatUnlisted(containers: readonly string[]): string[] {
  const rest = containers.length > maxNamed ? `, and ${containers.length - maxNamed} more` : '';
  return [
    `More tensors lie deeper, in ${containers.slice(0, maxNamed).join(', ')}${rest}.`,
    `Name them with --expr; --expr '${containers[0]}' says which there are.`,
  ];
}

/** Everything about the stop; ends with a line break. */
export function formatDocument(document: InspectDocument, options: TableOptions): string {
  const paint = painter(options.color);
  const lines: string[] = [];
  const { stop } = document;
  if (stop) {
    const place = `${options.fileName(stop.file)}:${stop.line}`;
    const pass = stop.hit > 1 ? `, pass ${stop.hit}` : '';
    lines.push(`Stopped at ${paint.bold(place)} in ${stop.function} (${stop.reason}${pass})`);
  }
  for (const { name, version, backend, mode } of document.runtimes) {
    lines.push(
      paint.dim([`${name}${version ? ` ${version}` : ''}`, backend, `${mode} mode`].filter(Boolean).join(', ')),
    );
  }
  for (const { message } of document.assignments ?? []) lines.push('', message);
  if (document.tensors.length > 0) lines.push('', ...formatTable(document.tensors, options));
  else if (stop && options.unlisted?.length === 0) lines.push('', 'There are no tensors in this frame.');
  if (options.unlisted?.[0] !== undefined) lines.push('', ...formatUnlisted(options.unlisted));
  for (const { expression, cost } of document.tensors) {
    // It is no cost of the copy, but one that somebody waits for.
    if (!cost || cost.queueMs < noticeableMs) continue;
    lines.push(
      paint.dim(`Reading ${expression} waited ${formatMs(cost.queueMs)} for work that the program had queued.`),
    );
  }

  // Notes that several tensors share are said once, under the names of all of them.
  const notes = new Map<string, string[]>();
  for (const tensor of document.tensors) {
    const below = [
      ...(options.values && tensor.values !== null && Array.isArray(tensor.values)
        ? [`${paint.dim(`[${tensor.slice}]`)}`, ...formatValues(tensor.values, tensor.dtype)]
        : []),
      ...provenance(tensor).map((reason) => paint.dim(reason)),
      ...(tensor.stats ? [formatStatistics(tensor.stats)] : []),
      ...(tensor.error === null ? [] : tensor.error.split('\n').map((line) => paint.red(line))),
      ...tensor.warnings
        .filter(({ message }) => !tensor.error?.includes(message))
        .map((warning) => formatWarning(warning, options)),
    ];
    if (below.length === 0) continue;
    const text = below.map((line) => `  ${line}`).join('\n');
    notes.set(text, [...(notes.get(text) ?? []), tensor.expression]);
  }
  for (const [text, names] of notes) lines.push('', paint.bold(names.join(', ')), text);

  if (document.exports.length > 0) lines.push('');
  for (const { file, bytes, tensors } of document.exports) {
    const what = tensors.length > maxNamed ? `${tensors.length} tensors` : tensors.join(', ');
    lines.push(`Wrote ${options.fileName(file)} (${formatBytes(bytes)}): ${what}`);
  }
  const { since, sites } = document.copies;
  if (sites.length > 0) {
    const from = options.attached && since !== null ? `, since ${new Date(since).toLocaleTimeString()}` : '';
    lines.push('', `The program's own copies to the host${from}`);
    for (const { file, line, call, count, bytes, ms } of sites) {
      lines.push(
        `  ${options.fileName(file)}:${line}  ${call}  ${count === 1 ? 'once' : `${count} times`}, ${formatBytes(bytes)}, ${formatMs(ms)}`,
      );
    }
  }
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

/** What went wrong, or is worth knowing, outside of any one tensor. */
export function formatWarning(
  warning: Omit<DocumentWarning, 'file' | 'line'> & Partial<DocumentWarning>,
  { color, fileName }: Pick<TableOptions, 'color' | 'fileName'>,
): string {
  const place = warning.file ? `${fileName(warning.file)}:${warning.line}: ` : '';
  const help = warning.help ? ` ${warning.help}` : '';
  return `${place}${painter(color).yellow(warning.code)}: ${warning.message}${help}`;
}

function weightOf({ dtype, byteLength }: DocumentTensor): string | undefined {
  return byteLength === null ? undefined : formatWeight({ dtype, byteLength });
}

function formatTable(tensors: readonly DocumentTensor[], { width, color }: TableOptions): string[] {
  const paint = painter(color);
  const rows = tensors.map((tensor) => [
    tensor.expression,
    tensor.dtype ?? '-',
    tensor.shape ? formatShape(tensor.shape) : '-',
    deviceOf(tensor),
    weightOf(tensor) ?? '-',
    tensor.cost ? formatCost(tensor.cost) : '-',
  ]);
  const widths = columns
    .slice(0, -1)
    .map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const join = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const cellWidth = widths[column] ?? 0;
        return rightAligned.has(columns[column] ?? '') ? cell.padStart(cellWidth) : cell.padEnd(cellWidth);
      })
      .join('  ');
  const used = widths.reduce((sum, cellWidth) => sum + cellWidth + 2, 0);
  const room = Math.max(24, width - used);
  const header = paint.dim(`${join(columns.slice(0, -1))}  ${columns.at(-1)}`);
  return [
    header,
    ...tensors.map((tensor, index) => {
      // Its statistics alone can be what there is not.
      const isRead = tensor.error === null || tensor.values !== null;
      const text = isRead ? formatPreview(tensor, room) : paint.red('not read, see below');
      return `${join(rows[index] ?? [])}  ${text}`;
    }),
  ];
}

/** Where values come from that are not simply the tensor's own. */
function provenance({ kind, values, access }: DocumentTensor): string[] {
  const reason = access?.reason ?? '';
  return values !== null && reason !== '' && (kind === 'tracer' || reason.startsWith(evaluatedReason)) ? [reason] : [];
}

function deviceOf({ device, location, state, kind }: DocumentTensor): string {
  if (!device) return '-';
  // It has no value, so it is nowhere.
  if (kind === 'symbolic' || kind === 'tracer') return kind;
  const onHost = (device.type === 'webgpu' || device.type === 'webgl') && location === 'host';
  return `${device.type}${onHost ? ' (on host)' : ''}${state === 'live' || state === null ? '' : ` (${state})`}`;
}

function formatCost({ bytes, transferMs, readbacks }: DocumentCost): string {
  return readbacks === 0 ? formatBytes(bytes) : `${formatBytes(bytes)} ${formatMs(transferMs)}`;
}

/** Elements as text, nested as the values are. */
type Texts = string | Texts[];

function toTexts(values: JsonValues, dtype: DType | null): Texts {
  if (!Array.isArray(values)) return dtype === 'string' ? JSON.stringify(values) : text(values);
  if (dtype?.startsWith('complex') && values.length === 2 && !values.some((value) => Array.isArray(value))) {
    const [real, imaginary] = values.map((value) => text(value)) as [string, string];
    return `${real}${imaginary.startsWith('-') ? '' : '+'}${imaginary}j`;
  }
  return values.map((value) => toTexts(value, dtype));
}

/** The beginning of the values on one line; what is left out, of them or of the tensor, is `…`. */
function formatPreview({ values, shape, dtype }: DocumentTensor, room: number): string {
  const texts = toTexts(values, dtype);
  const line = joined(texts, room);
  // A slice that is as large as the tensor is all of it.
  const whole = countOf(texts) === (shape ?? []).reduce<number>((count, size) => count * (size ?? NaN), 1);
  if (typeof texts === 'string') return shorten(line, room);
  if (whole && line.length <= room) return line;
  // Half a number would read as another one.
  const end = line.lastIndexOf(',', room - 3);
  return end > 0 ? `${line.slice(0, end)}, …` : shorten(`${line} …`, room);
}

/** Not more of the line than is needed: there may be millions of elements. */
function joined(texts: Texts, room: number): string {
  if (typeof texts === 'string') return texts;
  let line = '[';
  for (const [index, item] of texts.entries()) {
    if (line.length > room) return line;
    line += `${index === 0 ? '' : ', '}${joined(item, room - line.length)}`;
  }
  return `${line}]`;
}

function shorten(line: string, room: number): string {
  return line.length <= room ? line : `${line.slice(0, room - 1)}…`;
}

/** Rows of aligned elements in brackets, as NumPy prints an array. */
export function formatValues(values: JsonValues, dtype: DType | null): string[] {
  const texts = toTexts(values, dtype);
  const width = longest(texts);
  const print = (item: Texts): string[] => {
    if (typeof item === 'string') return [item.padStart(width)];
    if (!item.some((inner) => Array.isArray(inner))) return [`[${item.flatMap((inner) => print(inner)).join(', ')}]`];
    const lines = item.flatMap((inner, index) => {
      const block = print(inner);
      if (index < item.length - 1) block[block.length - 1] += ',';
      return block;
    });
    lines[lines.length - 1] += ']';
    return lines.map((line, index) => `${index === 0 ? '[' : ' '}${line}`);
  };
  return print(texts);
}

function longest(texts: Texts): number {
  return typeof texts === 'string' ? texts.length : texts.reduce((length, item) => Math.max(length, longest(item)), 0);
}

function countOf(texts: Texts): number {
  return typeof texts === 'string' ? 1 : texts.reduce((sum, item) => sum + countOf(item), 0);
}

export function formatStatistics(stats: DocumentStatistics): string {
  const { count, zeros, nan, posInf, negInf, where } = stats;
  const figures = statisticsTexts(stats, '-');
  const counts = Object.entries({ zeros, nan, '+inf': posInf, '-inf': negInf })
    .filter(([name, value]) => value > 0 || name === 'nan')
    .map(([name, value]) => `${name} ${value}`);
  return [
    `count ${count}`,
    ...Object.entries(figures).map(([name, value]) => `${name} ${value}`),
    ...counts,
    `(on the ${where})`,
  ].join('  ');
}

function text(value: JsonValues): string {
  if (value === null) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function painter(color: boolean): Record<'bold' | 'dim' | 'red' | 'yellow', (text: string) => string> {
  const paint = (open: number, close: number) => (content: string) =>
    color ? `\x1b[${open}m${content}\x1b[${close}m` : content;
  return { bold: paint(1, 22), dim: paint(2, 22), red: paint(31, 39), yellow: paint(33, 39) };
}
