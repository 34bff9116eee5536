type Bytes = ArrayBuffer | ArrayBufferView;

/** The memory itself, not a copy. */
export function bytesOf(data: Bytes): Uint8Array {
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** One after the other, in memory of their own. */
export function joinBytes(pieces: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(bytesOf(piece), at);
    at += piece.byteLength;
  }
  return whole;
}
