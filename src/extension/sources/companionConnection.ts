/** The program of a session of VS Code's JavaScript debugger, connected to through the debugger's CDP proxy. */
import type { Protocol } from 'devtools-protocol';
import type * as vscode from 'vscode';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import { isInNodeModules, pathOfUrl } from '../../cdp/sourceMaps.ts';
import { agentScriptUrl } from '../../inspector/link/agentLink.ts';
import type { Locate } from '../../inspector/watch/copies.ts';
import { openInspector } from '../../inspector/openInspector.ts';
import type { InspectorOptions, TensorInspector } from '../../inspector/tensorInspector.ts';
import { notFiniteFunction, type NotFiniteStop } from '../../protocol/notFinite.ts';
import type { EvaluatedValue, ProgramWarning } from '../../protocol/requests.ts';
import type { TensorWarning } from '../../protocol/tensor.ts';
import { connectProxy } from './cdpProxy.ts';
import { OriginalLines } from './originalLines.ts';
import { ScriptUrls } from './scriptUrls.ts';

/** DAP's stop and CDP's come over two connections. */
const stopPatienceMs = 1_000;

export interface ConnectionOptions {
  session: vscode.DebugSession;
  budget: InspectorOptions['budget'];
  /** How long a session that is being started may take to have a proxy. */
  patienceMs: number | undefined;
  /** Whether there is no more use in waiting for it. */
  isOver(this: void): boolean;
  onEvaluated(this: void, value: EvaluatedValue): void;
  onWarned(this: void, warning: ProgramWarning): void;
  onBrokeOnNotFinite(this: void, stop: NotFiniteStop): void;
  onClosed(this: void): void;
}

export class CompanionConnection {
  readonly main: CdpSession;
  readonly inspector: TensorInspector;
  /** Of the stop; empty while the program runs. */
  frames: readonly Protocol.Debugger.CallFrame[] = [];
  /** Frame ids of the debug adapter, by their place in `frames`. */
  frameIds: Promise<number[]> | undefined;
  readonly #urls: ScriptUrls;
  readonly #locate: Locate;
  readonly #onWarned: ConnectionOptions['onWarned'];
  #used: Promise<void> | undefined;
  readonly #onBrokeOnNotFinite: ConnectionOptions['onBrokeOnNotFinite'];
  #onPaused: (() => void)[] = [];

  private constructor(main: CdpSession, options: ConnectionOptions) {
    const { session, budget, onEvaluated, onWarned, onBrokeOnNotFinite, onClosed } = options;
    this.#urls = new ScriptUrls(main);
    const { locate, namesAt } = new OriginalLines(main, this.#urls, session.workspaceFolder?.uri.fsPath);
    this.main = main;
    this.#locate = locate;
    this.#onWarned = onWarned;
    this.#onBrokeOnNotFinite = onBrokeOnNotFinite;
    // The proxy is one connection to the program however often one connects to it, and it keeps what is sent in order:
    // letting go of a stop can't overtake the next one.
    this.inspector = openInspector({ main, agent: main, budget, locate, namesAt, onEvaluated });
    main.on('Debugger.paused', ({ callFrames, hitBreakpoints = [] }) => this.#stopped(callFrames, hitBreakpoints));
    main.on('Debugger.resumed', () => {
      this.frames = [];
      // A program that ended has let go of everything.
      this.inspector.resuming().catch(() => undefined);
    });
    void main.closed.then(() => {
      onClosed();
      return this.inspector.dispose();
    });
  }

  /** @throws TensorError `cannot-attach` */
  static async open(options: ConnectionOptions): Promise<CompanionConnection> {
    const main = await connectProxy(options.session, options.patienceMs, options.isOver);
    const connection = new CompanionConnection(main, options);
    // Enabled it is already; the proxy answers with the stop that was before we connected.
    await main.send('Debugger.enable', {});
    return connection;
  }

  /** The agent is in the program. */
  get inUse(): boolean {
    return this.#used !== undefined;
  }

  /** Brings it there, if it is not yet. */
  use(): Promise<void> {
    return (this.#used ??= this.inspector.hearWarnings(this.#onWarned));
  }

  /** Warns of something at the line where the program stands in a frame. */
  async warnAt(frame: Protocol.Debugger.CallFrame, warning: TensorWarning): Promise<void> {
    const url = await this.#urls.of(frame);
    const { lineNumber: line, columnNumber: column = 0 } = frame.location;
    const place = url === undefined ? {} : await this.#locate({ url, line, column, function: frame.functionName });
    this.#onWarned({ ...warning, ...place });
  }

  /**
   * Where it is a frame of our own script, which stops the program for a NaN: the program's that led there.
   * @returns undefined if none did
   */
  async programFrame(frame: Protocol.Debugger.CallFrame): Promise<Protocol.Debugger.CallFrame | undefined> {
    if (!this.inUse || (await this.#urls.of(frame)) !== agentScriptUrl) return frame;
    for (const caller of this.frames.slice(this.frames.indexOf(frame))) {
      const url = (await this.#urls.of(caller)) ?? '';
      if (pathOfUrl(url) !== undefined && !isInNodeModules(url)) return caller;
    }
    return undefined;
  }

  /** Waits for the stop that the debug adapter has told of. */
  paused(): Promise<void> {
    return new Promise((resolve) => {
      this.#onPaused.push(resolve);
      setTimeout(resolve, stopPatienceMs);
    });
  }

  async close(): Promise<void> {
    await this.inspector.dispose().catch(() => undefined);
    await this.main.close();
  }

  #stopped(frames: readonly Protocol.Debugger.CallFrame[], breakpointIds: readonly string[]): void {
    this.frames = frames;
    this.frameIds = undefined;
    this.inspector.stopped(frames);
    for (const resolve of this.#onPaused.splice(0)) resolve();
    if (frames[0]?.functionName !== notFiniteFunction && !this.inspector.isEnding(breakpointIds)) return;
    // When it fails, the program ran on before anybody could ask.
    this.inspector.notFinite(frames).then(this.#onBrokeOnNotFinite, () => undefined);
  }
}
