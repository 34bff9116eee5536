/** Requests one after another, in their order; those that were cancelled while they waited are never made. */
import { TensorError } from '../../protocol/errors.ts';

interface Waiting {
  signal: AbortSignal;
  run: () => Promise<void>;
  reject: (error: Error) => void;
}

/**
 * A stopped program answers one question at a time anyway: what waits here, and not there, can still be dropped. Two are
 * under way, so that the program never waits for the next question.
 */
const atOnce = 2;

export class RequestQueue {
  readonly #waiting: Waiting[] = [];
  #running = 0;

  /** @throws TensorError `cancelled`, at once where the request was still waiting */
  add<T>(signal: AbortSignal, request: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const run = () => request().then(resolve, reject);
      const entry: Waiting = { signal, run, reject };
      this.#waiting.push(entry);
      signal.addEventListener('abort', () => this.#drop(entry), { once: true });
      this.#next();
    });
  }

  #drop(entry: Waiting): void {
    const index = this.#waiting.indexOf(entry);
    if (index < 0) return;
    this.#waiting.splice(index, 1);
    entry.reject(new TensorError({ code: 'cancelled', message: 'The request was cancelled before it was made.' }));
  }

  #next(): void {
    while (this.#running < atOnce) {
      const entry = this.#waiting.shift();
      if (!entry) return;
      this.#running++;
      void entry.run().finally(() => {
        this.#running--;
        this.#next();
      });
    }
  }
}
