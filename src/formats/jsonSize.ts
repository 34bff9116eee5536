/** What a JSON text is made of, counted in its bytes: before it is parsed, since a parser holds many times as much. */

interface JsonSize {
  /** Numbers, words and strings, and what they are in; at least as many as there are. */
  values: number;
  /** Arrays and objects. */
  containers: number;
  objects: number;
  strings: number;
  /** How many of them are within each other at most. */
  depth: number;
}

const [quote, comma, backslash] = [0x22, 0x2c, 0x5c];
const [bracket, closingBracket, brace, closingBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

export function jsonSize(bytes: Uint8Array): JsonSize {
  let [commas, containers, objects, strings, depth, deepest] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte === comma) commas++;
    else if (byte === quote) {
      strings++;
      for (i++; i < bytes.length && bytes[i] !== quote; i++) if (bytes[i] === backslash) i++;
    } else if (byte === bracket || byte === brace) {
      containers++;
      if (byte === brace) objects++;
      deepest = Math.max(deepest, ++depth);
    } else if (byte === closingBracket || byte === closingBrace) depth--;
  }
  return { values: commas + containers + 1, containers, objects, strings, depth: deepest };
}

/** About the bytes that V8 takes for them, and for the elements that are made of them. */
export function parsedBytes({ values, containers, strings }: JsonSize): number {
  return 16 * values + 64 * containers + 48 * strings;
}
