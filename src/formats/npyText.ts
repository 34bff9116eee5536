/** NumPy's strings: `U`, UTF-32 code points, and `S`, bytes; of one length each, padded with zeros that are not kept. */

import { TensorError } from '../protocol/errors.ts';
import { dataViewOf } from '../tensor/dtypes.ts';
import { formatBytes } from '../tensor/preview.ts';
import { invalidFile } from './byteReader.ts';

/** Bytes per code point. */
const codeBytes = 4;
/** One long string makes all of them as long; a file is refused that would be mostly padding. */
const largestText = 2 ** 30;
/** Padded at a time. */
const pieceBytes = 2 ** 22;

/**
 * The most code points of one of the strings, at least one: NumPy has no strings of length 0.
 * @throws TensorError `too-large` where all of them, padded to that, take more than 1 GiB
 */
export function paddedLength(name: string, strings: readonly string[]): number {
  const longest = strings.reduce((most, text) => Math.max(most, codePoints(text)), 1);
  const byteLength = strings.length * longest * codeBytes;
  if (byteLength <= largestText) return longest;
  throw new TensorError({
    code: 'too-large',
    message:
      `${name} has ${strings.length} strings, the longest of ${longest} characters. NumPy pads each to the longest, which ` +
      `takes ${formatBytes(byteLength)}; up to ${formatBytes(largestText)} are written.`,
    help: 'Write .json, where each is as long as it is, or leave the longest ones out (a slice).',
  });
}

function codePoints(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += (text.codePointAt(at) as number) > 0xffff ? 2 : 1) count++;
  return count;
}

/** `<U5` for strings of at most five code points. */
export function unicodeDescriptor(length: number): string {
  return `<U${length}`;
}

/** How many strings of that length are encoded at a time. */
export function stringsPerPiece(length: number): number {
  return Math.max(1, Math.floor(pieceBytes / (length * codeBytes)));
}

/** The elements of a `<U` array. */
export function encodeUnicode(strings: readonly string[], length: number): Uint8Array<ArrayBuffer> {
  const codes = new Uint32Array(strings.length * length);
  strings.forEach((text, i) => {
    let at = i * length;
    for (const char of text) codes[at++] = char.codePointAt(0) as number;
  });
  return new Uint8Array(codes.buffer);
}

/**
 * @param itemSize bytes per string; code points are little-endian
 * @throws TensorError `invalid-file` for a code point that Unicode does not have
 */
export function decodeText(bytes: Uint8Array, kind: 'U' | 'S', itemSize: number): string[] {
  const count = itemSize === 0 ? 0 : bytes.length / itemSize;
  const view = dataViewOf(bytes);
  return Array.from({ length: count }, (_, i) => {
    const item = bytes.subarray(i * itemSize, (i + 1) * itemSize);
    if (kind === 'S') return new TextDecoder().decode(item.subarray(0, item.findLastIndex((byte) => byte !== 0) + 1));
    const codes = Array.from({ length: itemSize / 4 }, (_, k) => view.getUint32(i * itemSize + k * 4, true));
    const kept = codes.slice(0, codes.findLastIndex((code) => code !== 0) + 1);
    const impossible = kept.find((code) => code > 0x10ffff);
    if (impossible !== undefined) {
      throw invalidFile(`The file has text with the code point ${impossible}, beyond the last one of Unicode.`);
    }
    return kept.map((code) => String.fromCodePoint(code)).join('');
  });
}
