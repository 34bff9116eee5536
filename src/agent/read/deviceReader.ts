/**
 * Reads windows of GPU buffers synchronously. Slices are cut on the device: a few runs of contiguous elements by buffer
 * copies, many or strided ones by the gather shader; only the cut moves. Error scopes stand around everything, and
 * nothing is believed before they have said that all went well: a mapped buffer alone proves nothing.
 */
import { TensorError } from '../../protocol/errors.ts';
import { itemSize } from '../../tensor/dtypes.ts';
import { now } from '../clock.ts';
import { platformValue, promiseState, quiet } from '../safely.ts';
import type { DeviceSource } from '../source.ts';
import { piecesOf, type DeviceWindow } from './cutPieces.ts';
import { bufferMethods, destroy, Device, mapModeRead, Recorder } from './device.ts';
import { encodePiece, type Defer } from './encodePiece.ts';
import { alignUp, assertReadable, denseLead, unpack, type Piece } from './pieces.ts';
import type { Pump, Wait } from './pump.ts';
import { maxStagingBytes, StagingPool } from './staging.ts';

/** A read that takes less did not wait for anything worth telling. */
const quickMs = 0.5;

export interface DeviceCost {
  bytes: number;
  queueMs: number;
  transferMs: number;
  readbacks: number;
}

interface Round {
  staging: GPUBuffer;
  stagedBytes: number;
  mapped: Promise<undefined>;
  scopes: Promise<GPUError | null>[];
  pieces: { piece: Piece; stagingOffset: number }[];
  temporary: (GPUBuffer | GPUTexture)[];
  /** Recording and submitting it took so long. */
  encodeMs: number;
}

export interface WaitLimit {
  /** A hung device must not hang the debugger: how long a read may wait for the work queued before it. */
  deadlineMs: number;
}

export class DeviceReader {
  readonly device: Device;
  readonly #pump: Pump;
  readonly staging: StagingPool;
  readonly #limit: WaitLimit;
  /** Rounds that were begun and not yet taken; what is left of a failed read is let go of. */
  readonly #inFlight = new Set<Pick<Round, 'staging' | 'temporary'>>();
  /** The error scope that refused the last read: the inspector can see what it holds, the agent can't. */
  failedScope: Promise<GPUError | null> | null = null;

  constructor(device: GPUDevice, pump: Pump, limit: WaitLimit) {
    this.device = new Device(device);
    this.#pump = pump;
    this.#limit = limit;
    this.staging = new StagingPool(this.device);
  }

