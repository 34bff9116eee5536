/** One line on a terminal's stderr that says what takes long; nothing where nobody looks. */

/** What is done sooner than this is not worth a line. */
const patienceMs = 700;
const frameMs = 100;
const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

export class Progress {
  readonly #stream: NodeJS.WriteStream;
  #text: string | null = null;
  #since = 0;
  #frame = 0;
  #shown = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** @param text what is being done; null if nothing is */
  show(text: string | null): void {
    if (!this.#stream.isTTY) return;
    if (text === null) {
      this.clear();
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else if (this.#timer === undefined) {
      this.#since = performance.now();
      this.#timer = setInterval(() => this.#draw(), frameMs).unref();
    }
    this.#text = text;
  }

  /** Takes the line away so that something else can be written; it comes back by itself. */
  clear(): void {
    if (this.#shown) this.#stream.write('\r\x1b[K');
    this.#shown = false;
  }

  #draw(): void {
    const elapsedMs = performance.now() - this.#since;
    if (this.#text === null || elapsedMs < patienceMs) return;
    this.#frame = (this.#frame + 1) % frames.length;
    const line = `${frames[this.#frame]} ${this.#text} (${(elapsedMs / 1000).toFixed(0)} s)`;
    this.#stream.write(`\r\x1b[K${line.slice(0, (this.#stream.columns || 80) - 1)}`);
    this.#shown = true;
  }
}
