/**
 * Stops scripts as they begin, while their maps are read and their breakpoints are set: one breakpoint by URL, on everything
 * outside of `node_modules`, at the first statement. V8's instrumentation breakpoint for that purpose does not stop CommonJS
 * modules.
 */
import type { CdpSession } from '../cdp/cdpSession.ts';
import { urlPatternOf } from './paths.ts';
import type { Script, Scripts } from './scripts.ts';

/** Node gives CommonJS modules whose types it strips a path instead of a URL. */
export const firstStatement = '^(file:///|/|[a-zA-Z]:[\\\\/])(?!.*[\\\\/]node_modules[\\\\/])';

export class EntryBreakpoints {
  readonly #main: CdpSession;
  readonly #scripts: Scripts;
  #firstStatementId: string | undefined;
  /** By path and line; see `stopInWrapped`. */
  readonly #wrapped = new Map<string, Map<number, string>>();

  constructor(main: CdpSession, scripts: Scripts) {
    this.#main = main;
    this.#scripts = scripts;
  }

  has(cdpIds: readonly string[] = []): boolean {
    const ids = [this.#firstStatementId, ...[...this.#wrapped.values()].flatMap((lines) => [...lines.values()])];
    return cdpIds.some((id) => ids.includes(id));
  }

  /** Until the first breakpoint is set, no script is stopped for it. */
  async stopAtFirstStatements(): Promise<void> {
    if (this.#firstStatementId !== undefined) return;
    this.#firstStatementId = await this.#set(firstStatement, 0);
    // Maps of scripts that were loaded before may still be on their way; `ofPath` knows them only then.
    await Promise.all([...this.#scripts.all()].map(({ map }) => map));
  }

  /**
   * A script that is wrapped has nothing at the place by which others are stopped at their first statement. It is stopped
   * where code begins after its first line, and at the lines that are wanted, until it shows that it is not wrapped. What
   * runs before all of them runs without breakpoints.
   */
  async stopInWrapped(path: string, lines: readonly number[]): Promise<void> {
    if (this.#scripts.ofPath(path).length > 0) return;
    const entries = this.#wrapped.get(path) ?? new Map<number, string>();
    this.#wrapped.set(path, entries);
    const urlRegex = urlPatternOf(path);
    for (const line of new Set([1, ...lines])) {
      if (!entries.has(line)) entries.set(line, await this.#set(urlRegex, line));
    }
  }

  /** A script has been stopped at its entry, and has its breakpoints. */
  async entered({ path, isWrapped }: Script): Promise<void> {
    if (path === undefined || isWrapped) return;
    const entries = this.#wrapped.get(path);
    this.#wrapped.delete(path);
    for (const breakpointId of entries?.values() ?? []) {
      await this.#main.send('Debugger.removeBreakpoint', { breakpointId });
    }
  }

  async #set(urlRegex: string, lineNumber: number): Promise<string> {
    const place = { urlRegex, lineNumber, columnNumber: 0 };
    return (await this.#main.send('Debugger.setBreakpointByUrl', place)).breakpointId;
  }
}
