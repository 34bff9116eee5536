/** A copy of what shaders of ours have left on the device, on its way to the host while the program runs on. */
import { platformValue, promiseState } from '../safely.ts';
import { bufferMethods, mapModeRead, Recorder } from './device.ts';
import type { DeviceReader } from './deviceReader.ts';
import { isRefused, scoped } from './scopedCommands.ts';
import type { StagingPool } from './staging.ts';

export class Flight {
  readonly #pool: StagingPool;
  readonly #staging: GPUBuffer;
  readonly #bytes: number;
  readonly #mapped: Promise<undefined>;
  readonly #scopes: readonly Promise<GPUError | null>[];

  /**
   * Submits the copy.
   * @param byteLength from the beginning of the source, a multiple of 4
   * @param scopes what the device says to the commands that have made the values
   */
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
    const scope = scoped(device, () => {
      const recorder = new Recorder(device);
      recorder.copyBuffer(source, 0, staging, 0, byteLength);
      device.submit([recorder.finish()]);
      mapped = bufferMethods.mapAsync(staging)(mapModeRead, 0, byteLength);
    });
    this.#mapped = mapped!;
    this.#scopes = [...scopes, scope];
  }

  /**
   * Waits until the event loop has brought it.
   * @returns whether the device refused the commands of each scope; that of the copy comes last
   */
  async landed(): Promise<boolean[]> {
    const refused: boolean[] = [];
    // One after the other, by `await`: the program may have replaced `then` and `Promise.all`.
    for (const scope of this.#scopes) refused.push(await isRefused(scope));
    await isRefused(this.#mapped);
    return refused;
  }

  /** As `landed`, while the event loop stands still; undefined as long as it is on its way. */
  get refused(): boolean[] | undefined {
    // A state is dear to find out, so the last that settles is asked first.
    if (promiseState(this.#mapped) === 'pending') return undefined;
    const refused: boolean[] = [];
    for (const scope of this.#scopes) {
      const state = promiseState(scope);
      if (state === 'pending') return undefined;
      refused.push(state !== 'null');
    }
    return refused;
  }

  /**
   * To be called once, when it has landed.
   * @returns the words, null if the copy was refused
   */
  take(isRefused: boolean): Uint32Array | null {
    const staging = this.#staging;
    if (isRefused || platformValue(staging, 'mapState') !== 'mapped') {
      this.#pool.discard(staging);
      return null;
    }
    const words = new Uint32Array(bufferMethods.getMappedRange(staging)(0, this.#bytes)).slice();
    bufferMethods.unmap(staging)();
    this.#pool.giveBack(staging);
    return words;
  }
}
