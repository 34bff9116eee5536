/** The program under the debugger: its main DevTools session, whether it runs, and what its stops mean. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Protocol } from 'devtools-protocol';
import { ConnectionLostError, type CdpSession } from '../../cdp/cdpSession.ts';
import { isInNodeModules } from '../../cdp/sourceMaps.ts';
import { agentScriptUrl } from '../../inspector/link/agentLink.ts';
import type { NotFiniteStop } from '../../protocol/notFinite.ts';
import { BreakpointHits } from '../breakpoints/breakpointHits.ts';
import type { Breakpoints } from '../breakpoints/breakpoints.ts';
import type { SourceBreakpoint } from '../breakpoints/sourceBreakpoint.ts';
import type { Configuration } from '../configuration.ts';
import { errors } from '../errors.ts';
import { exceptionText } from '../values/valueText.ts';
import { BundledClasses } from './bundledClasses.ts';
import { DebuggerStatements } from './debuggerStatements.ts';
import { globToPattern, type PathMapper } from './paths.ts';
import { isException, reasonsOf, type PauseReason } from './pauseReasons.ts';
import { showRuntimeClasses } from './runtimeModules.ts';
import { Scripts, type Script } from './scripts.ts';
import { UnfinishedStep, type StepKind, type StepOrigin } from './unfinishedStep.ts';

export type StopReason = 'entry' | 'breakpoint' | 'step' | 'pause' | 'exception' | 'debugger statement' | 'evaluated';

export interface Stop {
  reason: StopReason;
  description: string;
  /** What was thrown, first line only. */
  text?: string;
  callFrames: Protocol.Debugger.CallFrame[];
  hitBreakpointIds: number[];
  exception?: {
    object: Protocol.Runtime.RemoteObject;
    uncaught: boolean;
    /** What it is, where nothing was thrown. */
    id?: string;
  };
}

export interface DebuggeeEvents {
  /** The program answers and does not run yet (or, attached to, runs); its Debugger domain is still off. */
  connected(mainContext: number): Promise<void>;
  stopped(stop: Stop): void;
  /** By its breakpoints: the agent has stopped the program at its end. */
  isEnding(hitBreakpoints: readonly string[]): boolean;
  /** What the agent has stopped the program for. */
  notFinite(callFrames: readonly Protocol.Debugger.CallFrame[]): Promise<NotFiniteStop>;
  /** The name of the graph tensor whose value it has stopped the program for; '' where it was something else. */
  stoppedForValue(): Promise<string>;
  /** What was learned at this stop is void; waited for before the program runs. */
  beforeResume(): Promise<void>;
  /** A line is about to be tracked. */
  prepareTracking(): Promise<void>;
  /** It runs on, though no request of the client made it. */
  continued(): void;
  output(category: 'console' | 'stdout' | 'stderr', text: string, frame?: Protocol.Debugger.CallFrame): void;
  consoleCalled(event: Protocol.Runtime.ConsoleAPICalledEvent): void;
  /** The program is done; Node waits for its debuggers to leave. */
  finished(): void;
}

/** Between two modules of one program; much longer, and something else is going on. */
const talkMs = 20;

export class Debuggee {
  readonly main: CdpSession;
  readonly scripts: Scripts;
  readonly #config: Configuration;
  readonly #breakpoints: Breakpoints;
  readonly #hits: BreakpointHits;
  readonly #debuggerStatements: DebuggerStatements;
  readonly #bundledClasses: BundledClasses;
  readonly #events: DebuggeeEvents;
  #stop: Stop | undefined;
  #mainContext: number | undefined;
  #processId: number | undefined;
  #hasCrashed = false;
  #pauseRequested = false;
  #talksUntil = 0;
  /** The step that is under way, with where it began. */
  #step: StepOrigin | undefined;
  #unfinished: UnfinishedStep | undefined;
  /** The URLs of files that stepping passes over. */
  readonly #skipped: readonly RegExp[];
  /** Whether a program that waited for us (`--inspect-brk`) stays stopped where it did. */
  readonly #stopsAtEntry: boolean;

