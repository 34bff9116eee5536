import type { JsonElement, TensorStatistics } from '../protocol/tensor.ts';
import { formatBytes, formatMs } from './preview.ts';
import { roundNumber } from './roundNumber.ts';

type Figure = 'min' | 'max' | 'mean' | 'std';

/**
 * What statistics tell of the finite elements, as every door writes it: the extremes are elements and exact; mean and
 * deviation, computed from many, are rounded.
 * @param none is written where no element is finite
 */
export function statisticsTexts(
  { min, max, mean, std }: Record<Figure, JsonElement>,
  none = 'no element is finite',
): Record<Figure, string> {
  const exact = (value: JsonElement) => (value === null ? none : String(value));
  const rounded = (value: JsonElement) => (typeof value === 'number' ? roundNumber(value) : exact(value));
  return { min: exact(min), max: exact(max), mean: rounded(mean), std: rounded(std) };
}

/** What statistics took: `4 KB moved in 5 ms`. What is on the host is read where it is: twice, if there is a histogram. */
export function statisticsCostText({ where, cost }: Pick<TensorStatistics, 'where' | 'cost'>): string {
  const verb = cost.readbacks === 0 ? 'read' : 'moved';
  const passes = where === 'host' && cost.bytes > cost.wholeBytes ? ', in two passes' : '';
  return `${formatBytes(cost.bytes)} ${verb} in ${formatMs(cost.queueMs + cost.transferMs)}${passes}`;
}
