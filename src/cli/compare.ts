/** `tensor-debugger compare`: two files, tensor by tensor. Nothing of either is held but a window. */
import { resolve } from 'node:path';
import { selectTensor, splitFileMember } from '../formats/fileMember.ts';
import { openTensorFile, type TensorFile } from '../formats/openTensorFile.ts';
import { writeTensors } from '../formats/writeTensors.ts';
import type { LargestDifferenceAt, TensorComparison, Tolerance } from '../protocol/comparison.ts';
import { reportOf, TensorError } from '../protocol/errors.ts';
import type { ExportedFile } from '../protocol/requests.ts';
import type { JsonElement } from '../protocol/tensor.ts';
import { compareSources } from '../tensor/compareSources.ts';
import { differences } from '../tensor/differences.ts';
import type { ElementSource } from '../tensor/elementSource.ts';
import { formatBytes, formatType } from '../tensor/preview.ts';
import type { CompareOptions } from './compareOptions.ts';
import { helpHere } from './helpHere.ts';

export const compareStatus = { close: 0, different: 1, usage: 2, failed: 4 } as const;

/** What `compare --json` prints; described by `schema/compare.schema.json`. */
export interface CompareDocument {
  schema: 1;
  a: string | null;
  b: string | null;
  tolerance: Tolerance | null;
  /** Whether everything is close; null if it could not be found out. */
  close: boolean | null;
  tensors: DocumentComparison[];
  /** Tensors that only one of the files has. */
  onlyInA: string[];
  onlyInB: string[];
  /** The file of differences. */
  exports: ExportedFile[];
  errors: { code: string; message: string; help: string | null }[];
}
type DocumentComparison = { name: string } & Omit<TensorComparison, 'tolerance'>;

export function emptyComparison(): CompareDocument {
  return {
    schema: 1,
    a: null,
    b: null,
    tolerance: null,
    close: null,
    tensors: [],
    onlyInA: [],
    onlyInB: [],
    exports: [],
    errors: [],
  };
}

/** Never throws: what could not be read or written is in the document. */
export async function compareFiles(
  { a, b, tolerance, exportFile, force }: CompareOptions,
  onProgress: (text: string) => void,
): Promise<CompareDocument> {
  const [left, right] = [splitFileMember(a), splitFileMember(b)];
  const document = { ...emptyComparison(), a: resolve(left.file), b: resolve(right.file), tolerance };
  const opened: TensorFile[] = [];
  const open = async (file: string): Promise<TensorFile> => {
    const tensorFile = await openTensorFile(file);
    opened.push(tensorFile);
    return tensorFile;
  };
  try {
    const [fileA, fileB] = [await open(left.file), await open(right.file)];
    const { pairs, onlyInA, onlyInB } = pair(fileA, fileB, left.member, right.member);
    document.onlyInA = onlyInA;
    document.onlyInB = onlyInB;
    const found: ElementSource[] = [];
    for (const { name, a: tensorA, b: tensorB } of pairs) {
      try {
        const [sourceA, sourceB] = [
          { ...fileA.source(tensorA.tensor.id), name: tensorA.expression },
          { ...fileB.source(tensorB.tensor.id), name: tensorB.expression },
        ];
        const { tolerance: _, ...comparison } = await compareSources(sourceA, sourceB, tolerance, {
          onProgress: (fraction) => onProgress(`comparing ${name}: ${Math.floor(fraction * 100)} %`),
        });
        document.tensors.push({ name, ...comparison });
        if (comparison.sameShape && sourceA.dtype !== 'string') found.push({ ...differences(sourceA, sourceB), name });
      } catch (error) {
        document.errors.push(documentError(error, `${name}: `));
      }
    }
    if (document.errors.length === 0) {
      const { tensors } = document;
      document.close = onlyInA.length + onlyInB.length === 0 && tensors.every(({ close }) => close);
    }
    if (exportFile !== undefined) {
      onProgress(`writing ${exportFile}`);
      document.exports.push(await writeDifferences(exportFile, found, force));
    }
  } catch (error) {
    document.errors.push(documentError(error, ''));
  } finally {
    for (const file of opened) await file.dispose();
  }
  return document;
}

function writeDifferences(file: string, found: readonly ElementSource[], force: boolean): Promise<ExportedFile> {
  if (found.length > 0) return writeTensors(file, found, force);
  throw new TensorError({
    code: 'invalid-argument',
    message: `${file} was not written: the files have no tensors of numbers that have the same shape.`,
  });
}

