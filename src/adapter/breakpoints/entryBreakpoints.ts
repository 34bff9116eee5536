/**
 * Stops scripts as they begin, while their maps are read and their breakpoints are set. There is no one way to do that:
 *
 * - ES modules V8 stops by itself before their first statement (an instrumentation breakpoint).
 * - CommonJS modules it does not. Node's loader is stopped instead, after it has compiled one and before it runs it.
 * - What is compiled in other ways has a breakpoint by URL at its first statement, which is second best: where a function
 *   stands first, V8 puts it in there.
 * - Where the places are those of the file, its first statements or the wanted lines themselves will do.
 */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import type { Position } from '../../cdp/sourceMaps.ts';
import { literally, urlPatternOf } from '../program/paths.ts';
import { reasonsOf } from '../program/pauseReasons.ts';
import type { Script, Scripts } from '../program/scripts.ts';
import { firstStatements } from './firstStatements.ts';

/** Outside of `node_modules`. Node gives CommonJS modules whose types it strips a path instead of a URL. */
const ownScript = '(file:///|/|[a-zA-Z]:[\\\\/])(?!.*[\\\\/]node_modules[\\\\/])';

/** What Node's loader calls to compile a CommonJS module, and next, to run it. Without them the second best has to do. */
const loader = {
  compile: "process.getBuiltinModule('module').prototype._compile",
  afterCompile: "process.getBuiltinModule('path').dirname",
};

export class EntryBreakpoints {
  readonly #main: CdpSession;
  readonly #scripts: Scripts;
  /** By URL, at first statements. */
  #firstId: string | undefined;
  /** In Node's loader: before a module is compiled, and while one is, behind that. */
  #compileId: string | undefined;
  #compiledId: string | undefined;
  /** By path and place; see `stopAt`. */
  readonly #byPlace = new Map<string, Map<string, string>>();
  readonly #entered = new Set<string>();
  /** URLs of scripts whose first statement is in a function, which would be stopped at each call. */
  readonly #leftOut: string[] = [];
  /** The URL of the program that is to be stopped at its first statement, until it was. */
  #program: RegExp | undefined;

  constructor(main: CdpSession, scripts: Scripts) {
    this.#main = main;
    this.#scripts = scripts;
  }

