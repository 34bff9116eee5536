/**
 * Checks of what TF.js's webgpu backend has computed, by dispatches of ours that leave flags on the device. Nothing of TF.js
 * is touched for them: they go to the queue in submissions of their own, so that an error of theirs is ours alone.
 *
 * Why that is in order: TF.js records ops in an encoder and submits it after some 15 dispatches. A buffer that is let go of
 * meanwhile, and taken for another tensor, is written to by commands of the *next* submission at the earliest. So what a
 * submission has computed is still there until the next one; its checks go to the queue right before that
 * (`beforeSubmit`). Only where the program reads, what is recorded is submitted first, neutrally, and checked at once: the flags
 * then arrive together with what the program has asked for.
 */
import { destroy, Recorder, usage } from '../read/device.ts';
import type { DeviceReader } from '../read/deviceReader.ts';
import { Flights } from '../read/flights.ts';
import { scoped, scopedBuffer } from '../read/scopedCommands.ts';
import { flush } from '../readers/tfjs/flush.ts';
import { isInspectable, ownValue, platformMethod, platformValue } from '../safely.ts';
import type { StopContext } from '../source.ts';
import type { Checked } from './notFinite.ts';
import { blockWords, groupsFor, notFiniteShader, readFlags, sourcesPerDispatch } from './notFiniteShader.ts';

/** Dispatches whose flags a page holds: 1,792 tensors in 64 KiB. */
const blocks = 256;
/** A program that never reads is looked at when a page is so full. */
const fullBlocks = 192;
/** Pages that may wait for the event loop to turn; what is computed after that goes unchecked until one has landed. */
const maxFlights = 16;

interface Check {
  checked: Checked;
  buffer: GPUBuffer;
  elements: number;
}

/** A buffer of flags, with what they are about. */
interface Page {
  flags: GPUBuffer;
  /** By dispatch. */
  checks: Checked[][];
  /** Resolve to what the device had against our commands, null if nothing. */
  scopes: Promise<GPUError | null>[];
}

export class DeviceChecks {
  readonly #backend: object;
  readonly #reader: DeviceReader;
  readonly #running: () => StopContext;
  readonly #onLanded: () => void;
  /** Whose commands are in the encoder that TF.js has open. */
  #recorded: Check[] = [];
  /** Whose commands are on the queue. */
  #submitted: Check[] = [];
  #page: Page | null = null;
  /** Pages on their way to the host. */
  readonly #flights: Flights<Page>;
  /** Buffers of flags that are all zero. */
  readonly #clean: GPUBuffer[] = [];
  readonly #nothing: GPUBuffer;

  /** @param onLanded flags have arrived, in the order in which the ops ran */
  constructor(backend: object, reader: DeviceReader, running: () => StopContext, onLanded: () => void) {
    this.#backend = backend;
    this.#reader = reader;
    this.#running = running;
    this.#onLanded = onLanded;
    this.#flights = new Flights(reader, (page, words, refused) => this.#land(page, words, refused));
    this.#nothing = this.#buffer(4, usage.storage);
  }

  /** Nothing is on its way. */
  get isIdle(): boolean {
    return this.#flights.size === 0;
  }

