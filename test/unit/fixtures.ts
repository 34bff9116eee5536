import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const folder = new URL('../fixtures/', import.meta.url);

/** A fixture that `make_fixtures.py` made with the real NumPy. */
export function jsonFixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T;
}

/** The value of a double written as Python's float.hex writes it. */
export function fromHex(text: string): number {
  if (/^-?(inf|nan)/.test(text)) return Number(text.replace('inf', 'Infinity').replace('nan', 'NaN'));
  const match = /^(-?)0x([01])\.?([0-9a-f]*)p([+-]\d+)$/.exec(text);
  assert.ok(match, text);
  const [, sign, whole = '', fraction = '', exponent] = match;
  const magnitude = (Number(whole) * 2 ** 52 + Number(`0x0${fraction.padEnd(13, '0')}`)) * 2 ** -52;
  const half = Math.trunc(Number(exponent) / 2);
  const value = magnitude * 2 ** half * 2 ** (Number(exponent) - half);
  return sign ? -value : value;
}
