/**
 * Passes of tracked tensors on one device. At a pass two small dispatches reduce the tensor into the next slot of a
 * buffer of ours; nobody waits. Later, when the event loop turns, one copy brings all slots at once.
 *
 * What the program could see of it, and why it doesn't: what the runtime has recorded is flushed neutrally first; error
 * scopes are open only while our own commands are made; each promise is awaited, so no rejection reaches the program.
 */
import { reportOf, TensorError } from '../../protocol/errors.ts';
import type { DType } from '../../protocol/tensor.ts';
import { itemSize } from '../../tensor/dtypes.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { destroy, Recorder, usage } from '../read/device.ts';
import type { DeviceReader } from '../read/deviceReader.ts';
import { canReduce } from '../read/deviceStatistics.ts';
import { bindingOf } from '../read/encodePiece.ts';
import { Flights } from '../read/flights.ts';
import { assertReadable } from '../read/pieces.ts';
import { scoped, scopedBuffer } from '../read/scopedCommands.ts';
import { platformValue } from '../safely.ts';
import type { DeviceSource } from '../source.ts';
import {
  groupElements,
  mergeParameters,
  mergeShader,
  readSlot,
  reduceParameters,
  reduceShader,
  slotWords,
  type SlotNumbers,
} from './passShader.ts';

export const slotBytes = slotWords * 4;
/** Passes that fit into the buffer on the device, 28 KiB; when it is full it is copied, so a loop that never yields goes on. */
const slots = 1024;
/** Copies that may wait for the event loop to turn: 65,536 passes, below 2 MiB on the host. */
const maxFlights = 64;

type Outcome = SlotNumbers | TensorError;

interface Pass {
  read(words: Uint32Array): SlotNumbers;
  settled(outcome: Outcome): void;
  /** Resolves to what the device had against our commands, null if nothing. */
  scope: Promise<GPUError | null>;
}

export class DevicePasses {
  readonly #reader: DeviceReader;
  readonly #onSettled: () => void;
  readonly #slots: GPUBuffer;
  readonly #reduceUniform: GPUBuffer;
  readonly #mergeUniform: GPUBuffer;
  #partials: { buffer: GPUBuffer; groups: number };
  /** Of the slots in use, in their order. */
  #passes: Pass[] = [];
  /** Passes whose slots are on their way to the host. */
  readonly #flights: Flights<Pass[]>;

  /** @param onSettled a copy arrived; the outcomes of its passes were told */
  constructor(reader: DeviceReader, onSettled: () => void) {
    this.#reader = reader;
    this.#onSettled = onSettled;
    this.#flights = new Flights(reader, (passes, words, refused) => this.#land(passes, words, refused));
    this.#slots = this.#buffer(slots * slotBytes, usage.storage | usage.copySrc);
    this.#reduceUniform = this.#buffer(reduceParameters * 4, usage.uniform | usage.copyDst);
    this.#mergeUniform = this.#buffer(mergeParameters * 4, usage.uniform | usage.copyDst);
    this.#partials = { buffer: this.#buffer(slotBytes, usage.storage), groups: 1 };
  }

  get isIdle(): boolean {
    return this.#passes.length === 0 && this.#flights.size === 0;
  }

