/** Appends pieces to a file, one behind the other; while one is being written, the next one can be made. */
import type { FileHandle } from 'node:fs/promises';

export class FileAppender {
  readonly #handle: FileHandle;
  readonly #explain: <Value>(run: () => Promise<Value>) => Promise<Value>;
  #position = 0;
  #writing: Promise<void> = Promise.resolve();

  /** @param explain runs a file system call, and says in its error what the user has to know */
  constructor(handle: FileHandle, explain: <Value>(run: () => Promise<Value>) => Promise<Value>) {
    this.#handle = handle;
    this.#explain = explain;
  }

  /** Where the next piece goes. */
  get position(): number {
    return this.#position;
  }

  /** Resolves when the piece before this one is written; until the next call does, this one must stay as it is. */
  async append(bytes: Uint8Array): Promise<void> {
    await this.#writing;
    this.#writing = this.#write(bytes, this.#position);
    // It fails at the next call.
    this.#writing.catch(() => undefined);
    this.#position += bytes.byteLength;
  }

  /** Somebody else has written so much. */
  skip(byteLength: number): void {
    this.#position += byteLength;
  }

  /** Resolves when everything is written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #write(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.byteLength;) {
      const { bytesWritten } = await this.#explain(() =>
        this.#handle.write(bytes, done, bytes.byteLength - done, position + done),
      );
      done += bytesWritten;
    }
  }
}
