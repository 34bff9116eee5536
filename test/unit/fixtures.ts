import { readFileSync } from 'node:fs';

const folder = new URL('../fixtures/', import.meta.url);

/** A fixture that `make_fixtures.py` made with the real NumPy. */
export function fixture(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(name, folder)));
}

export function jsonFixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T;
}