  constructor(
    main: CdpSession,
    config: Configuration,
    paths: PathMapper,
    breakpoints: Breakpoints,
    events: DebuggeeEvents,
  ) {
    this.main = main;
    this.#config = config;
    this.#breakpoints = breakpoints;
    this.#events = events;
    this.#skipped = config.skipFiles.map((glob) => new RegExp(globToPattern(glob).replace(/^\^\//, '^(?:file://)?/')));
    this.#stopsAtEntry = config.request === 'attach' && !config.continueOnAttach;
    this.scripts = new Scripts({
      paths,
      useSourceMaps: config.sourceMaps,
      projectFolder: config.cwd,
      warn: (message) => events.output('console', `${message}\n`),
    });
    this.#debuggerStatements = new DebuggerStatements(main);
    this.#hits = new BreakpointHits({
      main,
      scripts: this.scripts,
      breakpoints,
      folder: config.cwd,
      output: (text, frame) => events.output('console', text, frame),
    });
    this.#bundledClasses = new BundledClasses(main);
    main.on('Debugger.scriptParsed', (event) => this.#onScriptParsed(event));
    main.on('Debugger.paused', (event) => this.#onPaused(event));
    main.on('Debugger.resumed', () => this.#onResumed());
    main.on('Runtime.exceptionThrown', (event) => this.#onExceptionThrown(event));
    main.on('Runtime.consoleAPICalled', (event) => events.consoleCalled(event));
    main.on('Runtime.executionContextCreated', ({ context }) => {
      const { isDefault } = (context.auxData ?? {}) as { isDefault?: boolean };
      if (!isDefault) return;
      this.#mainContext ??= context.id;
      // Node calls it `node[1234]`, before the program itself can tell its number.
      this.#processId ??= Number(/\[(\d+)\]$/.exec(context.name)?.[1]) || undefined;
    });
    main.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      if (executionContextId === this.#mainContext) events.finished();
    });
  }

  /** Learns what is loaded and sets the breakpoints; a program that waits for the debugger goes on waiting. */
  async connect(program: string | undefined): Promise<void> {
    await this.main.send('Runtime.enable');
    if (this.#mainContext !== undefined) await this.#events.connected(this.#mainContext);
    await this.main.send('Debugger.enable', {});
    await this.#skipFiles();
    await this.#breakpoints.connect(this.main, this.scripts, () => this.#events.prepareTracking());
    const { cwd } = this.#config;
    await showRuntimeClasses(this.main, program === undefined ? [cwd] : [dirname(program), cwd]);
    // A program that can't be read, Node tells of.
    const text = program === undefined ? '' : await readFile(program, 'utf8').catch(() => '');
    if (program !== undefined) await this.#bundledClasses.watch(program, text);
    if (this.#config.request === 'launch') {
      await this.#breakpoints.stopAtProgram(program, text, this.#config.stopOnEntry);
    }
    // A program that has come to its end, and only waits for its debuggers to leave, has no context any more.
    if (this.#mainContext === undefined) this.#events.finished();
  }

  async #skipFiles(): Promise<void> {
    const patterns = this.#skipped.map(({ source }) => source);
    if (patterns.length > 0) await this.main.send('Debugger.setBlackboxPatterns', { patterns });
  }

  async run(): Promise<void> {
    await this.main.send('Runtime.runIfWaitingForDebugger');
  }

  get stop(): Stop | undefined {
    return this.#stop;
  }

  /** @throws TensorError `not-paused` */
  requireStop(): Stop {
    if (!this.#stop) throw errors.notPaused();
    return this.#stop;
  }

  get mainContext(): number | undefined {
    return this.#mainContext;
  }

  get processId(): number | undefined {
    return this.#processId;
  }

  /** An exception that nobody caught was its end. */
  get hasCrashed(): boolean {
    return this.#hasCrashed;
  }

  async resume(): Promise<void> {
    await this.#leaveStop();
    await this.main.send('Debugger.resume', {});
  }

  async step(kind: StepKind): Promise<void> {
    const { callFrames } = this.requireStop();
    await this.#leaveStop();
    this.#step = { kind, depth: callFrames.length, line: this.#lineOf(callFrames[0]?.location) };
    await this.main.send(`Debugger.${kind}` as 'Debugger.stepOut');
  }

  async pause(): Promise<void> {
    if (this.#stop) return;
    this.#pauseRequested = true;
    // V8 drops a pause that comes while a skipped file runs.
    await this.main.send('Debugger.setBlackboxPatterns', { patterns: [] });
    await this.main.send('Debugger.pause');
  }

  async #leaveStop(): Promise<void> {
    this.requireStop();
    this.#stop = undefined;
    this.#step = undefined;
    this.#pauseRequested = false;
    await this.#events.beforeResume();
  }

  /** Node tells only of those that end the program; V8, once per breakpoint, of a condition that has thrown. */
  #onExceptionThrown({ exceptionDetails }: Protocol.Runtime.ExceptionThrownEvent): void {
    if (exceptionDetails.text.startsWith('Uncaught')) this.#hasCrashed = true;
    else this.#hits.conditionThrew(exceptionDetails);
  }

  #onScriptParsed(event: Protocol.Debugger.ScriptParsedEvent): void {
    const script = this.scripts.add(event);
    if (script?.path === undefined || isInNodeModules(script.path) || this.#isSkipped(script)) return;
    this.#inBackground(this.#debuggerStatements.set(script.id));
  }

  /** V8 passes over the statements of skipped files, but not over breakpoints there. */
  #isSkipped({ url }: Script): boolean {
    return this.#skipped.some((pattern) => pattern.test(url));
  }

  /**
   * Node's inspector leaves Nagle's algorithm on, and our kernel delays acknowledgements by 40 ms: a program that loads
   * hundreds of modules would wait so long at each. While they come one after another, there is always a command of
   * ours under way that carries an acknowledgement.
   */
  async #keepTalking(): Promise<void> {
    const isTalking = performance.now() < this.#talksUntil;
    this.#talksUntil = performance.now() + talkMs;
    if (isTalking) return;
    while (performance.now() < this.#talksUntil && !this.#stop) await this.main.send('Runtime.getIsolateId');
    this.#talksUntil = 0;
  }

  #onResumed(): void {
    // Our own resumes have cleared the stop before; this is another debugger's, or the protocol's own.
    if (!this.#stop) return;
    this.#stop = undefined;
    this.#events.continued();
  }

  #onPaused(event: Protocol.Debugger.PausedEvent): void {
    this.#inBackground(this.#decide(event));
  }

  async #decide(event: Protocol.Debugger.PausedEvent): Promise<void> {
    const top = event.callFrames[0];
    if (!top) return;
    if (this.#urlOf(top) === agentScriptUrl) return this.#stopByAgent(event);
    if (this.#events.isEnding(event.hitBreakpoints ?? [])) return this.#stopAtOp(event);
    await this.#breakpoints.settled();
    if (this.#pauseRequested) await this.#skipFiles();
    if (await this.#breakpoints.beforeScript(event)) return this.#passOver(event);
    const script = this.scripts.get(top.location.scriptId);
    const { isEntry, isProgram } = await this.#breakpoints.atEntry(event, script);
    // Where a breakpoint of ours is, V8 passes over the statement itself.
    const isDebuggerStatement =
      isEntry && script && !this.#isSkipped(script) ? await this.#debuggerStatements.isAt(top.location) : false;
    const isForClass = await this.#bundledClasses.hit(event.hitBreakpoints ?? []);
    const { hits, stopping } = await this.#hits.at(event.hitBreakpoints ?? [], top);
    const reasons = reasonsOf(event);
    const atStart = reasons.some(({ reason }) => reason === 'Break on start');
    const exception = reasons.find(({ reason }) => isException(reason));
    const stop = this.#stopOf(event, stopping, {
      exception,
      atStart: isProgram || (atStart && this.#stopsAtEntry),
      // It stopped for nothing but what was passed over.
      onlyPassed:
        stopping.length === 0 && (atStart || isEntry || isForClass || hits > 0) && !exception && !isDebuggerStatement,
    });
    if (stop) return this.#report(stop);
    await this.#passOver(event);
    if (isEntry) this.#inBackground(this.#keepTalking());
  }

  /** Frames themselves mostly come without one. */
  #urlOf({ location, url }: Protocol.Debugger.CallFrame): string {
    return this.scripts.get(location.scriptId)?.url ?? url;
  }

  async #stopByAgent(event: Protocol.Debugger.PausedEvent): Promise<void> {
    const name = await this.#events.stoppedForValue();
    if (name === '') return this.#stopAtOp(event);
    // In a task of the agent's own: none of the program's functions is on the stack.
    const { callFrames } = event;
    const description = `Paused: ${name} has its value`;
    await this.#report({ reason: 'evaluated', description, callFrames, hitBreakpointIds: [] });
  }

  /** Break on NaN or Inf: the agent has stopped the program, which is shown where it called the op. */
  async #stopAtOp({ callFrames }: Protocol.Debugger.PausedEvent): Promise<void> {
    const { message: text, isLater, runtimeScript } = await this.#events.notFinite(callFrames);
    const own = callFrames.filter((frame) => this.#urlOf(frame) !== agentScriptUrl);
    const caller = own.findIndex((frame) => {
      const url = this.#urlOf(frame);
      return url !== '' && !url.startsWith('node:') && !isInNodeModules(url) && url !== runtimeScript;
    });
    await this.#report({
      reason: 'exception',
      description: isLater ? 'Paused after NaN or Inf' : 'Paused on NaN or Inf',
      text,
      callFrames: own.slice(Math.max(0, caller)),
      hitBreakpointIds: [],
      exception: { object: { type: 'string', value: text }, uncaught: false, id: 'NaN or Inf' },
    });
  }

  #stopOf(
    event: Protocol.Debugger.PausedEvent,
    stopping: readonly SourceBreakpoint[],
    { exception, atStart, onlyPassed }: { exception: PauseReason | undefined; atStart: boolean; onlyPassed: boolean },
  ): Stop | undefined {
    const common = { callFrames: event.callFrames, hitBreakpointIds: stopping.map(({ id }) => id) };
    if (exception) {
      const data = exception.data as (Protocol.Runtime.RemoteObject & { uncaught?: boolean }) | undefined;
      const object: Protocol.Runtime.RemoteObject = data ?? { type: 'undefined' };
      const text = exceptionText(object);
      const uncaught = data?.uncaught ?? exception.reason === 'promiseRejection';
      const description = uncaught ? 'Paused on uncaught exception' : 'Paused on exception';
      return { ...common, reason: 'exception', description, text, exception: { object, uncaught } };
    }
    if (stopping.length > 0) return { ...common, reason: 'breakpoint', description: 'Paused on breakpoint' };
    if (atStart) return { ...common, reason: 'entry', description: 'Paused on entry' };
    const isStepDone = this.#unfinished?.isDoneAt(event);
    const step: Stop = { ...common, reason: 'step', description: 'Paused on step' };
    if (isStepDone !== undefined) return isStepDone ? step : undefined;
    // V8 ignores a request to pause that comes while we hold the program at a place to be passed over.
    if (this.#pauseRequested) return { ...common, reason: 'pause', description: 'Paused' };
    if (onlyPassed) return undefined;
    if (this.#step) return step;
    return { ...common, reason: 'debugger statement', description: 'Paused on debugger statement' };
  }

  /** A line as its author knows it. */
  #lineOf(location: Protocol.Debugger.Location | undefined): string {
    if (!location) return '';
    const { scriptId, lineNumber: line, columnNumber: column = 0 } = location;
    const script = this.scripts.get(scriptId);
    const original = script && this.scripts.originalOf(script, { line, column });
    return original ? `${scriptId} ${original.source} ${original.line}` : `${scriptId} ${line}`;
  }

  /** Lets the program run on from a stop that nobody should see, without losing the step that is under way. */
  async #passOver({ callFrames }: Protocol.Debugger.PausedEvent): Promise<void> {
    const step = this.#step;
    if (step && !this.#unfinished) {
      const { kind, depth } = step;
      // The step itself led here: this is where it ends.
      if (kind === 'stepInto' || callFrames.length < depth || (kind === 'stepOver' && callFrames.length === depth)) {
        return this.#report({ reason: 'step', description: 'Paused on step', callFrames, hitBreakpointIds: [] });
      }
      this.#unfinished = await UnfinishedStep.watch(this.main, callFrames, step, (location) => this.#lineOf(location));
    }
    if (this.#pauseRequested) {
      return this.#report({ reason: 'pause', description: 'Paused', callFrames, hitBreakpointIds: [] });
    }
    await this.main.send('Debugger.resume', {});
  }

  async #report(stop: Stop): Promise<void> {
    this.#step = undefined;
    await this.#unfinished?.forget();
    this.#unfinished = undefined;
    this.#pauseRequested = false;
    this.#stop = stop;
    this.#events.stopped(stop);
  }

  /** An end of the program is told elsewhere; anything else that goes wrong here is a fault that must be seen. */
  #inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (error instanceof ConnectionLostError) return;
      this.#events.output('console', `The debugger failed: ${(error as Error).message}\n`);
    });
  }
}
