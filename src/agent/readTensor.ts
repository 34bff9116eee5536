/**
 * From a tensor's source to its values: windows, statistics and streams, wherever the elements are. One place decides
 * between host and device; readers only say where the values are.
 */
import type { AgentStatistics, AgentWindow } from '../protocol/agent.ts';
import { TensorError } from '../protocol/errors.ts';
import type { AxisRange, CopyCost, DType } from '../protocol/tensor.ts';
import { joinBytes } from '../tensor/bytes.ts';
import { isComplex, isFloat, itemSize } from '../tensor/dtypes.ts';
import { HistogramAccumulator } from '../tensor/histogram.ts';
import { sizeOf } from '../tensor/shape.ts';
import { wholeSlice } from '../tensor/slice.ts';
import { StatisticsAccumulator } from '../tensor/statistics.ts';
import { now } from './clock.ts';
import { assertMemory } from './read/assertMemory.ts';
import { flatLayout, readComputed } from './read/computed.ts';
import { convert, interleave } from './read/convert.ts';
import type { DeviceWindow } from './read/cutPieces.ts';
import type { DeviceCost } from './read/deviceReader.ts';
import { Devices, sameDevices } from './read/devices.ts';
import { addCosts, canReduce, narrowHistogram, reduceOnDevice } from './read/deviceStatistics.ts';
import { CopyEstimate, guessedDeviceBytesPerMs, guessedHostBytesPerMs } from './read/estimate.ts';
import { searchBlocks, type FirstNotFinite } from './read/searchBlocks.ts';
import { readHost } from './read/hostReader.ts';
import { planRange, planWindow, splitPlan, type WindowPlan } from './read/plan.ts';
import { readStrings } from './read/readStrings.ts';
import { toBase64 } from './read/toBase64.ts';
import type { ComplexSource, DeviceSource, HostSource, Source } from './source.ts';

/** A tensor as `describe` and `source` gave it; the program stands still, so both stay true. */
export interface Readable {
  dtype: DType;
  byteLength: number;
  shape: number[];
  source: Exclude<Source, { how: 'none' }>;
}

export interface WindowOf {
  readable: Readable;
  ranges: readonly AxisRange[];
}

export interface WindowBytes {
  /** Dense elements of the tensor's dtype; or strings. */
  bytes?: Uint8Array;
  strings?: string[];
  dtype: DType;
  cost: CopyCost;
}

/** How much of a tensor is on the host at once while it is streamed or reduced there. */
const chunkBytes = 8 * 2 ** 20;

type Strided = HostSource | DeviceSource;

export class TensorReading {
  readonly devices = new Devices();
  readonly #deviceEstimate = new CopyEstimate();
  readonly #hostEstimate = new CopyEstimate();
  /** What moving so many bytes from the source would take, from what was measured. */
  estimateMs(source: Source, bytes: number): number {
    return isOnDevice(source)
      ? this.#deviceEstimate.ms(bytes, guessedDeviceBytesPerMs)
      : this.#hostEstimate.ms(bytes, guessedHostBytesPerMs);
  }

