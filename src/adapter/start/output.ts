/** What the program writes, without what its inspector adds. */
import { StringDecoder } from 'node:string_decoder';

/** The lines of the inspector itself, on stderr. */
const bannerLines = [
  /^Debugger listening on ws:\/\/\S+$/,
  /^For help, see: https:\/\/nodejs\.org\/\S+$/,
  /^Debugger attached\.$/,
  /^Waiting for the debugger to disconnect\.\.\.$/,
  /^Debugger ending on ws:\/\/\S+$/,
];
const bannerStarts = [
  'Debugger listening on ws://',
  'For help, see: https://nodejs.org/',
  'Debugger attached.',
  'Waiting for the debugger to disconnect...',
  'Debugger ending on ws://',
];

/**
 * Passes a stream of text on as it comes, banner lines left out. Only the start of a line that may become one is held
 * back, so that a prompt without a line break appears at once.
 */
export class BannerFilter {
  readonly #write: (text: string) => void;
  readonly #onListening: (websocketUrl: string) => void;
  #held = '';
  #atLineStart = true;

  constructor(write: (text: string) => void, onListening: (websocketUrl: string) => void) {
    this.#write = write;
    this.#onListening = onListening;
  }

  push(text: string): void {
    let passed = '';
    let rest = this.#held + text;
    this.#held = '';
    while (rest !== '') {
      const end = rest.indexOf('\n');
      const line = end < 0 ? rest : rest.slice(0, end);
      if (end < 0) {
        if (this.#atLineStart && mayBecomeBanner(line)) {
          this.#held = line;
          break;
        }
        passed += line;
        this.#atLineStart = false;
        break;
      }
      if (this.#atLineStart && this.#isBanner(line.replace(/\r$/, ''))) {
        // Left out.
      } else passed += rest.slice(0, end + 1);
      this.#atLineStart = true;
      rest = rest.slice(end + 1);
    }
    if (passed !== '') this.#write(passed);
  }

  end(): void {
    if (this.#held !== '' && !this.#isBanner(this.#held)) this.#write(this.#held);
    this.#held = '';
  }

  #isBanner(line: string): boolean {
    if (!bannerLines.some((banner) => banner.test(line))) return false;
    const url = /^Debugger listening on (ws:\/\/\S+)$/.exec(line)?.[1];
    if (url !== undefined) this.#onListening(url);
    return true;
  }
}

function mayBecomeBanner(line: string): boolean {
  return bannerStarts.some((start) => (line.length < start.length ? start.startsWith(line) : line.startsWith(start)));
}

/** Decodes a stream's chunks, characters that were cut in two put together again. */
export function decodeTo(write: (text: string) => void): { push(chunk: Buffer): void; end(): void } {
  const decoder = new StringDecoder('utf8');
  const pass = (text: string) => {
    if (text !== '') write(text);
  };
  return { push: (chunk) => pass(decoder.write(chunk)), end: () => pass(decoder.end()) };
}
