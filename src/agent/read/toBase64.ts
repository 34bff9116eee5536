/** Node's own encoder where there is one: it is 50 times faster than `btoa`, which would be most of a small read. */
export function toBase64(bytes: Uint8Array): string {
  const Buffer = typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('buffer').Buffer;
  if (Buffer) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  let binary = '';
  // In pieces that a call can take as arguments.
  for (let from = 0; from < bytes.byteLength; from += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
  }
  return btoa(binary);
}
