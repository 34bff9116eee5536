/** The `--break`s of an inspection: set in the adapter, and what became of each. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DapClient } from './dapClient.ts';
import type { InspectOptions } from './options.ts';

export class Breaks {
  readonly #client: DapClient;
  readonly #options: InspectOptions;
  readonly #byFile: ReadonlyMap<string, InspectOptions['breaks']>;
  readonly #known = new Map<number, { text: string; breakpoint: DebugProtocol.Breakpoint }>();

  constructor(client: DapClient, options: InspectOptions) {
    this.#client = client;
    this.#options = options;
    this.#byFile = breaksByFile(options);
    client.on('breakpoint', ({ breakpoint }) => {
      const known = this.#known.get(breakpoint.id ?? 0);
      if (known) known.breakpoint = breakpoint;
    });
  }

  /** Where the program is to stop, as it was typed. */
  get where(): string {
    const { breaks } = this.#options;
    return breaks.length > 0 ? breaks.map(({ text }) => text).join(' or ') : 'a debugger statement';
  }

  async set(): Promise<void> {
    const { condition } = this.#options;
    for (const [path, breaks] of this.#byFile) {
      const { breakpoints } = await this.#client.request('setBreakpoints', {
        source: { path },
        breakpoints: breaks.map(({ line, column }) => ({
          line,
          ...(column !== undefined && { column }),
          ...(condition !== undefined && { condition }),
        })),
      });
      breakpoints.forEach((breakpoint, index) => {
        const text = breaks[index]?.text ?? path;
        this.#known.set(breakpoint.id ?? -1 - this.#known.size, { text, breakpoint });
      });
    }
  }

  async remove(): Promise<void> {
    for (const path of this.#byFile.keys()) {
      await this.#client.request('setBreakpoints', { source: { path }, breakpoints: [] });
    }
  }

  /** Why those that did not stop the program did not, in a sentence each; empty if it just did not get there. */
  get reasons(): string[] {
    const { condition } = this.#options;
    return [...this.#known.values()].flatMap(({ text, breakpoint: { verified, message } }) => {
      if (message !== undefined) return [`${text}: ${message}`];
      // V8 tells of a pass only where the condition holds.
      if (verified && condition !== undefined)
        return [`${text}: The condition "${condition}" held at no pass, if there was one.`];
      return verified ? [] : [`${text} was never loaded, or has no code on that line.`];
    });
  }
}

function breaksByFile(options: InspectOptions): Map<string, InspectOptions['breaks']> {
  const { cwd } = options;
  const program = programPath(options);
  const folders = program === undefined ? [cwd] : [cwd, dirname(program)];
  const byFile = new Map<string, InspectOptions['breaks']>();
  for (const location of options.breaks) {
    const file = resolveExisting(location.file, folders);
    byFile.set(file, [...(byFile.get(file) ?? []), location]);
  }
  return byFile;
}

/** Where the program is that is to be started; undefined for one that runs already. */
export function programPath({ target, cwd }: InspectOptions): string | undefined {
  return 'program' in target ? resolveExisting(target.program, [cwd]) : undefined;
}

/** A path of the command line is meant from where one stands; then from the folders that the program has to do with. */
function resolveExisting(path: string, folders: readonly string[]): string {
  const candidates = ['.', ...folders].map((folder) => resolve(folder, path));
  return candidates.find((candidate) => existsSync(candidate)) ?? resolve(path);
}