/** One tensor against one, whatever they are called; otherwise those of the same name. */
function pair(a: TensorFile, b: TensorFile, memberA: string | undefined, memberB: string | undefined) {
  if (memberA !== undefined || memberB !== undefined || (a.tensors.length === 1 && b.tensors.length === 1)) {
    const left = selectTensor(a, memberA, memberB);
    const right = selectTensor(b, memberB, memberA);
    const name = left.expression === right.expression ? left.expression : `${left.expression}, ${right.expression}`;
    return { pairs: [{ name, a: left, b: right }], onlyInA: [], onlyInB: [] };
  }
  const byName = new Map(b.tensors.map((listed) => [listed.expression, listed]));
  const pairs = a.tensors.flatMap((listed) => {
    const other = byName.get(listed.expression);
    return other ? [{ name: listed.expression, a: listed, b: other }] : [];
  });
  const common = new Set(pairs.map(({ name }) => name));
  const rest = (file: TensorFile): string[] =>
    file.tensors.map(({ expression }) => expression).filter((name) => !common.has(name));
  if (pairs.length === 0) {
    const empty = [a, b].find(({ tensors }) => tensors.length === 0);
    if (empty) throw new TensorError({ code: 'no-such-tensor', message: `${empty.path} holds no tensor.` });
    throw new TensorError({
      code: 'no-such-tensor',
      message: `The files have no tensor of the same name: ${rest(a).join(', ')} and ${rest(b).join(', ')}.`,
      help: 'Name one of each: tensor-debugger compare a.npz#x b.npz#y.',
    });
  }
  return { pairs, onlyInA: rest(a), onlyInB: rest(b) };
}

function documentError(error: unknown, where: string): CompareDocument['errors'][number] {
  const report = reportOf(error);
  return { code: report.code, message: where + report.message, help: helpHere(report) };
}

/** For people; ends with a line break. */
export function formatComparison(document: CompareDocument): string {
  const { tensors, onlyInA, onlyInB, tolerance, close, exports } = document;
  const lines = tensors.flatMap((tensor) => formatTensor(tensor));
  for (const name of onlyInA) lines.push(`${name}: only in the first file`);
  for (const name of onlyInB) lines.push(`${name}: only in the second file`);
  if (tolerance && close !== null && tensors.length > 0) {
    const { rtol, atol, equalNan } = tolerance;
    const nan = equalNan ? ', NaN close to NaN' : '';
    lines.push(close ? `Close (rtol ${rtol}, atol ${atol}${nan}).` : `Not close (rtol ${rtol}, atol ${atol}${nan}).`);
  }
  for (const { file, bytes } of exports) lines.push(`Wrote the differences to ${file} (${formatBytes(bytes)}).`);
  return lines.map((line) => `${line}\n`).join('');
}

/** As Python writes it, a complex number too. */
function valueText(value: JsonElement): string {
  if (!Array.isArray(value)) return String(value);
  const [real, imaginary] = value.map(String);
  return `${real}${imaginary?.startsWith('-') ? '' : '+'}${imaginary}j`;
}

function formatTensor(comparison: DocumentComparison): string[] {
  const { name, a, b, sameShape, sameDType, count, different, notFinite, first, absolute, relative } = comparison;
  const types = [formatType(a.dtype, a.shape), formatType(b.dtype, b.shape)] as const;
  if (!sameShape) return [`${name}: ${types[0]} and ${types[1]} have different shapes`];
  const type = sameDType ? types[0] : `${types[0]} and ${b.dtype}`;
  const lines = [
    different === 0
      ? `${name}: ${type}, ${count === 1 ? 'its one element is' : `all ${count} elements are`} close`
      : `${name}: ${type}, ${different} of ${count} elements differ, the first at [${first?.join(', ')}]`,
  ];
  if (notFinite > 0) lines.push(`  ${notFinite} of them by NaN or infinity`);
  const largest = (what: string, { difference, index, a, b }: LargestDifferenceAt): string =>
    `  largest ${what} difference ${difference} at [${index.join(', ')}]: ${valueText(a)} and ${valueText(b)}`;
  if (absolute && absolute.difference !== 0) lines.push(largest('absolute', absolute));
  if (relative && relative.difference !== 0) lines.push(largest('relative', relative));
  return lines;
}
