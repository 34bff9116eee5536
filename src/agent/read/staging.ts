/**
 * Host-visible buffers for readbacks, reused and bounded: the program's memory is finite too. At most two of
 * `maxStagingBytes` exist on a device; large ones go when the program runs on.
 */
import { destroy, usage, type Device } from './device.ts';

export const maxStagingBytes = 8 * 2 ** 20;
/** Kept between stops: enough for windows and statistics, too little to be missed. */
const keptBytes = 256 * 1024;
const smallestBytes = 4 * 1024;

export class StagingPool {
  readonly #device: Device;
  #free: GPUBuffer[] = [];
  readonly #sizes = new WeakMap<GPUBuffer, number>();
  /** Bytes of all staging buffers that exist. */
  heldBytes = 0;

  constructor(device: Device) {
    this.#device = device;
  }

  /** @returns a buffer of at least so many bytes, not mapped */
  take(byteLength: number): GPUBuffer {
    const index = this.#free.findIndex((buffer) => this.#sizes.get(buffer)! >= byteLength);
    if (index >= 0) return this.#free.splice(index, 1)[0]!;
    // A smaller one that lies idle would only add to what is held.
    for (const buffer of this.#free.splice(0)) this.discard(buffer);
    const size = Math.max(smallestBytes, 2 ** Math.ceil(Math.log2(byteLength)));
    const buffer = this.#device.createBuffer({
      label: 'tensor-debugger staging',
      size,
      usage: usage.mapRead | usage.copyDst,
    });
    this.#sizes.set(buffer, size);
    this.heldBytes += size;
    return buffer;
  }

  giveBack(buffer: GPUBuffer): void {
    this.#free.push(buffer);
  }

  /** For a buffer whose read failed: its state is not to be trusted. */
  discard(buffer: GPUBuffer): void {
    this.heldBytes -= this.#sizes.get(buffer)!;
    destroy(buffer);
  }

  /** Keeps what is small for the next stop, and lets the rest go. */
  trim(): void {
    const isSmall = (buffer: GPUBuffer) => this.#sizes.get(buffer)! <= keptBytes;
    for (const buffer of this.#free) if (!isSmall(buffer)) this.discard(buffer);
    this.#free = this.#free.filter(isSmall);
  }
}