  /**
   * Reads windows in as few readbacks as the staging memory allows: one, unless they are large.
   * @returns for each window its elements, dense, row-major, in the stored dtype
   * @throws TensorError if any of them can't be read; nothing is returned then
   */
  read(windows: readonly DeviceWindow[]): { results: Uint8Array[]; cost: DeviceCost } {
    const cost: DeviceCost = { bytes: 0, queueMs: 0, transferMs: 0, readbacks: 0 };
    const results = windows.map(({ source, plan }) => new Uint8Array(plan.elements * itemSize(source.layout.dtype)));
    const pieces = windows.flatMap((window, index) =>
      [...piecesOf(window, this.device)].map((piece) => ({ piece, result: results[index]! })),
    );
    if (pieces.length === 0) return { results, cost };
    this.#prepare(windows);
    this.#during((wait) => {
      this.#drainQueue(wait, cost);
      for (let first = 0; first < pieces.length;) {
        let last = first;
        let bytes = 0;
        while (last < pieces.length && (last === first || bytes + pieces[last]!.piece.stagedBytes <= maxStagingBytes)) {
          bytes += pieces[last]!.piece.stagedBytes;
          last++;
        }
        const batch = pieces.slice(first, last);
        const round = this.#start(batch.map(({ piece }) => piece));
        this.#finish(round, wait, cost, (index, view) => {
          const { piece, result } = batch[index]!;
          unpack(piece, view, result, piece.resultOffset);
        });
        first = last;
      }
    });
    return { results, cost };
  }

  /**
   * Moves a window through two staging buffers: while one piece is handed to `sink`, the device copies the next.
   * Memory stays bounded whatever the window's size.
   */
  stream(window: DeviceWindow, sink: (bytes: Uint8Array) => void): DeviceCost {
    const cost: DeviceCost = { bytes: 0, queueMs: 0, transferMs: 0, readbacks: 0 };
    if (window.plan.elements === 0) return cost;
    this.#prepare([window]);
    const size = itemSize(window.source.layout.dtype);
    this.#during((wait) => {
      this.#drainQueue(wait, cost);
      let running: { round: Round; piece: Piece } | null = null;
      const drain = ({ round, piece }: { round: Round; piece: Piece }) =>
        this.#finish(round, wait, cost, (_index, view) => {
          const byteLength = piece.plan.elements * size;
          const lead = denseLead(piece);
          if (lead !== null) {
            sink(view.subarray(lead, lead + byteLength));
            return;
          }
          const result = new Uint8Array(byteLength);
          unpack(piece, view, result, 0);
          sink(result);
        });
      for (const piece of piecesOf(window, this.device)) {
        const next: { round: Round; piece: Piece } = { round: this.#start([piece]), piece };
        if (running) drain(running);
        running = next;
      }
      if (running) drain(running);
    });
    return cost;
  }

  /** Runs commands of our own inside error scopes, reads `bytes` of `result` back. For the statistics. */
  compute(
    source: DeviceSource,
    encode: (recorder: Recorder, defer: Defer) => GPUBuffer,
    bytes: number,
  ): { bytes: Uint8Array<ArrayBuffer>; cost: DeviceCost } {
    this.#prepare([{ source }]);
    const cost: DeviceCost = { bytes: 0, queueMs: 0, transferMs: 0, readbacks: 0 };
    let copy = new Uint8Array(new ArrayBuffer(0));
    this.#during((wait) => {
      this.#drainQueue(wait, cost);
      const round = this.#begin(bytes, [], (recorder, staging, defer) => {
        recorder.copyBuffer(encode(recorder, defer), 0, staging, 0, bytes);
      });
      this.#finish(
        round,
        wait,
        cost,
        () => undefined,
        (view) => (copy = new Uint8Array(view)),
      );
    });
    return { bytes: copy, cost };
  }

  /**
   * Runs commands that are not ours (a runtime's kernels) inside error scopes, so that the program's own listeners hear
   * of no error that we have caused.
   * @throws TensorError `device-error` if the device refused any of them
   */
  guarded<Value>(run: () => Value): Value {
    const { device } = this;
    device.assertAlive();
    device.pushErrorScope('validation');
    device.pushErrorScope('out-of-memory');
    let scopes: Promise<GPUError | null>[] = [];
    try {
      return run();
    } finally {
      scopes = [device.popErrorScope(), device.popErrorScope()].map(quiet);
      this.#during((wait) => {
        if (!wait(() => scopes.every(isSettled), this.#limit.deadlineMs)) throw timedOut(this.#limit);
      });
      // What `run` itself threw may follow from what the device refused.
      this.#assertScopes(scopes, 'The GPU device refused what was to be computed.', 'The kernel may be wrong there.');
    }
  }

  #during(body: (wait: Wait) => void): void {
    try {
      this.#pump.during(body);
    } finally {
      for (const { staging, temporary } of this.#inFlight) {
        this.staging.discard(staging);
        for (const resource of temporary) destroy(resource);
      }
      this.#inFlight.clear();
    }
  }

  /** Checks what can be checked without the device, and hands over what the runtime has recorded. */
  #prepare(windows: readonly Pick<DeviceWindow, 'source'>[]): void {
    this.device.assertAlive();
    for (const { source } of windows) assertReadable(source.buffer);
    for (const { source } of windows) source.flush?.();
  }

  /** Waits for what the program had queued before, so that its time isn't taken for the copy's. */
  #drainQueue(wait: Wait, cost: DeviceCost): void {
    const startedMs = now();
    const workDone = quiet(this.device.onSubmittedWorkDone());
    if (!wait(() => isSettled(workDone), this.#limit.deadlineMs)) throw timedOut(this.#limit);
    cost.queueMs += now() - startedMs;
    this.device.assertAlive();
  }

  #start(pieces: Piece[]): Round {
    const placed: Round['pieces'] = [];
    let stagedBytes = 0;
    for (const piece of pieces) {
      placed.push({ piece, stagingOffset: stagedBytes });
      stagedBytes += piece.stagedBytes;
    }
    return this.#begin(stagedBytes, placed, (recorder, staging, defer) => {
      for (const { piece, stagingOffset } of placed) {
        encodePiece(this.device, recorder, piece, { staging, stagingOffset, defer });
      }
    });
  }

  #begin(
    stagedBytes: number,
    pieces: Round['pieces'],
    encode: (recorder: Recorder, staging: GPUBuffer, defer: Defer) => void,
  ): Round {
    const { device } = this;
    const startedMs = now();
    device.pushErrorScope('validation');
    device.pushErrorScope('out-of-memory');
    const scopes: Promise<GPUError | null>[] = [];
    try {
      const staging = this.staging.take(stagedBytes);
      const temporary: Round['temporary'] = [];
      const held = { staging, temporary };
      this.#inFlight.add(held);
      const recorder = new Recorder(device);
      encode(recorder, staging, (resource) => {
        temporary.push(resource);
        return resource;
      });
      device.submit([recorder.finish()]);
      const mapped = quiet(bufferMethods.mapAsync(staging)(mapModeRead, 0, alignUp(stagedBytes, 8)));
      const round = { ...held, stagedBytes, mapped, scopes, pieces, encodeMs: now() - startedMs };
      this.#inFlight.delete(held);
      this.#inFlight.add(round);
      return round;
    } finally {
      for (let i = 0; i < 2; i++) scopes.push(quiet(device.popErrorScope()));
    }
  }

  #finish(
    round: Round,
    wait: Wait,
    cost: DeviceCost,
    take: (index: number, view: Uint8Array) => void,
    takeAll?: (view: Uint8Array) => void,
  ): void {
    const { staging } = round;
    const waitingMs = now();
    const isDone = () => {
      if (platformValue(staging, 'mapState') === 'mapped') return round.scopes.every(isSettled);
      // Looking at a promise costs more than a quick read takes; a slow one has the time.
      if (now() - waitingMs < quickMs) return false;
      return promiseState(round.mapped) === 'rejected' && (round.scopes.every(isSettled) || this.device.isLost);
    };
    if (!wait(isDone, this.#limit.deadlineMs)) throw timedOut(this.#limit);
    this.#assertAccepted(round);
    const view = new Uint8Array(bufferMethods.getMappedRange(staging)(0, alignUp(round.stagedBytes, 8)));
    // Rounds overlap, and what `take` does (writing a file) is no part of a copy's cost.
    cost.transferMs += round.encodeMs + now() - waitingMs;
    cost.bytes += round.stagedBytes;
    cost.readbacks++;
    takeAll?.(view);
    round.pieces.forEach(({ piece, stagingOffset }, index) =>
      take(index, view.subarray(stagingOffset, stagingOffset + piece.stagedBytes)),
    );
    bufferMethods.unmap(staging)();
    this.#inFlight.delete(round);
    this.staging.giveBack(staging);
    for (const resource of round.temporary) destroy(resource);
  }

  #assertAccepted(round: Round): void {
    const help =
      'The buffer may have been destroyed, may belong to another device, or the device may be out of memory.';
    const isMapped = platformValue(round.staging, 'mapState') === 'mapped';
    this.#assertScopes(round.scopes, 'The GPU device refused the read.', help, isMapped);
  }

  #assertScopes(scopes: readonly Promise<GPUError | null>[], message: string, help: string, isDone = true): void {
    const refused = scopes.find((scope) => promiseState(scope) !== 'null');
    if (!refused && isDone) return;
    this.device.assertAlive();
    this.failedScope = refused ?? null;
    throw new TensorError({ code: 'device-error', message, help });
  }
}

function timedOut({ deadlineMs }: WaitLimit): TensorError {
  return new TensorError({
    code: 'timed-out',
    message: `The GPU has not finished its queued work within ${deadlineMs / 1000} s, so nothing could be read.`,
    help: 'The program may have queued very long work; let it run on and read at a later stop.',
  });
}

function isSettled(promise: Promise<unknown>): boolean {
  return promiseState(promise) !== 'pending';
}
