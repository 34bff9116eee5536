/**
 * Tensor classes of runtimes that are bundled with the program into one file. There is no module at whose end the class
 * could be shown to the recorder, so a breakpoint in its constructor does that at the first tensor of all, and is removed.
 */
import type { CdpSession } from '../../cdp/cdpSession.ts';
import { recorderExpression } from '../../inspector/watch/copies.ts';
import { urlPatternOf } from './paths.ts';

/** How the constructors begin, up to where `this` is there; whatever bundlers and minifiers have made of the names. */
const constructors = {
  'jax-js':
    /\bconstructor\(([\w$]+)\)\s*\{\s*(?:if ?\()?super\([^()]*\)[;,]\s*this\.#[\w$]+ ?= ?\1\.dtype[;,]\s*this\.#[\w$]+ ?= ?\1\.weakType\b/,
  onnxruntime:
    /\bconstructor\(([\w$]+),\s*[\w$]+,\s*[\w$]+\)\s*\{(?=[^]{0,500}?\bthis\.dataLocation ?= ?\1\.location\b)/,
};

export class BundledClasses {
  readonly #main: CdpSession;
  readonly #ids = new Set<string>();

  constructor(main: CdpSession) {
    this.#main = main;
  }

  /** @param program the file that Node is to run, with its text */
  async watch(program: string, text: string): Promise<void> {
    for (const [runtime, constructor] of Object.entries(constructors)) {
      const found = constructor.exec(text);
      if (!found) continue;
      const lines = text.slice(0, found.index + found[0].length).split('\n');
      const { breakpointId } = await this.#main.send('Debugger.setBreakpointByUrl', {
        urlRegex: urlPatternOf(program),
        lineNumber: lines.length - 1,
        columnNumber: lines.at(-1)!.length,
        condition: `${recorderExpression}?.watchClassOf(${JSON.stringify(runtime)}, this), true`,
      });
      this.#ids.add(breakpointId);
    }
  }

  /** @returns whether the program has stopped at one of these breakpoints, which is nobody else's concern */
  async hit(cdpIds: readonly string[]): Promise<boolean> {
    const hit = cdpIds.filter((id) => this.#ids.delete(id));
    for (const breakpointId of hit) await this.#main.send('Debugger.removeBreakpoint', { breakpointId });
    return hit.length > 0;
  }
}
