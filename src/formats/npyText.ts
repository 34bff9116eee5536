/** NumPy's strings: `U`, UTF-32 code points, and `S`, bytes; of one length each, padded with zeros that are not kept. */

/** `<U5` for strings of at most five code points. */
export function unicodeDescriptor(strings: readonly string[]): string {
  return `<U${longest(strings)}`;
}

function longest(strings: readonly string[]): number {
  // NumPy has no strings of length 0.
  return strings.reduce((most, text) => Math.max(most, [...text].length), 1);
}

/** The elements of a `<U` array. */
export function encodeUnicode(strings: readonly string[]): Uint8Array<ArrayBuffer> {
  const length = longest(strings);
  const codes = new Uint32Array(strings.length * length);
  strings.forEach((text, i) => {
    let at = i * length;
    for (const char of text) codes[at++] = char.codePointAt(0) as number;
  });
  return new Uint8Array(codes.buffer);
}

/** @param itemSize bytes per string; code points are little-endian */
export function decodeText(bytes: Uint8Array, kind: 'U' | 'S', itemSize: number): string[] {
  const count = itemSize === 0 ? 0 : bytes.length / itemSize;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, i) => {
    const item = bytes.subarray(i * itemSize, (i + 1) * itemSize);
    if (kind === 'S') return new TextDecoder().decode(item.subarray(0, item.findLastIndex((byte) => byte !== 0) + 1));
    const codes = Array.from({ length: itemSize / 4 }, (_, k) => view.getUint32(i * itemSize + k * 4, true));
    const kept = codes.slice(0, codes.findLastIndex((code) => code !== 0) + 1);
    return kept.map((code) => (code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code))).join('');
  });
}
