/** One thing at a time that is read for a panel: the newest wish counts, older ones are cancelled. */
import { reportOf, TensorError } from '../src/protocol/errors.ts';

export class Loader<T> {
  readonly #onChange: () => void;
  #key: string | null = null;
  #abort: AbortController | null = null;
  #load: ((signal: AbortSignal) => Promise<T>) | null = null;
  /** What came last, and what it was the answer to. */
  value: T | null = null;
  valueKey: string | null = null;
  error: TensorError | null = null;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get loading(): boolean {
    return this.#abort !== null;
  }

  /** Loads what the key stands for, unless it is here or on its way. */
  want(key: string, load: (signal: AbortSignal) => Promise<T>): void {
    if (key === this.#key) return;
    this.cancel();
    this.#key = key;
    this.#load = load;
    this.#start();
  }

  retry(): void {
    this.#start();
    this.#onChange();
  }

  /** Nothing is wanted any more; what came stays. */
  cancel(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.#key = null;
    this.error = null;
  }

  /** Puts back what was kept; nothing is asked for it. */
  restore(key: string, value: T): void {
    this.value = value;
    this.valueKey = key;
  }

  /** Another tensor. */
  reset(): void {
    this.cancel();
    this.value = null;
    this.valueKey = null;
  }

  #start(): void {
    const [key, load] = [this.#key, this.#load];
    if (key === null || !load) return;
    const abort = new AbortController();
    this.#abort = abort;
    this.error = null;
    load(abort.signal)
      .then((value) => {
        if (abort.signal.aborted) return;
        this.value = value;
        this.valueKey = key;
      })
      .catch((error: unknown) => {
        if (abort.signal.aborted) return;
        this.error = error instanceof TensorError ? error : new TensorError(reportOf(error), { cause: error });
      })
      .finally(() => {
        if (abort.signal.aborted) return;
        this.#abort = null;
        this.#onChange();
      });
  }
}
