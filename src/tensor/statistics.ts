/**
 * Statistics over a tensor's elements, chunk by chunk, so that streams and partial results of a device can be merged.
 * Counts, minimum and maximum are exact, and so is the sum of 64-bit integers. Of other dtypes the sum is compensated
 * (Neumaier's error term by Knuth's two-sum); the squared deviations are summed per block around the block's own mean, and blocks are joined by the formula of Chan, Golub and
 * LeVeque (1979), so data far from 0 lose no digits. Sums beyond the largest double are infinite, as NumPy's are.
 */
import { TensorError } from '../protocol/errors.ts';
import type { DType, StatisticsSummary } from '../protocol/tensor.ts';
import { isBigInteger, isComplex } from './dtypes.ts';
import { blockReader } from './statisticsBlocks.ts';
import type { Block, BlockReader } from './statisticsBlocks.ts';

/**
 * What is known after some of the elements; plain data apart from bigints. The mean and the squares are of differences
 * from `origin`, which is 0 except for 64-bit integers.
 */
interface PartialStatistics {
  count: number;
  /** How many elements are neither NaN nor infinite. */
  finite: number;
  zeros: number;
  nan: number;
  posInf: number;
  negInf: number;
  firstNotFinite: number | null;
  min: number | bigint | null;
  max: number | bigint | null;
  origin: bigint;
  /** Sum over the finite elements: `sum + sumError`; 64-bit integers have it in `integerSum`, exactly. */
  sum: number;
  sumError: number;
  integerSum: bigint;
  /** The mean: `mean + meanError`. Between blocks far from 0, what rounding takes from the mean would be missed. */
  mean: number;
  meanError: number;
  /** Sum of the squared deviations from the mean. */
  squares: number;
}

/** Of no elements; what a device has counted is put in its place. */
export const emptyStatistics: Readonly<PartialStatistics> = {
  count: 0,
  finite: 0,
  zeros: 0,
  nan: 0,
  posInf: 0,
  negInf: 0,
  firstNotFinite: null,
  min: null,
  max: null,
  origin: 0n,
  sum: 0,
  sumError: 0,
  integerSum: 0n,
  mean: 0,
  meanError: 0,
  squares: 0,
};

/**
 * Adds up elements in any number of chunks. Complex elements are only counted (they have no order): one with a NaN part
 * is a NaN, otherwise one with an infinite part an infinity of that part's sign.
 */
export class StatisticsAccumulator {
  readonly dtype: DType;
  readonly #read: BlockReader;
  #state: PartialStatistics = { ...emptyStatistics };

  /** @throws TensorError `invalid-argument` for strings and untyped memory */
  constructor(dtype: DType) {
    if (dtype === 'string' || dtype === 'unknown') {
      throw new TensorError({
        code: 'invalid-argument',
        message: dtype === 'string' ? 'Strings have no statistics.' : 'Memory without a dtype has no statistics.',
        ...(dtype === 'unknown' && { help: 'Say how to read it, for example as float32.' }),
      });
    }
    this.dtype = dtype;
    this.#read = blockReader(dtype);
  }

