/** The devices that are read: a reader for each, and which of them a buffer belongs to. */
import type { RefusalCause } from '../../protocol/agent.ts';
import { TensorError, type ErrorReport } from '../../protocol/errors.ts';
import type { DeviceSource } from '../source.ts';
import { DeviceReader, type WaitLimit } from './deviceReader.ts';
import { Pump } from './pump.ts';
import { causes, refusals } from './refusals.ts';

export class Devices {
  readonly pump = new Pump();
  readonly limit: WaitLimit = { deadlineMs: 30_000 };
  readonly #readers = new WeakMap<GPUDevice, DeviceReader>();
  /** Which device accepted a buffer that several may own. */
  readonly #owners = new WeakMap<GPUBuffer, GPUDevice>();
  /** Devices that were read at this stop, so that their staging memory can be trimmed. */
  readonly #used = new Set<DeviceReader>();
  /** One of the devices that were asked was lost. */
  lost: TensorError | null = null;
  /** What each device that was asked said about the last refusal, for the inspector to look into. */
  failedScopes: Promise<GPUError | null>[] = [];
  /** Of the last read. */
  asked: readonly GPUBuffer[] = [];

  reader(device: GPUDevice): DeviceReader {
    let reader = this.#readers.get(device);
    if (!reader) {
      reader = new DeviceReader(device, this.pump, this.limit);
      this.#readers.set(device, reader);
    }
    this.#used.add(reader);
    return reader;
  }

  /** Staging memory that is held on the devices of this stop. */
  get stagingBytes(): number {
    let bytes = 0;
    for (const reader of this.#used) bytes += reader.staging.heldBytes;
    return bytes;
  }

  /** Those that a buffer may belong to. */
  of({ buffer, devices }: DeviceSource): readonly GPUDevice[] {
    const owner = this.#owners.get(buffer);
    return owner ? [owner] : devices;
  }

  /** A raw buffer doesn't say which device it belongs to: where one refuses, the next is asked. */
  tryAll<T>(sources: readonly DeviceSource[], read: (reader: DeviceReader) => T): T {
    const candidates = this.of(sources[0]!);
    this.failedScopes = [];
    this.asked = sources.map(({ buffer }) => buffer);
    this.lost = null;
    let refusal: TensorError | null = null;
    for (const device of candidates) {
      const reader = this.reader(device);
      try {
        const result = read(reader);
        for (const { buffer } of sources) causes.delete(buffer);
        if (candidates.length > 1) for (const { buffer } of sources) this.#owners.set(buffer, device);
        return result;
      } catch (error) {
        if (!(error instanceof TensorError)) throw error;
        if (error.code === 'device-lost') this.lost = error;
        else if (error.code === 'device-error') refusal = error;
        else throw error;
        const scope = error.code === 'device-error' && reader.failedScope;
        if (scope) this.failedScopes.push(scope);
      }
    }
    // Those that refused may say more than that another one is lost.
    if (refusal) throw refusal;
    if (this.lost) {
      this.refusedBecause('lost');
      throw this.lost;
    }
    throw new TensorError({
      code: 'no-device',
      message:
        'A GPUBuffer does not say which device it belongs to, and no GPUDevice is in sight of the stopped functions.',
      help: 'Stop where the GPUDevice is in a variable of a function on the stack, or in one of its objects.',
    });
  }

  /** Runs a runtime's kernels on a device so that an error of theirs is ours alone. */
  guarded<Value>(device: GPUDevice, run: () => Value): Value {
    const reader = this.reader(device);
    this.failedScopes = [];
    this.asked = [];
    reader.failedScope = null;
    try {
      return reader.guarded(run);
    } catch (error) {
      const scope = reader.failedScope as Promise<GPUError | null> | null;
      if (scope) this.failedScopes.push(scope);
      throw error;
    }
  }

  /** Lets go of large staging buffers; the program is about to run. */
  trim(): void {
    for (const reader of this.#used) reader.staging.trim();
    this.#used.clear();
    this.failedScopes = [];
    this.asked = [];
    this.lost = null;
  }

  /**
   * The last read was refused because of this: of a single buffer it is remembered.
   * @returns what that means; null if what was refused is no read, or no device that was asked is lost
   */
  refusedBecause(cause: RefusalCause): ErrorReport | null {
    const [buffer, another] = this.asked;
    if (!buffer || (cause === 'lost' && !this.lost)) return null;
    if (!another) causes.set(buffer, cause);
    return refusals[cause];
  }
}

export function sameDevices(a: readonly GPUDevice[], b: readonly GPUDevice[]): boolean {
  return a.length === b.length && a.every((device, index) => device === b[index]);
}