  /** Reads several windows; those on one device share a readback. */
  windows(requests: readonly WindowOf[]): WindowBytes[] {
    const wanted = requests.flatMap(({ readable, ranges }) =>
      partsOf(readable.source).map((part) => ({ part, plan: planWindow(part.layout, ranges) })),
    );
    // Those that may be on the same devices are read together.
    const groups: { devices: readonly GPUDevice[]; indexes: number[] }[] = [];
    const results = new Array<{ bytes: Uint8Array; cost: DeviceCost }>(wanted.length);
    wanted.forEach(({ part, plan }, index) => {
      if (part.how === 'webgpu') {
        const devices = this.devices.of(part);
        const group = groups.find((other) => sameDevices(other.devices, devices));
        if (group) group.indexes.push(index);
        else groups.push({ devices, indexes: [index] });
        return;
      }
      const start = now();
      assertMemory(plan.elements * itemSize(part.layout.dtype));
      const bytes = readHost(part, plan);
      const ms = now() - start;
      this.#hostEstimate.measured(bytes.byteLength, ms);
      results[index] = { bytes, cost: { bytes: bytes.byteLength, queueMs: 0, transferMs: ms, readbacks: 0 } };
    });
    for (const { indexes } of groups) {
      const windows = indexes.map((index) => wanted[index] as { part: DeviceSource; plan: WindowPlan });
      const read = this.#readDevice(windows.map(({ part, plan }) => ({ source: part, plan })));
      indexes.forEach((index, k) => (results[index] = { bytes: read.results[k]!, cost: read.cost }));
    }
    let next = 0;
    return requests.map(({ readable, ranges }) => {
      const { source, dtype } = readable;
      if (source.how === 'strings') {
        const start = now();
        const strings = readStrings(source, ranges);
        const cost = { bytes: 0, queueMs: 0, transferMs: now() - start, readbacks: 0 };
        return { strings, dtype, cost: this.#priced(readable, cost) };
      }
      if (source.how === 'computed') {
        const pieces: Uint8Array[] = [];
        const plan = planWindow(flatLayout(source), ranges);
        assertMemory(plan.elements * itemSize(dtype));
        const cost = readComputed(source, plan, this.#readStorage, (piece) => pieces.push(piece));
        return { bytes: joinBytes(pieces), dtype, cost: this.#priced(readable, cost) };
      }
      const parts = results.slice(next, (next += source.how === 'complex' ? 2 : 1));
      // Real and imaginary part that were read together have one cost between them.
      const costs = new Set(parts.map((part) => part.cost));
      const cost = this.#priced(readable, [...costs].reduce(addCosts));
      if (source.how === 'complex') {
        return { bytes: joinParts(source, parts[0]!.bytes, parts[1]!.bytes, dtype), dtype, cost };
      }
      return { bytes: convert(parts[0]!.bytes, source.layout.dtype, dtype), dtype, cost };
    });
  }

  /** Passes elements `from` to `to` of a window (row-major) to `sink`, in chunks of bounded size. */
  stream(
    { readable, ranges }: WindowOf,
    { from, to }: { from: number; to: number },
    sink: (bytes: Uint8Array) => void,
  ): CopyCost {
    const { source, dtype } = readable;
    if (source.how === 'strings') {
      throw new TensorError({ code: 'not-readable', message: 'Strings have no elements of a fixed size to stream.' });
    }
    let cost: DeviceCost = { bytes: 0, queueMs: 0, transferMs: 0, readbacks: 0 };
    if (source.how === 'computed') {
      for (const plan of planRange(planWindow(flatLayout(source), ranges), from, to)) {
        cost = addCosts(cost, readComputed(source, plan, this.#readStorage, sink));
      }
    } else if (source.how === 'complex') {
      const step = chunkBytes / itemSize(dtype);
      const plans = partsOf(source).map((part) => planWindow(part.layout, ranges));
      for (let at = from; at < to; at += step) {
        const parts = partsOf(source).map((part, index) => {
          const chunks: Uint8Array[] = [];
          for (const plan of planRange(plans[index]!, at, Math.min(to, at + step))) {
            cost = addCosts(
              cost,
              this.#streamPart(part, plan, (bytes) => chunks.push(bytes.slice())),
            );
          }
          return joinBytes(chunks);
        });
        sink(joinParts(source, parts[0]!, parts[1]!, dtype));
      }
    } else {
      const direct = source.layout.dtype === dtype || (source.layout.dtype === 'uint8' && dtype === 'bool');
      const pass = direct ? sink : (bytes: Uint8Array) => sink(convert(bytes.slice(), source.layout.dtype, dtype));
      for (const plan of planRange(planWindow(source.layout, ranges), from, to)) {
        cost = addCosts(cost, this.#streamPart(source, plan, pass));
      }
    }
    return this.#priced(readable, cost);
  }

  /** @param mostOnHost elements; where more were to be reduced on the host, nothing is */
  statistics(readable: Readable, bins: number): AgentStatistics;
  statistics(readable: Readable, bins: number, mostOnHost: number): AgentStatistics | null;
  statistics(readable: Readable, bins: number, mostOnHost = Infinity): AgentStatistics | null {
    const { source, dtype } = readable;
    if (source.how === 'strings') {
      throw new TensorError({
        code: 'invalid-argument',
        message: 'Strings have no statistics.',
        help: 'Read its values instead.',
      });
    }
    if (source.how === 'webgpu' && canReduce(source)) {
      const reduced = this.devices.tryAll([source], (reader) => reduceOnDevice(reader, source, dtype, bins));
      if (reduced) {
        const { statistics, cost } = reduced;
        return {
          ...statistics,
          min: boundText(statistics.min),
          max: boundText(statistics.max),
          where: 'device',
          cost: this.#priced(readable, cost),
        };
      }
    }
    const ranges = wholeSlice(readable.shape);
    const whole = { from: 0, to: sizeOf(readable.shape) };
    if (whole.to > mostOnHost) return null;
    const accumulator = new StatisticsAccumulator(dtype);
    let index = 0;
    let cost = this.stream({ readable, ranges }, whole, (bytes) => {
      accumulator.add(bytes, index);
      index += bytes.byteLength / itemSize(dtype);
    });
    const summary = accumulator.finish();
    let histogram = null;
    if (bins > 0 && summary.min !== null && summary.max !== null) {
      histogram = narrowHistogram(summary, bins);
      if (!histogram) {
        const binned = new HistogramAccumulator(dtype, Number(summary.min), Number(summary.max), bins);
        const second = this.stream({ readable, ranges }, whole, (bytes) => binned.add(bytes));
        histogram = binned.finish();
        cost = { ...cost, ...addCosts(cost, second) };
      }
    }
    return {
      ...summary,
      min: boundText(summary.min),
      max: boundText(summary.max),
      // Finite elements whose squares overflow: infinite, as NumPy has it.
      std: Number.isNaN(summary.std) ? Infinity : summary.std,
      where: 'host',
      histogram,
      cost,
    };
  }

  /**
   * The flat index of the nearest NaN or infinity; see `searchBlocks`.
   * @param mostOnHost as for statistics
   */
  findNotFinite(
    readable: Readable,
    from: number,
    direction: 'next' | 'previous',
    mostOnHost: number,
  ): { index: number | null } | null {
    const { source, dtype, shape } = readable;
    if (source.how === 'strings' || !(isFloat(dtype) || isComplex(dtype))) return { index: null };
    const isReduced = source.how === 'webgpu' && canReduce(source);
    if (!isReduced && sizeOf(shape) > mostOnHost) return null;
    const ranges = wholeSlice(shape);
    const firstNotFinite: FirstNotFinite = (first, end) => {
      if (isReduced) {
        const { layout } = source;
        const shape = [end - first];
        const part = { ...source, layout: { ...layout, shape, strides: [1], offset: layout.offset + first } };
        const reduced = this.devices.tryAll([part], (reader) => reduceOnDevice(reader, part, dtype, 0));
        if (reduced) {
          const index = reduced.statistics.firstNotFinite;
          return index === null ? null : first + index;
        }
      }
      const accumulator = new StatisticsAccumulator(dtype);
      let index = first;
      this.stream({ readable, ranges }, { from: first, to: end }, (bytes) => {
        accumulator.add(bytes, index);
        index += bytes.byteLength / itemSize(dtype);
      });
      return accumulator.finish().firstNotFinite;
    };
    return { index: searchBlocks(firstNotFinite, from, direction, sizeOf(shape)) };
  }

  /** One window of a storage, for sources that pick their elements out of it. */
  readonly #readStorage = (source: Strided, plan: WindowPlan): { bytes: Uint8Array; cost: DeviceCost } => {
    if (source.how === 'webgpu') {
      const { results, cost } = this.#readDevice([{ source, plan }]);
      return { bytes: results[0]!, cost };
    }
    const start = now();
    const bytes = readHost(source, plan);
    const transferMs = now() - start;
    return { bytes, cost: { bytes: bytes.byteLength, queueMs: 0, transferMs, readbacks: 0 } };
  };

  #streamPart(source: Strided, plan: WindowPlan, sink: (bytes: Uint8Array) => void): DeviceCost {
    if (source.how === 'webgpu') {
      return this.devices.tryAll([source], (reader) => {
        const cost = reader.stream({ source, plan }, sink);
        this.#deviceEstimate.measured(cost.bytes, cost.transferMs);
        return cost;
      });
    }
    const start = now();
    const size = itemSize(source.layout.dtype);
    for (const part of splitPlan(plan, chunkBytes / size)) {
      // A dense part needs no copy of ours: the sink reads the program's memory.
      if (part.runs === 1) sink(source.bytes.subarray(part.start * size, (part.start + part.elements) * size));
      else sink(readHost(source, part));
    }
    return { bytes: plan.elements * size, queueMs: 0, transferMs: now() - start, readbacks: 0 };
  }

  #readDevice(windows: DeviceWindow[]): { results: Uint8Array[]; cost: DeviceCost } {
    assertMemory(windows.reduce((sum, { source, plan }) => sum + plan.elements * itemSize(source.layout.dtype), 0));
    const sources = windows.map(({ source }) => source);
    return this.devices.tryAll(sources, (reader) => {
      const read = reader.read(windows);
      this.#deviceEstimate.measured(read.cost.bytes, read.cost.transferMs);
      return read;
    });
  }

  #priced(readable: Readable, cost: DeviceCost): CopyCost {
    const wholeBytes = storedBytes(readable);
    return {
      ...cost,
      stagingBytes: this.devices.stagingBytes,
      wholeBytes,
      wholeMsEstimate: this.estimateMs(readable.source, wholeBytes),
    };
  }
}

/** The parts may be stored as integers that were cast. */
function joinParts({ real, imag }: ComplexSource, reals: Uint8Array, imags: Uint8Array, dtype: DType): Uint8Array {
  const part = dtype === 'complex64' ? 'float32' : 'float64';
  const converted = [convert(reals, real.layout.dtype, part), convert(imags, imag.layout.dtype, part)] as const;
  return interleave(...converted, itemSize(part));
}

function isOnDevice(source: Source): boolean {
  if (source.how === 'computed') return typeof source.base === 'object' && source.base.how === 'webgpu';
  return source.how === 'webgpu' || (source.how === 'complex' && source.real.how === 'webgpu');
}

/** What all of it moves: elements as they are stored, from a device in whole words of 4 bytes. */
function storedBytes({ source, shape }: Readable): number {
  if (source.how === 'strings') return 0;
  if (source.how === 'computed') {
    return sizeOf(shape) * itemSize(typeof source.base === 'object' ? source.base.layout.dtype : source.dtype);
  }
  return partsOf(source).reduce((sum, { how, layout }) => {
    const bytes = sizeOf(layout.shape) * itemSize(layout.dtype);
    return sum + (how === 'webgpu' ? Math.ceil(bytes / 4) * 4 : bytes);
  }, 0);
}

/** `String` takes the sign from -0. */
function boundText(bound: number | bigint | null): string | null {
  if (bound === null) return null;
  return Object.is(bound, -0) ? '-0' : String(bound);
}

function partsOf(source: Readable['source']): Strided[] {
  if (source.how === 'complex') return [source.real, source.imag];
  return source.how === 'strings' || source.how === 'computed' ? [] : [source];
}

export function toWindow({ bytes, strings, dtype, cost }: WindowBytes): AgentWindow {
  if (strings) return { strings, byteLength: 0, dtype, cost };
  return { base64: toBase64(bytes!), byteLength: bytes!.byteLength, dtype, cost };
}
