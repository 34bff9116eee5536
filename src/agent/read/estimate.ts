/** What a copy would take, from what copies have taken here: a latency, and a bandwidth above it. */
const smallBytes = 64 * 1024;
const largeBytes = 2 ** 20;

export class CopyEstimate {
  #latencyMs: number | null = null;
  #bytesPerMs: number | null = null;

  /** Learns from a measured copy. */
  measured(bytes: number, ms: number): void {
    if (bytes <= smallBytes) {
      this.#latencyMs = Math.min(ms, this.#latencyMs ?? ms);
    } else if (bytes >= largeBytes) {
      const rate = bytes / Math.max(ms - (this.#latencyMs ?? 0), 0.01);
      this.#bytesPerMs = Math.max(rate, this.#bytesPerMs ?? 0);
    }
  }

  /** @param guessBytesPerMs stands in for the bandwidth until a large copy was measured */
  ms(bytes: number, guessBytesPerMs: number): number {
    return (this.#latencyMs ?? 0) + bytes / (this.#bytesPerMs ?? guessBytesPerMs);
  }
}

/** PCIe 3 x16 moves about 12 GB/s and readback through a mapped buffer reaches a good part of it; 4 GB/s to be modest. */
export const guessedDeviceBytesPerMs = 4e6;
/** One core copies memory at some 8 GB/s. */
export const guessedHostBytesPerMs = 8e6;
