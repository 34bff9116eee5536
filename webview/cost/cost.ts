/** What looking costs: what was moved for this view, what the whole tensor would move, and whether a read is too dear. */
import { TensorError } from '../../src/protocol/errors.ts';
import type { CopyBudget, CopyCost, TensorDescriptor } from '../../src/protocol/tensor.ts';
import type { SessionCost } from '../../src/protocol/viewer.ts';
import { formatBytes, formatMs } from '../../src/tensor/preview.ts';
import type { Tab } from '../state.ts';

/** What the strip below a tensor tells; it is kept with the values that it is of. */
export interface Costs {
  /** What was read for what a tab shows; those for which nothing was are left out. */
  views: Partial<Record<Tab, ViewCost>>;
  whole: WholeCost;
  /** null for files: they are in no session. */
  session: SessionCost | null;
}

interface ViewCost {
  bytes: number;
  ms: number;
  readbacks: number;
}

export function addCost(costs: Costs, tab: Tab, cost: CopyCost): void {
  const { bytes, ms, readbacks } = costs.views[tab] ?? { bytes: 0, ms: 0, readbacks: 0 };
  costs.views[tab] = {
    bytes: bytes + cost.bytes,
    ms: ms + cost.queueMs + cost.transferMs,
    readbacks: readbacks + cost.readbacks,
  };
  costs.whole = learn(costs.whole, cost, tab !== 'statistics');
}

/** What is known about copying the whole tensor. */
export interface WholeCost {
  bytes: number;
  /** null before anything was read: nothing is known about the device yet. */
  ms: number | null;
  measured: boolean;
}

export function wholeCost(tensor: TensorDescriptor): WholeCost {
  return { bytes: tensor.byteLength, ms: null, measured: false };
}

/**
 * A copy of as much as the whole tensor weighs has measured it; any other one makes the estimate better.
 * @param isCopy of elements; statistics move something else, or the elements more than once
 */
function learn(known: WholeCost, cost: CopyCost, isCopy: boolean): WholeCost {
  const whole = isCopy && cost.wholeBytes > 0 && cost.bytes >= cost.wholeBytes;
  if (whole) return { bytes: cost.wholeBytes, ms: cost.queueMs + cost.transferMs, measured: true };
  return known.measured ? known : { bytes: cost.wholeBytes, ms: cost.wholeMsEstimate, measured: false };
}

interface Price {
  bytes: number;
  /** null where it can't be estimated yet. */
  ms: number | null;
}

export function priceText({ bytes, ms }: Price): string {
  return ms === null ? formatBytes(bytes) : `${formatBytes(bytes)}, about ${formatMs(ms)}`;
}

/** A read above the budget: it is offered with its price and not made by itself. */
export class OverBudget extends TensorError {
  readonly price: Price;

  constructor(price: Price, budget: CopyBudget) {
    super({
      code: 'too-large',
      message: `This would copy ${priceText(price)} from the device: more than the budget of ${formatBytes(budget.bytes)} and ${formatMs(budget.ms)}.`,
      help: 'Choose a smaller part by the slice, or copy it anyway.',
    });
    this.price = price;
  }
}

/** The price of moving so many bytes of a tensor; null where nothing has to be copied from a device. */
export function priceOf(tensor: TensorDescriptor, bytes: number, whole: WholeCost): Price | null {
  if (tensor.access.how !== 'copy') return null;
  return { bytes, ms: whole.ms === null || whole.bytes === 0 ? null : (whole.ms * bytes) / whole.bytes };
}

export function isOverBudget({ bytes, ms }: Price, budget: CopyBudget): boolean {
  return bytes > budget.bytes || (ms ?? 0) > budget.ms;
}
