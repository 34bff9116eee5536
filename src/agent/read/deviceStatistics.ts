/**
 * Statistics of a dense device tensor, reduced on the device: a sample of a few elements to choose a pivot, then one pass
 * that reads back 32 bytes per group of elements; a second one if something is not finite, and one for a histogram.
 * Counts, minimum, maximum and the first non-finite index are exact. Elements are summed as differences from the pivot,
 * in float32 within a group and in double precision over groups: the mean is within 1e-6 of the standard deviation plus
 * one rounding of the pivot, the standard deviation within 1e-5 of itself; test/conformance holds both against float64. A
 * histogram computes bins in float32: an element within a rounding of an edge may fall on its other side.
 */
import type { DType, Histogram, StatisticsSummary } from '../../protocol/tensor.ts';
import { dataViewOf, elementReader, itemSize } from '../../tensor/dtypes.ts';
import { histogramRange } from '../../tensor/histogram.ts';
import { isRowMajor, sizeOf } from '../../tensor/shape.ts';
import { emptyStatistics, StatisticsAccumulator } from '../../tensor/statistics.ts';
import { platformValue } from '../safely.ts';
import type { DeviceSource } from '../source.ts';
import { convert } from './convert.ts';
import { usage, type Recorder } from './device.ts';
import type { DeviceCost, DeviceReader } from './deviceReader.ts';
import { bindingOf } from './encodePiece.ts';
import type { WindowPlan } from './plan.ts';
import {
  binShader,
  classifyShader,
  classWords,
  elementsPerVector,
  groupVectors,
  groupWords,
  maxBins,
  numberClass,
  numberOfKey,
  parameterWords,
  reduceShader,
  reducesOnDevice,
} from './statisticsShader.ts';

/** Chunks of buffers that can't be bound are copied into one of ours, of this size. */
const copiedChunkBytes = 16 * 2 ** 20;
/** So many elements, spread evenly over the tensor, choose the pivot. */
const sampleElements = 63;
/** Magnitudes within which sums of squares of a group neither overflow nor vanish in float32. */
const largestUnscaled = 2 ** 50;
const smallestUnscaled = 2 ** -40;
/** Below, scaling would start from denormals, which the device may flush to zero. */
const smallestScalable = 2 ** -100;

export interface DeviceStatistics extends StatisticsSummary<number | bigint> {
  histogram: Histogram | null;
}

/** Whole vectors of the tensor that one dispatch reduces. */
interface Chunk {
  /** The index of its first element in the tensor. */
  firstIndex: number;
  vectors: number;
}

/** Whether the device can reduce it: dense and aligned, of a dtype of at most 32 bits. */
export function canReduce({ byteOffset, layout: { dtype, shape, strides } }: DeviceSource): boolean {
  const size = sizeOf(shape);
  const isAligned = byteOffset % itemSize(dtype) === 0;
  return reducesOnDevice(dtype) && isAligned && isRowMajor(shape, strides) && size > 0 && size < 2 ** 32;
}

/** @returns null where only the host can do it: magnitudes so small that the device would flush them */
export function reduceOnDevice(
  reader: DeviceReader,
  source: DeviceSource,
  dtype: DType,
  bins: number,
): { statistics: DeviceStatistics; cost: DeviceCost } | null {
  return new Reduction(reader, source, dtype).run(Math.min(bins, maxBins));
}

/** Of equal elements so large that half a unit to either side is no other double: there is nothing to divide. */
export function narrowHistogram(statistics: StatisticsSummary<number | bigint>, bins: number): Histogram | null {
  const { count, nan, posInf, negInf } = statistics;
  const { min, max } = histogramRange(Number(statistics.min), Number(statistics.max));
  if (min < max) return null;
  const counts = new Array<number>(bins).fill(0);
  counts[bins - 1] = count - nan - posInf - negInf;
  return { min, max, counts };
}

class Reduction {
  readonly #reader: DeviceReader;
  readonly #source: DeviceSource;
  readonly #dtype: DType;
  readonly #stored: DType;
  readonly #asBool: boolean;
  readonly #elements: number;
  /** Elements before the first whole vector, and from the last one on: these few are reduced on the host. */
  readonly #head: number;
  readonly #tail: number;
  readonly #perVector: number;
  readonly #chunks: Chunk[] = [];
  readonly #bindable: boolean;
  #cost: DeviceCost = { bytes: 0, queueMs: 0, transferMs: 0, readbacks: 0 };

