/**
 * How often a line with a condition is passed. V8 tells of a breakpoint only where its condition holds, and somebody who waits
 * for that in vain wants to know whether the line was reached at all. A breakpoint of its own counts, by a condition that
 * calls a function behind a symbol that no enumeration shows, and is false: it costs no stop. It is taken away after a
 * thousand passes, so that a loop does not go on paying for it.
 */
import type { CdpSession } from '../cdp/cdpSession.ts';
import type { Position } from '../cdp/sourceMaps.ts';
import { literally } from './paths.ts';
import type { Script } from './scripts.ts';
import type { SourceBreakpoint } from './sourceBreakpoint.ts';

/** It is counted so far. */
const mostPasses = 1000;
const symbol = 'tensor-debugger.passes.v1';
/** Under which the protocol puts its function; it is taken from there at once. */
const binding = '__tensorDebuggerPasses';

const counter = `(() => {
  const send = globalThis.${binding};
  delete globalThis.${binding};
  const counts = { __proto__: null };
  const count = (id) => {
    counts[id] = (counts[id] || 0) + 1;
    if (counts[id] <= ${mostPasses}) send(id + ' ' + counts[id]);
  };
  Object.defineProperty(globalThis, Symbol.for('${symbol}'), { value: count, configurable: true });
})()`;

export class PassCounter {
  readonly #main: CdpSession;
  readonly #context: number;
  #installed: Promise<void> | undefined;
  readonly #counted = new Map<number, { breakpoint: SourceBreakpoint; cdpIds: Map<string, string> }>();

  /** @param context the program's main one: code in others (`node:vm`) can't reach the function, and is not counted */
  constructor(main: CdpSession, context: number) {
    this.#main = main;
    this.#context = context;
  }

  /** From now on the passes over a place where the breakpoint is bound are counted. */
  async count(breakpoint: SourceBreakpoint, script: Script, { line, column }: Position): Promise<void> {
    await (this.#installed ??= this.#install());
    const { id } = breakpoint;
    const { cdpIds } = this.#counted.get(id) ?? { cdpIds: new Map<string, string>() };
    this.#counted.set(id, { breakpoint, cdpIds });
    if (cdpIds.has(script.url) || breakpoint.judged.counted >= mostPasses) return;
    const { breakpointId } = await this.#main.send('Debugger.setBreakpointByUrl', {
      // By URL, for V8 takes one breakpoint of a kind per place; the second half matches nothing, and sets several apart.
      urlRegex: `^${literally(script.url)}$|^tensor-debugger:passes:${id}$`,
      lineNumber: line,
      columnNumber: column,
      // Names to which the program has given another meaning there are no error of the person's condition.
      condition: `try { globalThis[Symbol.for('${symbol}')](${id}); } catch {} false`,
    });
    cdpIds.set(script.url, breakpointId);
  }

  async forget({ id }: SourceBreakpoint): Promise<void> {
    const { cdpIds } = this.#counted.get(id) ?? {};
    this.#counted.delete(id);
    for (const breakpointId of cdpIds?.values() ?? [])
      await this.#main.send('Debugger.removeBreakpoint', { breakpointId });
  }

  async #install(): Promise<void> {
    this.#main.on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name === binding) this.#passed(payload.split(' ').map(Number));
    });
    await this.#main.send('Runtime.addBinding', { name: binding, executionContextId: this.#context });
    await this.#main.send('Runtime.evaluate', { expression: counter, contextId: this.#context, silent: true });
  }

  #passed([id = 0, passes = 0]: number[]): void {
    const breakpoint = this.#counted.get(id)?.breakpoint;
    if (!breakpoint) return;
    breakpoint.judged.counted = passes;
    // The program may have ended meanwhile, which is told elsewhere.
    if (passes >= mostPasses) this.forget(breakpoint).catch(() => undefined);
  }
}

export function passesInWords(passes: number): string {
  if (passes === 1) return 'once';
  return passes < mostPasses ? `${passes} times` : `at least ${mostPasses} times`;
}
