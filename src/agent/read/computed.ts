/** Reads elements that lie in no strided order: the part of the storage that they span is read, and they are picked out. */
import { TensorError } from '../../protocol/errors.ts';
import { dataViewOf, elementReader, elementWriter, itemSize } from '../../tensor/dtypes.ts';
import { rowMajorStrides } from '../../tensor/shape.ts';
import { now } from '../clock.ts';
import type { ComputedSource, DeviceSource, HostSource } from '../source.ts';
import type { DeviceCost } from './deviceReader.ts';
import { addCosts } from './deviceStatistics.ts';
import { forEachRun, splitPlan, type WindowPlan } from './plan.ts';

type Strided = HostSource | DeviceSource;

/** How many elements are placed and picked at once. */
const batch = 2 ** 20;

/** A layout that `planWindow` takes: the flat indices of the elements, as if they lay in row-major order. */
export function flatLayout({ dtype, shape }: ComputedSource) {
  return { dtype, shape, strides: rowMajorStrides(shape), offset: 0 };
}

/** Where the elements of a plan over `flatLayout` are. */
function placesOf(plan: WindowPlan, place: (flat: number) => number): Float64Array {
  const places = new Float64Array(plan.elements);
  let next = 0;
  forEachRun(plan, (first) => {
    for (let flat = first; flat < first + plan.run; flat++) places[next++] = place(flat);
  });
  return places;
}

/**
 * Passes the elements of a window on, in order, dense, in the source's dtype, in pieces of bounded size.
 * @param readStorage reads one window of the storage, in its stored dtype
 */
export function readComputed(
  source: ComputedSource,
  plan: WindowPlan,
  readStorage: (storage: Strided, plan: WindowPlan) => { bytes: Uint8Array; cost: DeviceCost },
  sink: (bytes: Uint8Array) => void,
): DeviceCost {
  let cost: DeviceCost = { bytes: 0, queueMs: 0, transferMs: 0, readbacks: 0 };
  const size = itemSize(source.dtype);
  for (const part of splitPlan(plan, batch)) {
    const start = now();
    const places = placesOf(part, source.place);
    const result = new Uint8Array(places.length * size);
    const write = elementWriter(source.dtype);
    const target = dataViewOf(result);
    if (typeof source.base === 'function') {
      for (let i = 0; i < places.length; i++) {
        const place = places[i]!;
        const value = place < 0 ? 0 : source.base(place);
        write(target, i * size, source.dtype === 'bool' ? value !== 0 : value);
      }
      const transferMs = now() - start;
      cost = addCosts(cost, { bytes: result.byteLength, queueMs: 0, transferMs, readbacks: 0 });
    } else {
      const { base } = source;
      let [low, high] = [Infinity, -1];
      for (const place of places) {
        if (place < 0) continue;
        low = Math.min(low, place);
        high = Math.max(high, place);
      }
      if (base.how === 'host' && (high + 1) * itemSize(base.layout.dtype) > base.bytes.byteLength) {
        throw new TensorError({
          code: 'not-readable',
          message: `Element ${high} of its storage was asked for, which has ${base.bytes.byteLength} bytes.`,
          help: 'Please report this, with the version of the runtime.',
        });
      }
      if (high >= 0) {
        const read = readStorage(base, {
          start: low,
          run: high - low + 1,
          outer: [],
          runs: 1,
          elements: high - low + 1,
        });
        cost = addCosts(cost, read.cost);
        pick(read.bytes, { from: base.layout.dtype, places, low }, result, source);
      }
    }
    sink(result);
  }
  return cost;
}

function pick(
  stored: Uint8Array,
  { from, places, low }: { from: ComputedSource['dtype']; places: Float64Array; low: number },
  result: Uint8Array,
  { dtype }: ComputedSource,
): void {
  const [size, storedSize] = [itemSize(dtype), itemSize(from)];
  if (from !== dtype) {
    const [read, write] = [elementReader(from), elementWriter(dtype)];
    const [source, target] = [dataViewOf(stored), dataViewOf(result)];
    places.forEach((place, i) => {
      if (place >= 0) write(target, i * size, read(source, (place - low) * storedSize));
    });
    return;
  }
  // By bytes: a float that is read and written again may lose the bits of its NaN.
  places.forEach((place, i) => {
    if (place < 0) return;
    const at = (place - low) * size;
    for (let byte = 0; byte < size; byte++) result[i * size + byte] = stored[at + byte]!;
  });
}