  /** @param elements of float32, which the buffer begins with */
  add(dataId: object, buffer: GPUBuffer, elements: number): Checked {
    const checked: Checked = { found: undefined, isKnown: false };
    const isBindable = ((platformValue(buffer, 'usage') as number) & usage.storage) !== 0;
    if (!isBindable || elements === 0 || this.#flights.size >= maxFlights) return { ...checked, found: null };
    const owned = ownValue(this.#backend, 'commandQueueOwnedIds');
    const isRecorded = isInspectable(owned) && platformMethod(owned, 'has')?.(dataId as never) === true;
    (isRecorded ? this.#recorded : this.#submitted).push({ checked, buffer, elements });
    return checked;
  }

  /** TF.js is about to submit its encoder, whose compute pass has ended. */
  beforeSubmit(isRead: boolean): void {
    if (isRead) return this.look();
    this.#submit();
    this.#submitted = this.#recorded;
    this.#recorded = [];
    if ((this.#page?.checks.length ?? 0) >= fullBlocks) this.#close();
  }

  /** Checks everything up to now, and sends the flags on their way. */
  look(): void {
    this.#submit();
    if (this.#recorded.length > 0) {
      flush(this.#backend, this.#reader.device.device, this.#running());
      this.#submitted = this.#recorded;
      this.#recorded = [];
      this.#submit();
    }
    this.#close();
  }

  /**
   * Waits for the flags that are on their way, while nothing else runs.
   * @param wait ticks until its argument says so; false if that took too long
   */
  finish(wait: (isDone: () => boolean) => boolean): void {
    this.#flights.finish(wait);
  }

  /** Forgets what has not been sent to the device yet. */
  drop(): void {
    for (const { checked } of [...this.#submitted.splice(0), ...this.#recorded.splice(0)]) checked.found = null;
  }

  /** Before anything else is submitted: the buffers may have other owners already, whose commands come next. */
  #submit(): void {
    const checks = this.#submitted.splice(0);
    const needed = Math.ceil(checks.length / sourcesPerDispatch);
    if (needed === 0) return;
    if ((this.#page?.checks.length ?? 0) + needed > blocks) this.#close();
    const page = (this.#page ??= { flags: this.#cleanFlags(), checks: [], scopes: [] });
    const { device } = this.#reader;
    page.scopes.push(
      scoped(device, () => {
        const recorder = new Recorder(device);
        const pipeline = this.#reader.device.pipeline('tensor-debugger not finite', notFiniteShader);
        for (let first = 0; first < checks.length; first += sourcesPerDispatch) {
          const group = checks.slice(first, first + sourcesPerDispatch);
          const largest = Math.max(...group.map(({ elements }) => elements));
          recorder.dispatch(pipeline, this.#bind(pipeline, page, group), groupsFor(largest), group.length);
          page.checks.push(group.map(({ checked }) => checked));
        }
        device.submit([recorder.finish()]);
      }),
    );
  }

  #bind(pipeline: GPUComputePipeline, page: Page, group: readonly Check[]): GPUBindGroup {
    const { device } = this.#reader;
    const offset = page.checks.length * this.#blockBytes;
    return device.createBindGroup({
      layout: device.layoutOf(pipeline),
      entries: [
        { binding: 0, resource: { buffer: page.flags, offset, size: blockWords * 4 } },
        ...Array.from({ length: sourcesPerDispatch }, (_, index) => {
          const check = group[index];
          const resource = check ? { buffer: check.buffer, size: check.elements * 4 } : { buffer: this.#nothing };
          return { binding: index + 1, resource };
        }),
      ],
    });
  }

  #close(): void {
    const page = this.#page;
    if (!page) return;
    this.#page = null;
    this.#flights.send(page, page.flags, page.checks.length * this.#blockBytes, page.scopes);
  }

  #land(page: Page, arrived: Uint32Array | null, refused: readonly boolean[]): void {
    const words = refused.includes(true) ? null : arrived;
    const isClean = words?.every((word) => word === 0) ?? false;
    for (const [at, group] of page.checks.entries()) {
      const block = isClean ? undefined : words?.subarray((at * this.#blockBytes) / 4);
      for (const [source, checked] of group.entries()) checked.found = block ? readFlags(block, source) : null;
    }
    if (isClean) this.#clean.push(page.flags);
    else destroy(page.flags);
    this.#onLanded();
  }

  get #blockBytes(): number {
    return Math.max(blockWords * 4, this.#reader.device.bindingAlignment);
  }

  #cleanFlags(): GPUBuffer {
    return this.#clean.pop() ?? this.#buffer(blocks * this.#blockBytes, usage.storage | usage.copySrc);
  }

  #buffer(size: number, flags: number): GPUBuffer {
    return scopedBuffer(this.#reader.device, 'tensor-debugger not finite', size, flags);
  }
}
