/** The sample of a picture as VS Code keeps it with the page: fewer of its rows and columns, where it is large. */
import type { SamplePlan } from './sampling.ts';

export interface KeptSample {
  /** What it is a sample of. */
  key: string;
  plan: SamplePlan;
  /** Base64 of the elements: row by row, the channels of a pixel one after another. */
  data: string;
}

/** VS Code keeps it in a database of its own, together with everybody else's. */
const mostBytes = 2 ** 16;

/** @param pixel the bytes of the element that stands for a place in the sample, or those of its channels */
export function keepSample(
  key: string,
  { rows, columns }: SamplePlan,
  pixel: (row: number, column: number) => Uint8Array,
): KeptSample {
  const bytes = rows.count * columns.count * pixel(0, 0).byteLength;
  const every = Math.max(1, Math.ceil(Math.sqrt(bytes / mostBytes)));
  const thinned = ({ start, count, step }: SamplePlan['rows']) => ({
    start,
    count: Math.ceil(count / every),
    step: step * every,
  });
  const plan = { rows: thinned(rows), columns: thinned(columns) };
  let data = '';
  for (let row = 0; row < plan.rows.count; row++) {
    for (let column = 0; column < plan.columns.count; column++) {
      data += String.fromCharCode(...pixel(row * every, column * every));
    }
  }
  return { key, plan, data: btoa(data) };
}

export function bytesOf({ data }: KeptSample): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
}