  /**
   * Reduces the tensor on the device.
   * @param settled called later with the numbers, or with what kept the device from it
   * @throws TensorError if nothing can be recorded
   */
  record(source: DeviceSource, dtype: DType, settled: (outcome: Outcome) => void): void {
    const { device } = this.#reader;
    device.assertAlive();
    assertReadable(source.buffer);
    assertReducible(source);
    if (this.#flights.size >= maxFlights) {
      throw new TensorError({
        code: 'pending',
        message: `${slots * maxFlights} passes wait to be read: the program has not let its event loop turn since.`,
        help: 'Await something in the loop, for example `await tf.nextFrame()`, or stop at a breakpoint.',
      });
    }
    source.flush?.();
    const asBool = dtype === 'bool';
    const stored = source.layout.dtype;
    const elements = sizeOf(source.layout.shape);
    const slot = this.#passes.length;
    const scope = scoped(this.#reader.device, () => this.#dispatch(source, stored, asBool, elements, slot));
    const read = (words: Uint32Array) => readSlot(words, elements, stored, asBool);
    this.#passes.push({ read, settled, scope });
    if (this.#passes.length === slots) this.startCopy();
  }

  /** Sends what the slots hold on its way; it arrives when the event loop has turned. */
  startCopy(): void {
    if (this.#passes.length === 0) return;
    const passes = this.#passes.splice(0);
    try {
      const scopes = passes.map(({ scope }) => scope);
      this.#flights.send(passes, this.#slots, passes.length * slotBytes, scopes);
    } catch (error) {
      // The program has replaced the methods that are needed.
      for (const { settled } of passes) settled(new TensorError(reportOf(error), { cause: error }));
    }
  }

  /**
   * Waits for everything while the event loop stands still.
   * @param wait ticks until its argument says so; false if that took too long
   */
  finish(wait: (isDone: () => boolean) => boolean): void {
    this.startCopy();
    this.#flights.finish(wait);
  }

  #land(passes: readonly Pass[], words: Uint32Array | null, refused: readonly boolean[]): void {
    for (const [index, { read, settled }] of passes.entries()) {
      if (words && !refused[index]) settled(read(words.subarray(index * slotWords, (index + 1) * slotWords)));
      else settled(this.#reader.device.isLost && !words ? lost(passes.length) : refusal());
    }
    this.#onSettled();
  }

  #dispatch(source: DeviceSource, stored: DType, asBool: boolean, elements: number, slot: number): void {
    const { device } = this.#reader;
    const size = itemSize(stored);
    const perBinding = (device.maxBindingBytes - 2 * device.bindingAlignment) / size;
    const perChunk = Math.floor(perBinding / groupElements) * groupElements;
    const groups = Math.ceil(elements / groupElements);
    this.#reserve(groups);
    const reduce = this.#reader.device.pipeline('tensor-debugger track', reduceShader(stored, asBool));
    for (let from = 0; from < elements; from += perChunk) {
      const count = Math.min(perChunk, elements - from);
      const plan = { start: source.layout.offset + from, run: count, outer: [], runs: 1, elements: count };
      const { offset, bytes } = bindingOf(this.#reader.device, source, plan);
      const first = (source.byteOffset + plan.start * size - offset) / size;
      const hasPivot = elements <= perChunk ? 1 : 0;
      device.writeBuffer(this.#reduceUniform, 0, Uint32Array.of(count, first, from / groupElements, hasPivot));
      const recorder = new Recorder(device);
      recorder.dispatch(
        reduce,
        this.#bind(reduce, { buffer: source.buffer, offset, size: bytes }, this.#partials.buffer, this.#reduceUniform),
        Math.ceil(count / groupElements),
      );
      if (from + count === elements) {
        const merge = this.#reader.device.pipeline('tensor-debugger track', mergeShader);
        device.writeBuffer(this.#mergeUniform, 0, Uint32Array.of(groups, slot, 0, 0));
        const group = this.#bind(merge, { buffer: this.#partials.buffer }, this.#slots, this.#mergeUniform);
        recorder.dispatch(merge, group, 1);
      }
      device.submit([recorder.finish()]);
    }
  }

  #bind(pipeline: GPUComputePipeline, source: GPUBufferBinding, target: GPUBuffer, uniform: GPUBuffer): GPUBindGroup {
    const { device } = this.#reader;
    return device.createBindGroup({
      layout: device.layoutOf(pipeline),
      entries: [
        { binding: 0, resource: source },
        { binding: 1, resource: { buffer: target } },
        { binding: 2, resource: { buffer: uniform } },
      ],
    });
  }

  #reserve(groups: number): void {
    if (groups <= this.#partials.groups) return;
    // What was submitted with the old one still runs: destroying waits for it.
    destroy(this.#partials.buffer);
    this.#partials = { buffer: this.#buffer(groups * slotBytes, usage.storage), groups };
  }

  #buffer(size: number, flags: number): GPUBuffer {
    return scopedBuffer(this.#reader.device, 'tensor-debugger track', size, flags);
  }
}

/** @throws TensorError `not-readable` where only the host could reduce it, by a copy at every pass */
function assertReducible(source: DeviceSource): void {
  const isBindable = ((platformValue(source.buffer, 'usage') as number) & usage.storage) !== 0;
  if (canReduce(source) && isBindable) return;
  throw new TensorError({
    code: 'not-readable',
    message: isBindable
      ? `The device can't reduce these ${source.layout.dtype} elements as they lie: they are not dense, not aligned, or wider than 32 bits.`
      : 'The device can only reduce buffers that were created with GPUBufferUsage.STORAGE.',
    help: 'Track a dense copy that the program makes, or read the tensor at a breakpoint.',
  });
}

function refusal(): TensorError {
  return new TensorError({
    code: 'device-error',
    message: 'The GPU device refused to reduce the tensor at this pass.',
    help: 'The buffer may have been destroyed or mapped, or may belong to another device.',
  });
}

function lost(passes: number): TensorError {
  return new TensorError({
    code: 'device-lost',
    message: `The GPU device was lost or destroyed before ${passes} passes could be read.`,
    help: 'Await the work of the last step before device.destroy() runs.',
  });
}
