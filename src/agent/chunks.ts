/** A window in chunks that take bounded memory: into a file, which the debugger then reads, or as base64 through the protocol. */
import type { AgentCalls, WindowRequest } from '../protocol/agent.ts';
import { TensorError } from '../protocol/errors.ts';
import { whyNotWritten } from '../protocol/systemErrors.ts';
import { itemSize } from '../tensor/dtypes.ts';
import { sliceSize } from '../tensor/slice.ts';
import { toBase64 } from './read/toBase64.ts';
import type { TensorReading } from './readTensor.ts';
import type { StopTensors } from './stopTensors.ts';

export class Chunks {
  readonly #held: StopTensors;
  readonly #reading: TensorReading;

  constructor(held: StopTensors, reading: TensorReading) {
    this.#held = held;
    this.#reading = reading;
  }

  /** The window of a request, and its elements from `from` on that take at most `maxBytes`. */
  #part({ id, ranges, as }: WindowRequest, from: number, maxBytes: number) {
    const readable = this.#held.readable(id, as);
    const elements = sliceSize(ranges);
    const to = Math.min(elements, from + Math.max(1, Math.floor(maxBytes / itemSize(readable.dtype))));
    return { window: { readable, ranges }, to, done: to === elements };
  }

  inline({ request, from, maxBytes }: AgentCalls['chunk']['arguments']): AgentCalls['chunk']['result'] {
    const { window, to, done } = this.#part(request, from, maxBytes);
    const bytes = new Uint8Array((to - from) * itemSize(window.readable.dtype));
    let at = 0;
    const cost = this.#reading.stream(window, { from, to }, (piece) => {
      bytes.set(piece, at);
      at += piece.byteLength;
    });
    return { base64: toBase64(bytes), nextElement: to, done, cost };
  }

  /** Whether the debugger sees the files of this machine. */
  sharesFiles({ file, content }: AgentCalls['sharesFiles']['arguments']): boolean {
    try {
      return process?.getBuiltinModule?.('fs').readFileSync(file, 'utf8') === content;
    } catch (error) {
      // Another machine, or a program that may not read there: then the protocol carries the bytes.
      if (typeof (error as { code?: unknown }).code === 'string') return false;
      throw error;
    }
  }

  write({ request, file, position, from, maxBytes }: AgentCalls['write']['arguments']): AgentCalls['write']['result'] {
    const { window, to, done } = this.#part(request, from, maxBytes);
    const fs = process?.getBuiltinModule?.('fs');
    if (!fs) throw new TensorError({ code: 'file-system', message: 'The program has no file system to write to.' });
    const descriptor = fs.openSync(file, 'r+');
    let at = position;
    let cost;
    try {
      cost = this.#reading.stream(window, { from, to }, (bytes) => {
        for (let done = 0; done < bytes.byteLength;) {
          const written = fs.writeSync(descriptor, bytes, done, bytes.byteLength - done, at);
          done += written;
          at += written;
        }
      });
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      if (error instanceof TensorError || typeof code !== 'string') throw error;
      throw new TensorError(
        { code: 'file-system', message: `${file} could not be written: ${whyNotWritten(error)}.` },
        { cause: error },
      );
    } finally {
      fs.closeSync(descriptor);
    }
    return { nextElement: to, done, bytesWritten: at - position, cost };
  }
}
