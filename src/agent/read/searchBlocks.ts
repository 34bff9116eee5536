/**
 * Looks for the nearest NaN or infinity. Blocks of a tensor are asked for their first one, the nearest block first and
 * each four times as large as the one before: most searches end soon, and long ones take few steps.
 */

/** The flat index of the first non-finite element in `[from, to)`, null if all are finite. */
export type FirstNotFinite = (from: number, to: number) => number | null;

/** Below, a block costs as much as the call that asks for it. */
const firstBlockElements = 2 ** 18;
const largestBlockElements = 2 ** 26;

/**
 * @param from flat (row-major) index that is left out itself; -1 and `elements` begin at the ends
 * @param elements of the whole tensor
 */
export function searchBlocks(
  first: FirstNotFinite,
  from: number,
  direction: 'next' | 'previous',
  elements: number,
): number | null {
  let step = firstBlockElements;
  let done = Math.min(Math.max(direction === 'next' ? from + 1 : from, 0), elements);
  while (direction === 'next' ? done < elements : done > 0) {
    const other = direction === 'next' ? Math.min(elements, done + step) : Math.max(0, done - step);
    const found = direction === 'next' ? first(done, other) : last(first, other, done);
    if (found !== null) return found;
    done = other;
    step = Math.min(step * 4, largestBlockElements);
  }
  return null;
}

/** The last one in `[from, to)`, by halving: blocks only tell their first. */
function last(first: FirstNotFinite, from: number, to: number): number | null {
  let found = first(from, to);
  if (found === null) return null;
  // The last one is `found` or lies in [low, high).
  let [low, high] = [found + 1, to];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const upper = first(middle, high);
    if (upper === null) high = middle;
    else [found, low] = [upper, upper + 1];
  }
  return found;
}