  constructor(reader: DeviceReader, source: DeviceSource, dtype: DType) {
    this.#reader = reader;
    this.#source = source;
    this.#dtype = dtype;
    this.#stored = source.layout.dtype;
    this.#asBool = dtype === 'bool';
    this.#elements = sizeOf(source.layout.shape);
    this.#bindable = ((platformValue(source.buffer, 'usage') as number) & usage.storage) !== 0;
    this.#perVector = elementsPerVector(this.#stored);
    const size = itemSize(this.#stored);
    const lead = (source.byteOffset + source.layout.offset * size) % 16;
    this.#head = lead === 0 ? 0 : Math.min(this.#elements, Math.ceil((16 - lead) / size));
    const vectors = Math.floor((this.#elements - this.#head) / this.#perVector);
    this.#tail = this.#head + vectors * this.#perVector;
    const { maxBindingBytes, bindingAlignment } = reader.device;
    const chunkBytes = this.#bindable
      ? maxBindingBytes - 2 * bindingAlignment
      : copiedChunkBytes - 2 * bindingAlignment;
    const chunkVectors = Math.floor(chunkBytes / 16 / groupVectors) * groupVectors;
    for (let first = 0; first < vectors; first += chunkVectors) {
      this.#chunks.push({
        firstIndex: this.#head + first * this.#perVector,
        vectors: Math.min(chunkVectors, vectors - first),
      });
    }
  }

  run(bins: number): { statistics: DeviceStatistics; cost: DeviceCost } | null {
    const { pivot, edges } = this.#sample();
    let total = this.#reduce(1, pivot, edges);
    const { min, max } = total;
    const magnitude = min === null || max === null ? 0 : Math.max(Math.abs(Number(min)), Math.abs(Number(max)));
    if (magnitude > 0 && magnitude < smallestScalable) return null;
    let scale = 1;
    if (magnitude !== 0 && (magnitude > largestUnscaled || magnitude < smallestUnscaled)) {
      // No further than a normal float32 goes: the device may take a denormal scale for zero.
      scale = 2 ** -Math.min(Math.ceil(Math.log2(magnitude)), 120);
      total = this.#reduce(scale, pivot, edges);
    }
    const histogram =
      bins > 0 && min !== null && max !== null
        ? (narrowHistogram(total, bins) ?? this.#bin(scale, Number(min), Number(max), bins, edges))
        : null;
    return { statistics: { ...total, histogram }, cost: this.#cost };
  }

  /**
   * One readback of what the host looks at: the elements at the edges, and a sample whose median is near the middle of the
   * data whatever outliers it has (0 if nothing finite was met).
   */
  #sample(): { pivot: number; edges: { firstIndex: number; bytes: Uint8Array }[] } {
    const count = Math.min(sampleElements, this.#elements);
    const step = Math.floor(this.#elements / count);
    const { results, cost } = this.#reader.read([
      { source: this.#source, plan: this.#plan(0, count, step) },
      { source: this.#source, plan: this.#plan(0, this.#head, 1) },
      { source: this.#source, plan: this.#plan(this.#tail, this.#elements - this.#tail, 1) },
    ]);
    this.#pay(cost);
    const [sample, head, tail] = results.map((bytes) => convert(bytes, this.#stored, this.#dtype));
    const read = elementReader(this.#dtype);
    const view = dataViewOf(sample!);
    const size = itemSize(this.#dtype);
    const values = Array.from({ length: count }, (_, k) => Number(read(view, k * size)))
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    return {
      pivot: values[values.length >> 1] ?? 0,
      edges: [
        { firstIndex: 0, bytes: head! },
        { firstIndex: this.#tail, bytes: tail! },
      ],
    };
  }

  #plan(first: number, count: number, step: number): WindowPlan {
    const start = this.#source.layout.offset + first;
    if (step === 1 || count <= 1) return { start, run: count, outer: [], runs: count === 0 ? 0 : 1, elements: count };
    return { start, run: 1, outer: [{ count, stride: step }], runs: count, elements: count };
  }

  /** The pass over everything. */
  #reduce(
    scale: number,
    pivot: number,
    edges: { firstIndex: number; bytes: Uint8Array }[],
  ): StatisticsSummary<number | bigint> {
    const { device } = this.#reader;
    const total = new StatisticsAccumulator(this.#dtype);
    for (const { firstIndex, bytes } of edges) if (bytes.byteLength > 0) total.add(bytes, firstIndex);
    if (this.#chunks.length === 0) return total.finish();
    const groupsOf = ({ vectors }: Chunk) => Math.ceil(vectors / groupVectors);
    // Each chunk's groups start at an offset that a storage binding may have.
    const { bindingAlignment } = device;
    const offsets: number[] = [];
    let totalBytes = 0;
    for (const chunk of this.#chunks) {
      offsets.push(totalBytes);
      totalBytes += Math.ceil((groupsOf(chunk) * groupWords.total * 4) / bindingAlignment) * bindingAlignment;
    }
    const scaledPivot = Math.fround(pivot * scale);
    const bytes = this.#compute(totalBytes, (recorder, defer) => {
      const buffer = defer(device.createBuffer({ size: totalBytes, usage: usage.storage | usage.copySrc }));
      const pipeline = this.#reader.device.pipeline('tensor-debugger reduce', reduceShader(this.#stored, this.#asBool));
      this.#dispatch(recorder, defer, pipeline, { scale, pivot: scaledPivot, low: 0, width: 1, bins: 0 }, (index) => ({
        buffer,
        offset: offsets[index]!,
        size: groupsOf(this.#chunks[index]!) * groupWords.total * 4,
      }));
      return buffer;
    });
    let notFinite = 0;
    const numbers = numberClass(this.#stored, this.#asBool);
    this.#chunks.forEach((chunk, index) => {
      const length = groupsOf(chunk) * groupWords.total;
      const words = new Uint32Array(bytes.buffer, offsets[index], length);
      const floats = new Float32Array(bytes.buffer, offsets[index], length);
      for (let at = 0; at < length; at += groupWords.total) {
        const firstVector = (at / groupWords.total) * groupVectors;
        const count = Math.min(groupVectors, chunk.vectors - firstVector) * this.#perVector;
        const lost = words[at + groupWords.notFinite]!;
        const finite = count - lost;
        notFinite += lost;
        if (finite === 0) continue;
        const difference = floats[at + groupWords.sum]!;
        const sum = (finite * scaledPivot + difference) / scale;
        total.merge({
          ...emptyStatistics,
          count: finite,
          finite,
          zeros: words[at + groupWords.zeros]!,
          min: numberOfKey(words[at + groupWords.minKey]!, numbers),
          max: numberOfKey(words[at + groupWords.maxKey]!, numbers),
          sum,
          mean: sum / finite,
          squares: Math.max(0, floats[at + groupWords.squares]! - (difference * difference) / finite) / (scale * scale),
        });
      }
    });
    if (notFinite > 0) {
      total.merge({ ...emptyStatistics, count: notFinite, ...this.#classify() });
    }
    return total.finish();
  }

  #classify() {
    const { device } = this.#reader;
    const initial = new Uint32Array(classWords.total);
    initial[classWords.first] = 0xffffffff;
    const bytes = this.#compute(initial.byteLength, (recorder, defer) => {
      const buffer = defer(
        device.createBuffer({ size: initial.byteLength, usage: usage.storage | usage.copySrc | usage.copyDst }),
      );
      device.writeBuffer(buffer, 0, initial);
      const pipeline = this.#reader.device.pipeline(
        'tensor-debugger classify',
        classifyShader(this.#stored, this.#asBool),
      );
      this.#dispatch(recorder, defer, pipeline, { scale: 1, pivot: 0, low: 0, width: 1, bins: 0 }, () => ({ buffer }));
      return buffer;
    });
    const words = new Uint32Array(bytes.buffer, 0, classWords.total);
    return {
      nan: words[classWords.nan]!,
      posInf: words[classWords.posInf]!,
      negInf: words[classWords.negInf]!,
      firstNotFinite: words[classWords.first]!,
    };
  }

  #bin(scale: number, min: number, max: number, bins: number, edges: { bytes: Uint8Array }[]): Histogram {
    const { device } = this.#reader;
    const range = histogramRange(min, max);
    const width = (range.max - range.min) / bins;
    const counts = new Array<number>(bins).fill(0);
    const read = elementReader(this.#dtype);
    const size = itemSize(this.#dtype);
    for (const { bytes } of edges) {
      const view = dataViewOf(bytes);
      for (let at = 0; at < bytes.byteLength; at += size) {
        const place = Math.floor((Number(read(view, at)) - range.min) / width);
        if (Number.isFinite(place)) counts[Math.min(place, bins - 1)]!++;
      }
    }
    if (this.#chunks.length === 0) return { ...range, counts };
    const bytes = this.#compute(bins * 4, (recorder, defer) => {
      const buffer = defer(device.createBuffer({ size: bins * 4, usage: usage.storage | usage.copySrc }));
      const pipeline = this.#reader.device.pipeline('tensor-debugger bin', binShader(this.#stored, this.#asBool));
      const parameters = { scale, pivot: 0, low: range.min * scale, width: width * scale, bins };
      this.#dispatch(recorder, defer, pipeline, parameters, () => ({ buffer }));
      return buffer;
    });
    const binned = new Uint32Array(bytes.buffer, 0, bins);
    return { ...range, counts: counts.map((count, bin) => count + binned[bin]!) };
  }

  #pay(cost: DeviceCost): void {
    this.#cost = addCosts(this.#cost, cost);
  }

  #compute(
    bytes: number,
    encode: (recorder: Recorder, defer: (buffer: GPUBuffer) => GPUBuffer) => GPUBuffer,
  ): Uint8Array<ArrayBuffer> {
    const result = this.#reader.compute(this.#source, encode, bytes);
    this.#pay(result.cost);
    return result.bytes;
  }

  #dispatch(
    recorder: Recorder,
    defer: (buffer: GPUBuffer) => GPUBuffer,
    pipeline: GPUComputePipeline,
    { scale, pivot, low, width, bins }: { scale: number; pivot: number; low: number; width: number; bins: number },
    resultOf: (chunk: number) => GPUBufferBinding,
  ): void {
    const { device } = this.#reader;
    const size = itemSize(this.#stored);
    const copied = this.#bindable
      ? null
      : defer(device.createBuffer({ size: copiedChunkBytes, usage: usage.storage | usage.copyDst }));
    this.#chunks.forEach(({ firstIndex, vectors }, index) => {
      const plan = this.#plan(firstIndex, vectors * this.#perVector, 1);
      const bound = bindingOf(this.#reader.device, this.#source, plan);
      if (copied) recorder.copyBuffer(this.#source.buffer, bound.offset, copied, 0, bound.bytes);
      const parameters = new ArrayBuffer(parameterWords * 4);
      const startByte = this.#source.byteOffset + plan.start * size - bound.offset;
      new Uint32Array(parameters).set([vectors, firstIndex, startByte / 16, bins]);
      new Float32Array(parameters).set([scale, pivot, low, 1 / width], 4);
      const uniform = defer(device.createBuffer({ size: parameters.byteLength, usage: usage.uniform | usage.copyDst }));
      device.writeBuffer(uniform, 0, parameters);
      // A binding of vec4s ends at whole ones.
      const bytes = Math.floor(bound.bytes / 16) * 16;
      const source = copied
        ? { buffer: copied, size: bytes }
        : { buffer: this.#source.buffer, offset: bound.offset, size: bytes };
      const bindGroup = device.createBindGroup({
        layout: device.layoutOf(pipeline),
        entries: [
          { binding: 0, resource: source },
          { binding: 1, resource: resultOf(index) },
          { binding: 2, resource: { buffer: uniform } },
        ],
      });
      recorder.dispatch(pipeline, bindGroup, Math.ceil(vectors / groupVectors));
    });
  }
}

export function addCosts(a: DeviceCost, b: DeviceCost): DeviceCost {
  return {
    bytes: a.bytes + b.bytes,
    queueMs: a.queueMs + b.queueMs,
    transferMs: a.transferMs + b.transferMs,
    readbacks: a.readbacks + b.readbacks,
  };
}
