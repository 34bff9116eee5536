/**
 * Carries bulk bytes from the debuggee: raw, through files in a private folder that both sides see, or, where they don't
 * share a file system, through the protocol in pieces that its connection can take.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UploadPiece, WindowRequest } from '../../protocol/agent.ts';
import { assertNotCancelled } from '../../protocol/errors.ts';
import type { CopyCost } from '../../protocol/tensor.ts';
import type { AgentLink } from '../link/agentLink.ts';
import { privateFolder } from '../../formats/removeAtEnd.ts';

/** One agent call moves so much; between two of them there is time to report progress, or to stop. */
const callBytes = 64 * 2 ** 20;
/** Node's inspector closes its connection near 100 MiB; and base64 of so much takes some 100 ms. */
const protocolBytes = 4 * 2 ** 20;
/** A piece that is looked at in memory on its way. */
const pieceBytes = 4 * 2 ** 20;

export interface BulkProgress {
  onBytes?(bytes: number): void;
  signal?: AbortSignal | undefined;
}

/** Through which the program hands bytes over. */
interface PrivateFile {
  file: string;
  handle: FileHandle;
  remove: () => Promise<void>;
}

export class BulkReader {
  readonly #link: AgentLink;
  #folder: Promise<string> | null = null;
  #sharesFiles: Promise<boolean> | null = null;

  constructor(link: AgentLink) {
    this.#link = link;
  }

  /** @param into takes the window's elements, as many bytes as they are */
  async readWindow(request: WindowRequest, into: Uint8Array): Promise<CopyCost> {
    const { file, handle, remove } = await this.#privateFile();
    try {
      const cost = await this.writeWindow(request, { file, position: 0 }, into.byteLength, {});
      await readFully(handle, into);
      return cost;
    } finally {
      await remove();
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
      assertNotCancelledAfter(written, totalBytes, progress.signal);
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

  /**
   * The same elements piece by piece, for formats that have to look at them; `cost` is what all so far have cost. A piece
   * stays as it is until the next but one is asked for: memory of its own for each would pile up until the next garbage
   * collection, which is in no hurry while the heap itself is small.
   */
  async *pieces(
    request: WindowRequest,
    totalBytes: number,
    progress: BulkProgress,
  ): AsyncGenerator<{ bytes: Uint8Array; cost: CopyCost }> {
    if (totalBytes === 0) return;
    // One is written to the target while the other is filled.
    let [buffer, other] = [0, 1].map(() => Buffer.allocUnsafeSlow(Math.min(pieceBytes, totalBytes))) as [
      Buffer,
      Buffer,
    ];
    let cost = noCost;
    let seen = 0;
    const carrier = (await this.#reaches()) ? await this.#privateFile() : null;
    try {
      for (let from = 0, done = false; !done; [buffer, other] = [other, buffer]) {
        assertNotCancelledAfter(seen, totalBytes, progress.signal);
        const step = carrier
          ? await this.#fillThroughFile(buffer, carrier, request, from)
          : await this.#fillThroughProtocol(buffer, request, from);
        ({ nextElement: from, done } = step);
        cost = addCost(cost, step.cost);
        seen += step.byteLength;
        yield { bytes: buffer.subarray(0, step.byteLength), cost };
        progress.onBytes?.(seen);
      }
    } finally {
      await carrier?.remove();
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

  async #fillThroughFile(buffer: Buffer, { file, handle }: PrivateFile, request: WindowRequest, from: number) {
    const { bytesWritten, ...step } = await this.#link.call('write', {
      request,
      file,
      position: 0,
      from,
      maxBytes: buffer.byteLength,
    });
    await readFully(handle, buffer.subarray(0, bytesWritten));
    return { ...step, byteLength: bytesWritten };
  }

  async #fillThroughProtocol(buffer: Buffer, request: WindowRequest, from: number) {
    const { base64, ...step } = await this.#link.call('chunk', { request, from, maxBytes: protocolBytes });
    return { ...step, byteLength: buffer.write(base64, 'base64') };
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

  async #privateFile(): Promise<PrivateFile> {
    const file = join(await this.#privateFolder(), randomUUID());
    const handle = await open(file, 'wx+', 0o600);
    const remove = async (): Promise<void> => {
      await handle.close();
      await rm(file, { force: true });
    };
    return { file, handle, remove };
  }

  #privateFolder(): Promise<string> {
    // A tmpfs is several times faster than a disk for bytes that live for a moment.
    this.#folder ??= privateFolder(existsSync('/dev/shm') ? '/dev/shm' : tmpdir());
    return this.#folder;
  }
}

async function readFully(handle: FileHandle, into: Uint8Array): Promise<void> {
  for (let at = 0; at < into.byteLength;) {
    const { bytesRead } = await handle.read(into, at, into.byteLength - at, at);
    if (bytesRead === 0) throw new Error('What the program has written for the debugger is shorter than it said.');
    at += bytesRead;
  }
}

/** @throws TensorError as `assertNotCancelled` */
export function assertNotCancelledAfter(bytes: number, totalBytes: number, signal: AbortSignal | undefined): void {
  assertNotCancelled(signal, `Cancelled after ${bytes} of ${totalBytes} bytes; nothing was left behind.`);
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