  /** Whether the program is stopped at the beginning of a script. */
  isEntry(event: Protocol.Debugger.PausedEvent): boolean {
    const places = [...this.#byPlace.values()].flatMap((entries) => [...entries.values()]);
    const ids = [this.#firstId, ...places];
    return event.hitBreakpoints?.some((id) => ids.includes(id)) === true || hasReason(event, 'Break on start');
  }

  /** Until the first breakpoint is set, no script is stopped for it. */
  async stopAtFirstStatements(): Promise<void> {
    if (this.#firstId !== undefined) return;
    this.#firstId = await this.#setByUrl(`^${ownScript}`, 0, 0);
    // Others than these would be stopped at too: whatever a debugger evaluates is a script.
    const instrumentation = 'beforeScriptWithSourceMapExecution';
    await this.#main.send('Debugger.setInstrumentationBreakpoint', { instrumentation });
    await this.#stopInLoader();
    // Maps of scripts that were loaded before may still be on their way; `ofPath` knows them only then.
    await Promise.all([...this.#scripts.all()].map(({ map }) => map));
  }

  /**
   * Stops the program at its first statement for certain: at whichever of its first ones is the first to run. A program without any
   * reason for that is left alone: Node 22 hears nothing of the debugger in the loop in which it was stopped once.
   * @param program a file; undefined: the first script that is no package's
   * @param text of the file
   * @param isStop whether it stays stopped there, once what was preloaded and what it imports has run. Otherwise it matters only
   *   for what has `debugger` statements, whose variables are lost where a loop at the top is optimised before they are seen.
   */
  async stopAtProgram(program: string | undefined, text: string, isStop: boolean): Promise<void> {
    if (!isStop && !text.includes('debugger')) return;
    if (isStop) this.#program = new RegExp(program === undefined ? `^${ownScript}` : urlPatternOf(program));
    await this.stopAtFirstStatements();
    if (program !== undefined) await this.stopAt(program, firstStatements(text));
  }

  /** @returns whether this script, which is at its first statement, is the program that is to be stopped there; once */
  isProgram({ url }: Script): boolean {
    if (this.#program?.test(url) !== true) return false;
    this.#program = undefined;
    return true;
  }

  /**
   * Stops a script that is not loaded yet at these places, and where code begins after its first line, until it is entered. One
   * that is wrapped has nothing at the place by which others are stopped at their first statement, and keeps these: what runs
   * before all of them runs without breakpoints.
   */
  async stopAt(path: string, places: readonly Position[]): Promise<void> {
    if (this.#scripts.ofPath(path).length > 0) return;
    const entries = this.#byPlace.get(path) ?? new Map<string, string>();
    this.#byPlace.set(path, entries);
    const urlRegex = urlPatternOf(path);
    // One after the other, here as in `entered`: Node 20 is in danger of crashing where many such messages wait for it.
    for (const { line, column } of [{ line: 1, column: 0 }, ...places]) {
      const place = `${line}:${column}`;
      if (!entries.has(place)) entries.set(place, await this.#setByUrl(urlRegex, line, column));
    }
  }

  /** A script has been stopped at its entry, and has its breakpoints. */
  async entered({ id, url, path, isWrapped }: Script, { hitBreakpoints: ids = [] }: Protocol.Debugger.PausedEvent) {
    const isAgain = this.#entered.has(id);
    this.#entered.add(id);
    if (isAgain && this.#firstId !== undefined && ids.includes(this.#firstId)) await this.#leaveOut(url);
    if (path === undefined || isWrapped) return;
    const entries = this.#byPlace.get(path);
    this.#byPlace.delete(path);
    for (const breakpointId of entries?.values() ?? []) await this.#remove(breakpointId);
  }

  /**
   * Before a script runs, it may be stopped where nobody is to see it.
   * @returns null if this is no such stop; otherwise the script that is about to run, if one is
   */
  async beforeScript(event: Protocol.Debugger.PausedEvent): Promise<{ script?: Script } | null> {
    if (!hasReason(event, 'instrumentation')) return this.#inLoader(event);
    const script = this.#scripts.get(event.callFrames[0]?.location.scriptId ?? '');
    return script ? { script } : {};
  }

  async #inLoader({ hitBreakpoints: ids = [] }: Protocol.Debugger.PausedEvent): Promise<{ script?: Script } | null> {
    if (this.#compileId !== undefined && ids.includes(this.#compileId)) {
      this.#compiledId ??= await this.#setOnCall(loader.afterCompile);
      return {};
    }
    if (this.#compiledId === undefined || !ids.includes(this.#compiledId)) return null;
    await this.#remove(this.#compiledId);
    this.#compiledId = undefined;
    const script = [...this.#scripts.all()].at(-1);
    return script ? { script } : {};
  }

  async #stopInLoader(): Promise<void> {
    // The words are those of the loader's own scope: what the program has made of its `RegExp` is not asked.
    const isOwn = `RegExpPrototypeExec(/[\\\\/]node_modules[\\\\/]/, arguments[1]) === null`;
    const hasMap = `RegExpPrototypeExec(/\\/\\/[#@] sourceMappingURL=/, arguments[0]) !== null`;
    this.#compileId = await this.#setOnCall(loader.compile, `${isOwn} && ${hasMap}`);
  }

  async #leaveOut(url: string): Promise<void> {
    const before = this.#firstId;
    this.#leftOut.push(literally(url));
    this.#firstId = await this.#setByUrl(`^(?!(${this.#leftOut.join('|')})$)${ownScript}`, 0, 0);
    if (before !== undefined) await this.#remove(before);
  }

  async #setByUrl(urlRegex: string, lineNumber: number, columnNumber: number): Promise<string> {
    const place = { urlRegex, lineNumber, columnNumber };
    return (await this.#main.send('Debugger.setBreakpointByUrl', place)).breakpointId;
  }

  async #setOnCall(expression: string, condition?: string): Promise<string | undefined> {
    const { result } = await this.#main.send('Runtime.evaluate', { expression, silent: true });
    if (result.type !== 'function' || result.objectId === undefined) return undefined;
    const { breakpointId } = await this.#main.send('Debugger.setBreakpointOnFunctionCall', {
      objectId: result.objectId,
      ...(condition !== undefined && { condition }),
    });
    return breakpointId;
  }

  async #remove(breakpointId: string): Promise<void> {
    await this.#main.send('Debugger.removeBreakpoint', { breakpointId });
  }
}

function hasReason(event: Protocol.Debugger.PausedEvent, wanted: string): boolean {
  return reasonsOf(event).some(({ reason }) => reason === wanted);
}
