/**
 * Scroll positions along one axis. A browser ends an element at about 33 million pixels (2^31 units of 1/64 pixel);
 * beyond a limit below that, the scrollbar stands for the whole length in proportion, and the position is kept apart
 * from it, so that the wheel and the keyboard still move by single pixels.
 */

const longestElement = 15_000_000;

export interface ScrollMapping {
  /** The length, in pixels, of the element that makes the scrollbar. */
  readonly spacer: number;
  /** Whether the scrollbar is in proportion only. */
  readonly scaled: boolean;
  /** The last position, in pixels of content. */
  readonly end: number;
  toScroll(position: number): number;
  toPosition(scroll: number): number;
}

/** @param content and `viewport` in pixels */
export function scrollMapping(content: number, viewport: number): ScrollMapping {
  const end = Math.max(0, content - viewport);
  const scaled = content > longestElement;
  const spacer = Math.min(content, longestElement);
  const scrollEnd = Math.max(1, spacer - viewport);
  return {
    spacer,
    scaled,
    end,
    toScroll: (position) => (scaled ? (position / end) * scrollEnd : position),
    toPosition: (scroll) => Math.max(0, Math.min(end, scaled ? (scroll / scrollEnd) * end : scroll)),
  };
}
