/** Reads the Python literals that .npy headers are made of; nothing is ever evaluated. */
import { invalidFile } from './byteReader.ts';

/** Tuples and lists are arrays; integers that a number would round are bigints. */
export type PythonLiteral = string | number | bigint | boolean | null | PythonLiteral[] | Map<string, PythonLiteral>;

// A structured dtype nests a few levels; a header made to exhaust the stack nests thousands.
const deepest = 32;

/** @throws TensorError `invalid-file`, with the place of the fault */
export function parsePythonLiteral(text: string): PythonLiteral {
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): PythonLiteral {
    if (depth > deepest) this.#fail('nests too deep');
    const char = this.#next();
    if (char === '{') return this.#dictionary(depth);
    if (char === '(') return this.#sequence(')', depth);
    if (char === '[') return this.#sequence(']', depth);
    if (char === "'" || char === '"') return this.#string();
    // Python 2 wrote long integers with an L.
    const integer = this.#match(/[+-]?\d+L?/y);
    if (integer !== undefined) {
      const digits = integer.replace('L', '');
      return Number.isSafeInteger(Number(digits)) ? Number(digits) : BigInt(digits.replace('+', ''));
    }
    const word = this.#match(/[A-Za-z]+/y);
    if (word === 'True' || word === 'False') return word === 'True';
    if (word === 'None') return null;
    return this.#fail('is malformed');
  }

  end(): void {
    if (this.#next() !== undefined) this.#fail('goes on after its end');
  }

  #dictionary(depth: number): Map<string, PythonLiteral> {
    const entries = new Map<string, PythonLiteral>();
    this.#at++;
    while (this.#next() !== '}') {
      const key = this.value(depth + 1);
      if (typeof key !== 'string' || this.#next() !== ':') this.#fail('is malformed');
      this.#at++;
      entries.set(key, this.value(depth + 1));
      this.#separator('}');
    }
    this.#at++;
    return entries;
  }

  #sequence(close: string, depth: number): PythonLiteral[] {
    const items: PythonLiteral[] = [];
    this.#at++;
    while (this.#next() !== close) {
      items.push(this.value(depth + 1));
      this.#separator(close);
    }
    this.#at++;
    return items;
  }

  #separator(close: string): void {
    const char = this.#next();
    if (char === ',') this.#at++;
    else if (char !== close) this.#fail('is malformed');
  }

  #string(): string {
    const quoted = this.#match(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/y);
    if (quoted === undefined) return this.#fail('has a string without an end');
    return quoted.slice(1, -1).replace(/\\(.)/g, '$1');
  }

  /** The next character that is no white space, or undefined at the end. */
  #next(): string | undefined {
    this.#match(/\s+/y);
    return this.#text[this.#at];
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #fail(why: string): never {
    throw invalidFile(`The header ${why} at character ${this.#at} of ${this.#text.length}.`);
  }
}
