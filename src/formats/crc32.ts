/** CRC-32 as ZIP and PNG use it (reflected polynomial 0xEDB88320), eight bytes at a time ("slicing by eight"). */
const [t0, t1, t2, t3, t4, t5, t6, t7] = makeTables() as [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];

/** Table k holds what a byte adds to the checksum when k bytes follow it. */
function makeTables(): Int32Array[] {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
    return byte;
  });
  const tables = [first];
  for (let k = 1; k < 8; k++) {
    tables.push((tables[k - 1] as Int32Array).map((crc) => (crc >>> 8) ^ (first[crc & 0xff] as number)));
  }
  return tables;
}

/** The checksum of some bytes, given that of the bytes before them (0 at the start). */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  let i = 0;
  const step = (byte: number): number => (crc >>> 8) ^ (t0[(crc ^ byte) & 0xff] as number);
  for (; i < bytes.length && (bytes.byteOffset + i) % 4 !== 0; i++) crc = step(bytes[i] as number);
  // Whole words; the byte order is the platform's, which is little-endian (see tensor/dtypes.ts).
  const even = (Math.max(0, bytes.length - i) >>> 3) << 1;
  const words = even > 0 ? new Int32Array(bytes.buffer, bytes.byteOffset + i, even) : t0;
  for (let k = 0; k < even; k += 2) {
    const low = crc ^ (words[k] as number);
    const high = words[k + 1] as number;
    crc =
      (t7[low & 0xff] as number) ^
      (t6[(low >>> 8) & 0xff] as number) ^
      (t5[(low >>> 16) & 0xff] as number) ^
      (t4[low >>> 24] as number) ^
      (t3[high & 0xff] as number) ^
      (t2[(high >>> 8) & 0xff] as number) ^
      (t1[(high >>> 16) & 0xff] as number) ^
      (t0[high >>> 24] as number);
  }
  for (i += even * 4; i < bytes.length; i++) crc = step(bytes[i] as number);
  return ~crc >>> 0;
}
