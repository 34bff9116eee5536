/** Copies of what shaders of ours have left on a device, on their way to the host while the program runs on. */
import { platformValue, promiseState } from '../safely.ts';
import { bufferMethods, mapModeRead, Recorder } from './device.ts';
import type { DeviceReader } from './deviceReader.ts';
import { isRefused, scoped } from './scopedCommands.ts';
import type { StagingPool } from './staging.ts';

/**
 * @param words null if the copy was refused
 * @param refused whether the device refused the commands that made the values, by scope
 */
type OnLanded<Load> = (load: Load, words: Uint32Array | null, refused: readonly boolean[]) => void;

/** What the device refused: the commands of each scope, and the copy itself. */
interface Refused {
  scopes: readonly boolean[];
  copy: boolean;
}

/** Those of one device that are under way, each with what it is about. */
export class Flights<Load> {
  readonly #reader: DeviceReader;
  readonly #onLanded: OnLanded<Load>;
  readonly #loads = new Map<Flight, Load>();

  /** @param onLanded called once for each, in the order in which they were sent */
  constructor(reader: DeviceReader, onLanded: OnLanded<Load>) {
    this.#reader = reader;
    this.#onLanded = onLanded;
  }

  get size(): number {
    return this.#loads.size;
  }

  /**
   * Submits a copy.
   * @param byteLength from the beginning of the source, a multiple of 4
   * @param scopes what the device says to the commands that have made the values
   */
  send(load: Load, source: GPUBuffer, byteLength: number, scopes: readonly Promise<GPUError | null>[]): void {
    const flight = new Flight(this.#reader, source, byteLength, scopes);
    this.#loads.set(flight, load);
    void (async () => this.#land(flight, await flight.landed()))();
  }

  /**
   * Waits for all of them, while the event loop stands still.
   * @param wait ticks until its argument says so; false if that took too long
   */
  finish(wait: (isDone: () => boolean) => boolean): void {
    for (const flight of [...this.#loads.keys()]) {
      let refused: Refused | undefined;
      if (!wait(() => (refused ??= flight.refused) !== undefined)) return;
      this.#land(flight, refused!);
    }
  }

  #land(flight: Flight, refused: Refused): void {
    const load = this.#loads.get(flight);
    if (!this.#loads.delete(flight)) return;
    this.#onLanded(load!, flight.take(refused.copy), refused.scopes);
  }
}

class Flight {
  readonly #pool: StagingPool;
  readonly #staging: GPUBuffer;
  readonly #bytes: number;
  readonly #mapped: Promise<undefined>;
  readonly #scopes: readonly Promise<GPUError | null>[];
  readonly #copyScope: Promise<GPUError | null>;

  constructor(
    { device, staging: pool }: DeviceReader,
    source: GPUBuffer,
    byteLength: number,
    scopes: readonly Promise<GPUError | null>[],
  ) {
    this.#pool = pool;
    this.#bytes = byteLength;
    const staging = (this.#staging = pool.take(byteLength));
    let mapped: Promise<undefined>;
    this.#copyScope = scoped(device, () => {
      const recorder = new Recorder(device);
      recorder.copyBuffer(source, 0, staging, 0, byteLength);
      device.submit([recorder.finish()]);
      mapped = bufferMethods.mapAsync(staging)(mapModeRead, 0, byteLength);
    });
    this.#mapped = mapped!;
    this.#scopes = scopes;
  }

  /** Waits until the event loop has brought it. */
  async landed(): Promise<Refused> {
    const scopes: boolean[] = [];
    // One after the other, by `await`: the program may have replaced `then` and `Promise.all`.
    for (const scope of this.#scopes) scopes.push(await isRefused(scope));
    const copy = await isRefused(this.#copyScope);
    await isRefused(this.#mapped);
    return { scopes, copy };
  }

  /** As `landed`, while the event loop stands still; undefined as long as it is on its way. */
  get refused(): Refused | undefined {
    // A state is dear to find out, so the last that settles is asked first.
    if (promiseState(this.#mapped) === 'pending') return undefined;
    const states = [...this.#scopes, this.#copyScope].map(promiseState);
    if (states.includes('pending')) return undefined;
    const scopes = states.map((state) => state !== 'null');
    const copy = scopes.pop()!;
    return { scopes, copy };
  }

  /**
   * To be called once, when it has landed.
   * @returns the words, null if the copy was refused
   */
  take(copyRefused: boolean): Uint32Array | null {
    const staging = this.#staging;
    if (copyRefused || platformValue(staging, 'mapState') !== 'mapped') {
      this.#pool.discard(staging);
      return null;
    }
    const words = new Uint32Array(bufferMethods.getMappedRange(staging)(0, this.#bytes)).slice();
    bufferMethods.unmap(staging)();
    this.#pool.giveBack(staging);
    return words;
  }
}