  /**
   * @param chunk whole elements, little-endian: bytes, a DataView or a typed array of them
   * @param firstIndex the flat index of the chunk's first element in the tensor
   */
  add(chunk: ArrayBufferView, firstIndex: number): void {
    this.#read(chunk, this.#state.count === 0 ? null : this.#state.origin, (block) => {
      this.#addBlock(block, firstIndex);
    });
  }

  #addBlock(block: Block, firstIndex: number): void {
    if (this.#state.count === 0) this.#state.origin = block.origin;
    const counted = countBlock(block, isComplex(this.dtype));
    if (counted.firstNotFinite !== null) counted.firstNotFinite += firstIndex + block.from;
    this.merge(counted);
  }

  /** Adds what another accumulator, or a device, found in other elements of the same tensor. */
  merge(other: PartialStatistics): void {
    this.#state = mergeStatistics(this.#state, other);
  }

  /** A copy of the state so far, for another accumulator's `merge`. */
  partial(): PartialStatistics {
    return { ...this.#state };
  }

  finish(): StatisticsSummary<number | bigint> {
    const { count, finite, min, max, zeros, nan, posInf, negInf, firstNotFinite } = this.#state;
    const hasMoments = finite > 0 && !isComplex(this.dtype);
    const mean = hasMoments ? meanOf(this.#state, this.dtype) : null;
    const std = hasMoments ? Math.sqrt(this.#state.squares / finite) : null;
    return { count, min, max, mean, std, zeros, nan, posInf, negInf, firstNotFinite };
  }
}

function meanOf(state: PartialStatistics, dtype: DType): number {
  if (!isBigInteger(dtype)) return total(state) / state.finite;
  const finite = BigInt(state.finite);
  return Number(state.integerSum / finite) + Number(state.integerSum % finite) / state.finite;
}

/** The compensated sum; where it overflowed, the error term says nothing. */
function total({ sum, sumError }: Pick<PartialStatistics, 'sum' | 'sumError'>): number {
  return sum - sum === 0 ? sum + sumError : sum;
}

function mergeStatistics(a: PartialStatistics, b: PartialStatistics): PartialStatistics {
  const origin = a.count === 0 ? b.origin : a.origin;
  const first =
    a.firstNotFinite === null || b.firstNotFinite === null
      ? (a.firstNotFinite ?? b.firstNotFinite)
      : Math.min(a.firstNotFinite, b.firstNotFinite);
  // b's mean, seen from a's origin.
  const shift = b.origin === origin ? 0 : Number(b.origin - origin);
  const [sum, sumError] = twoSum(a.sum, b.sum);
  const finite = a.finite + b.finite;
  const gap = a.finite === 0 || b.finite === 0 ? 0 : b.mean - a.mean + shift + (b.meanError - a.meanError);
  const base = a.finite === 0 ? { mean: b.mean + shift, meanError: b.meanError } : a;
  const [mean, meanError] = twoSum(base.mean, gap === 0 ? 0 : (gap * b.finite) / finite);
  return {
    count: a.count + b.count,
    finite,
    zeros: a.zeros + b.zeros,
    nan: a.nan + b.nan,
    posInf: a.posInf + b.posInf,
    negInf: a.negInf + b.negInf,
    firstNotFinite: first,
    min: a.min === null || (b.min !== null && b.min < a.min) ? b.min : a.min,
    max: a.max === null || (b.max !== null && b.max > a.max) ? b.max : a.max,
    origin,
    sum,
    sumError: a.sumError + b.sumError + sumError,
    integerSum: a.integerSum + b.integerSum,
    mean,
    meanError: base.meanError + meanError,
    squares: a.squares + b.squares + (gap === 0 ? 0 : gap * gap * ((a.finite * b.finite) / finite)),
  };
}

/** The sum and its rounding error. */
function twoSum(a: number, b: number): [number, number] {
  const sum = a + b;
  const part = sum - a;
  return [sum, a - (sum - part) + (b - part)];
}

function countBlock(block: Block, complex: boolean): PartialStatistics {
  return complex ? countComplex(block) : countReal(block);
}

/** One pass for counts, extremes and the sum, a second one, while the block is in the cache, for the squares. */
function countReal({
  values,
  count,
  origin,
  sum: integerSum,
  zeros: knownZeros,
  min: exactMin,
  max: exactMax,
}: Block): PartialStatistics {
  let zeros = 0;
  let nan = 0;
  let posInf = 0;
  let negInf = 0;
  let first = -1;
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let sumError = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i] as number;
    if (value - value !== 0) {
      if (first < 0) first = i;
      if (value > 0) posInf++;
      else if (value < 0) negInf++;
      else nan++;
      continue;
    }
    if (value === 0) zeros++;
    if (value < min) min = value;
    if (value > max) max = value;
    const next = sum + value;
    const part = next - sum;
    sumError += sum - (next - part) + (value - part);
    sum = next;
  }
  const finite = count - nan - posInf - negInf;
  const mean = finite === 0 ? 0 : total({ sum, sumError }) / finite;
  return {
    count,
    finite,
    zeros: knownZeros ?? zeros,
    nan,
    posInf,
    negInf,
    firstNotFinite: first < 0 ? null : first,
    min: finite === 0 ? null : (exactMin ?? min),
    max: finite === 0 ? null : (exactMax ?? max),
    origin,
    sum,
    sumError,
    integerSum: integerSum ?? 0n,
    ...deviations(values, count, mean, finite),
  };
}

/** The squared deviations from a block's mean, and what rounding took from that mean. */
function deviations(
  values: Float64Array,
  count: number,
  mean: number,
  finite: number,
): Pick<PartialStatistics, 'mean' | 'meanError' | 'squares'> {
  let sum = 0;
  let squares = 0;
  if (finite === count) {
    for (let i = 0; i < count; i++) {
      const deviation = (values[i] as number) - mean;
      sum += deviation;
      squares += deviation * deviation;
    }
  } else {
    for (let i = 0; i < count; i++) {
      const value = values[i] as number;
      if (value - value !== 0) continue;
      sum += value - mean;
      squares += (value - mean) * (value - mean);
    }
  }
  const meanError = finite === 0 ? 0 : sum / finite;
  return { mean, meanError, squares: Math.max(0, squares - sum * meanError) };
}

function countComplex({ values, count, origin }: Block): PartialStatistics {
  let zeros = 0;
  let nan = 0;
  let posInf = 0;
  let negInf = 0;
  let first = -1;
  for (let i = 0; i < count; i++) {
    const re = values[2 * i] as number;
    const im = values[2 * i + 1] as number;
    if (re === 0 && im === 0) zeros++;
    if (re - re === 0 && im - im === 0) continue;
    if (first < 0) first = i;
    if (re !== re || im !== im) nan++;
    else if (re === Infinity || im === Infinity) posInf++;
    else negInf++;
  }
  return {
    ...emptyStatistics,
    count,
    finite: count - nan - posInf - negInf,
    zeros,
    nan,
    posInf,
    negInf,
    firstNotFinite: first < 0 ? null : first,
    origin,
  };
}
