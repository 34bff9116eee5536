/**
 * Carries bulk bytes from the debuggee: raw, through files in a private folder that both sides see, or, where they don't
 * share a file system, through the protocol in pieces that its connection can take.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UploadPiece, WindowRequest } from '../protocol/agent.ts';
import { TensorError } from '../protocol/errors.ts';
import type { CopyCost } from '../protocol/tensor.ts';
import type { AgentLink } from './agentLink.ts';

/** One agent call moves so much; between two of them there is time to report progress, or to stop. */
const callBytes = 64 * 2 ** 20;
/** Node's inspector closes its connection near 100 MiB; and base64 of so much takes some 100 ms. */
const protocolBytes = 4 * 2 ** 20;
/** A piece that is looked at in memory on its way. */
const pieceBytes = 16 * 2 ** 20;

export interface BulkProgress {
  onBytes?(bytes: number): void;
  signal?: AbortSignal | undefined;
}

export class BulkReader {
  readonly #link: AgentLink;
  #folder: Promise<string> | null = null;
  #sharesFiles: Promise<boolean> | null = null;

  constructor(link: AgentLink) {
    this.#link = link;
  }

  async readWindow(request: WindowRequest, bytes: number): Promise<{ bytes: Uint8Array; cost: CopyCost }> {
    const file = join(await this.#privateFolder(), randomUUID());
    await writeFile(file, '', { mode: 0o600 });
    try {
      const cost = await this.writeWindow(request, { file, position: 0 }, bytes, {});
      return { bytes: await readFile(file), cost };
    } finally {
      await rm(file, { force: true });
    }
  }

  /** Elements `from` to `to` of a window; `size` bytes each. */
  async readRange(request: WindowRequest, from: number, to: number, size: number): Promise<Uint8Array> {
    const pieces: Buffer[] = [];
    for (let at = from; at < to;) {
      const maxBytes = Math.min(protocolBytes, (to - at) * size);
      const { base64, nextElement } = await this.#link.call('chunk', { request, from: at, maxBytes });
      pieces.push(Buffer.from(base64, 'base64'));
      at = nextElement;
    }
    return Buffer.concat(pieces);
  }

  /**
   * Writes a window's elements, raw and row-major, into a file that exists.
   * @throws TensorError `cancelled` once `signal` says so; what was written stays, the caller removes it
   */
  async writeWindow(
    request: WindowRequest,
    { file, position }: { file: string; position: number },
    totalBytes: number,
    progress: BulkProgress,
  ): Promise<CopyCost> {
    const direct = await this.#reaches();
    let total: CopyCost | null = null;
    let from = 0;
    let written = 0;
    if (totalBytes === 0) return noCost;
    for (;;) {
      assertNotCancelled(progress.signal, written, totalBytes);
      const step = direct
        ? await this.#link.call('write', { request, file, position: position + written, from, maxBytes: callBytes })
        : await this.#carry(request, file, position + written, from);
      written += step.bytesWritten;
      total = total ? addCost(total, step.cost) : step.cost;
      from = step.nextElement;
      progress.onBytes?.(written);
      if (step.done) return total;
    }
  }

  /** The same elements piece by piece, for formats that have to look at them; `cost` is what all so far have cost. */
  async *pieces(
    request: WindowRequest,
    totalBytes: number,
    progress: BulkProgress,
  ): AsyncGenerator<{ bytes: Uint8Array; cost: CopyCost }> {
    if (totalBytes === 0) return;
    const direct = await this.#reaches();
    const file = join(await this.#privateFolder(), randomUUID());
    if (direct) await writeFile(file, '', { mode: 0o600 });
    let cost = noCost;
    let seen = 0;
    try {
      for (let from = 0, done = false; !done;) {
        assertNotCancelled(progress.signal, seen, totalBytes);
        let bytes: Uint8Array;
        let step: { nextElement: number; done: boolean; cost: CopyCost };
        if (direct) {
          const written = await this.#link.call('write', { request, file, position: 0, from, maxBytes: pieceBytes });
          bytes = (await readFile(file)).subarray(0, written.bytesWritten);
          step = written;
        } else {
          const { base64, ...rest } = await this.#link.call('chunk', { request, from, maxBytes: protocolBytes });
          bytes = Buffer.from(base64, 'base64');
          step = rest;
        }
        ({ nextElement: from, done } = step);
        cost = addCost(cost, step.cost);
        seen += bytes.byteLength;
        yield { bytes, cost };
        progress.onBytes?.(seen);
      }
    } finally {
      await rm(file, { force: true });
    }
  }

  /** The other way: hands a piece over, through a file where the debuggee sees ours. */
  async send(bytes: Uint8Array, handOver: (piece: UploadPiece) => Promise<unknown>): Promise<void> {
    if (!(await this.#reaches())) {
      const { buffer, byteOffset, byteLength } = bytes;
      await handOver({ base64: Buffer.from(buffer, byteOffset, byteLength).toString('base64') });
      return;
    }
    const file = join(await this.#privateFolder(), randomUUID());
    await writeFile(file, bytes, { mode: 0o600 });
    try {
      await handOver({ file, byteLength: bytes.byteLength });
    } finally {
      await rm(file, { force: true });
    }
  }

  async dispose(): Promise<void> {
    const folder = await this.#folder;
    this.#folder = null;
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }

  async #carry(request: WindowRequest, file: string, position: number, from: number) {
    const { base64, ...step } = await this.#link.call('chunk', { request, from, maxBytes: protocolBytes });
    const bytes = Buffer.from(base64, 'base64');
    const handle = await open(file, 'r+');
    try {
      await handle.write(bytes, 0, bytes.byteLength, position);
    } finally {
      await handle.close();
    }
    return { ...step, bytesWritten: bytes.byteLength };
  }

  /** Whether the debuggee sees our files: on another machine, or in a container, it does not. */
  #reaches(): Promise<boolean> {
    this.#sharesFiles ??= (async () => {
      const file = join(await this.#privateFolder(), 'probe');
      const content = randomUUID();
      await writeFile(file, content, { mode: 0o600 });
      return this.#link.call('sharesFiles', { file, content });
    })();
    return this.#sharesFiles;
  }

  #privateFolder(): Promise<string> {
    // A tmpfs is several times faster than a disk for bytes that live for a moment.
    const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
    this.#folder ??= mkdtemp(join(parent, 'tensor-debugger-'));
    return this.#folder;
  }
}

/** @throws TensorError `cancelled` */
export function assertNotCancelled(signal: AbortSignal | undefined, bytes: number, totalBytes: number): void {
  if (!signal?.aborted) return;
  throw new TensorError({
    code: 'cancelled',
    message: `Cancelled after ${bytes} of ${totalBytes} bytes; nothing was left behind.`,
  });
}

export const noCost: CopyCost = {
  bytes: 0,
  queueMs: 0,
  transferMs: 0,
  readbacks: 0,
  stagingBytes: 0,
  wholeBytes: 0,
  wholeMsEstimate: 0,
};

export function addCost(a: CopyCost, b: CopyCost): CopyCost {
  return {
    ...b,
    bytes: a.bytes + b.bytes,
    queueMs: a.queueMs + b.queueMs,
    transferMs: a.transferMs + b.transferMs,
    readbacks: a.readbacks + b.readbacks,
  };
}
