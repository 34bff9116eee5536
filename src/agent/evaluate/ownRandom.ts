/**
 * A random op takes its numbers from `Math.random`. While our own work runs one there is another generator in its place, so
 * that the program's sequence goes on where it was.
 */
import { now } from '../clock.ts';
import { programGlobal } from '../globals.ts';
import { isInspectable } from '../safely.ts';

/** Mulberry32, by Tommy Ettinger: 32 bits of state, a number in a few nanoseconds. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @returns what puts the program's back */
export function putRandomAside(): () => void {
  const math = programGlobal('Math');
  const descriptor = isInspectable(math) ? Object.getOwnPropertyDescriptor(math, 'random') : undefined;
  // An accessor of the program's, or a property that it has locked.
  if (!descriptor?.writable) return () => undefined;
  Object.defineProperty(math, 'random', { ...descriptor, value: generator(now() * 1000) });
  return () => void Object.defineProperty(math, 'random', descriptor);
}
