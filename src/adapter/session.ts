/** One client's session: takes its requests, lets the handler of each answer, and tells it what happens. */
import { constants } from 'node:os';
import { BreakpointEvent, DebugSession, Event, InitializedEvent, TerminatedEvent } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Position } from '../cdp/sourceMaps.ts';
import type { OpenInspector } from '../inspector/tensorInspector.ts';
import { checkedArguments } from '../protocol/checks.ts';
import { reportText, type ErrorReport } from '../protocol/errors.ts';
import type { NotFiniteBreak } from '../protocol/notFinite.ts';
import { requestArguments } from '../protocol/requestArguments.ts';
import type { ExitedBody, TensorEvents } from '../protocol/requests.ts';
import { Breakpoints } from './breakpoints/breakpoints.ts';
import { ExceptionBreakpoints } from './breakpoints/exceptionBreakpoints.ts';
import { failureInWords, type SourceBreakpoint } from './breakpoints/sourceBreakpoint.ts';
import { capabilities } from './capabilities.ts';
import { parseAttach, parseLaunch, type Configuration } from './configuration.ts';
import { errors, reportOfThrown } from './errors.ts';
import type { Stop } from './program/debuggee.ts';
import { PathMapper } from './program/paths.ts';
import { programHandlers, threadId } from './programHandlers.ts';
import type { AllHandlers, Call } from './requestTable.ts';
import { Run, type RunHost } from './run.ts';
import { standardArguments } from './standardArguments.ts';
import type { LaunchHost, ProgramEnd } from './start/launch.ts';
import { tensorHandlers } from './tensorRequests.ts';
import { trackHandlers } from './trackRequests.ts';

/** A person may have to allow a terminal; a client that never answers must not hang the launch. */
const runInTerminalTimeoutMs = 60_000;

/** Requests that go on without the program; all others fail when it ends. */
const outliveProgram = new Set(['initialize', 'launch', 'attach', 'restart', 'terminate', 'disconnect', 'cancel']);

/**
 * Aborted, these end by themselves, and only then is it known what came of them: nothing of a file is left, or the variable has
 * its values all the same.
 */
const tellsItself = new Set(['tensor/export', 'tensor/assign']);

const argumentChecks = { ...standardArguments, ...requestArguments };

export class TensorDebugSession extends DebugSession {
  readonly #openInspector: OpenInspector;
  readonly #onDone: () => void;
  readonly #stdin: LaunchHost['stdin'];
  readonly #handlers: AllHandlers;
  readonly #breakpoints = new Breakpoints((breakpoint) => this.#breakpointChanged(breakpoint));
  readonly #exceptions = new ExceptionBreakpoints();
  readonly #pending = new Map<number, { command: string; controller: AbortController }>();
  /** What tensor requests do, also after they were answered as cancelled: until then files of theirs may be half written. */
  readonly #atWork = new Set<Promise<unknown>>();
  #paths = new PathMapper({});
  /** What this client's positions start at; ours, and the inspector's, start at 0. */
  #offsets: Position = { line: 1, column: 1 };
  #canRunInTerminal = false;
  #knowsInvalidated = false;
  #starting: Promise<Run> | undefined;
  #run: Run | undefined;
  #isDone = false;
  /** Aborted when the client leaves; a program that is still being started is given up then. */
  readonly #leaving = new AbortController();

  /** @param stdin what programs read from that are started without a terminal */
  constructor(openInspector: OpenInspector, onDone: () => void, stdin: LaunchHost['stdin'] = 'ignore') {
    super();
    this.#stdin = stdin;
    this.#openInspector = openInspector;
    this.#onDone = onDone;
    const program = {
      run: () => this.#requireRun(),
      offsets: () => this.#offsets,
      send: (name: keyof TensorEvents, body: TensorEvents[typeof name]) => this.sendEvent(new Event(name, body)),
      invalidated: () => {
        if (this.#knowsInvalidated) this.sendEvent(new Event('invalidated', { areas: ['variables'] }));
      },
      breakOnNotFinite: async (asked: NotFiniteBreak) => {
        this.#exceptions.breakOnNotFinite(asked);
        await this.#applyExceptions();
      },
      assigned: async () => this.#tensorsChanged(await this.#requireRun(), 'assigned'),
    };
    this.#handlers = {
      ...programHandlers(program),
      ...tensorHandlers(program),
      ...trackHandlers({ breakpoints: this.#breakpoints, paths: () => this.#paths, offsets: () => this.#offsets }),
      initialize: (args) => this.#initialize(args),
      launch: (args) => this.#start(() => parseLaunch(args)),
      attach: (args) => this.#start(() => parseAttach(args)),
      configurationDone: async () => (await this.#requireRun()).inspection?.debuggee.run(),
      restart: (args) => this.#restart(args),
      terminate: async () => (await this.#requireRun()).terminate(),
      disconnect: (args) => this.#disconnect(args?.terminateDebuggee),
      cancel: (args) => this.#cancel(args?.requestId),
      setBreakpoints: (args) => this.#setBreakpoints(args),
      setExceptionBreakpoints: (args) => this.#setExceptionBreakpoints(args),
    };
  }

  /** The client is gone, without a word. */
  async abandon(): Promise<void> {
    if (!this.#isDone) await this.#disconnect(undefined).catch(() => undefined);
    this.#done();
  }

  malformed(reason: string): void {
    this.#output('console', `A message of the client was ignored: ${reason}.\n`);
  }

  /** Something went wrong in the adapter itself, outside of any request. */
  failed(error: Error): void {
    this.#output('console', `The debug adapter failed: ${error.message}\n`);
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    void this.#answer(request);
  }

  /** The one place where what was thrown becomes a failed response. */
  async #answer(request: DebugProtocol.Request): Promise<void> {
    const { command, seq } = request;
    const response: DebugProtocol.Response = { type: 'response', seq: 0, request_seq: seq, command, success: true };
    const controller = new AbortController();
    this.#pending.set(seq, { command, controller });
    try {
      const handler = Object.hasOwn(this.#handlers, command)
        ? (this.#handlers[command as keyof AllHandlers] as (args: unknown, call: Call) => unknown)
        : undefined;
      if (!handler) throw errors.unsupported(command);
      const given: unknown = request.arguments ?? {};
      const check = argumentChecks[command as keyof AllHandlers];
      const args = check ? checkedArguments(command, check, given) : given;
      const { signal } = controller;
      const work = this.#tracked(command, handler(args, { seq, signal }));
      const body = await (tellsItself.has(command) ? work : Promise.race([work, aborted(signal)]));
      if (body !== undefined) response.body = body;
    } catch (error) {
      fail(response, reportOfThrown(error));
    }
    this.#pending.delete(seq);
    this.sendResponse(response);
    if (command === 'disconnect') this.#done();
  }

  #tracked(command: string, work: unknown): unknown {
    if (!command.startsWith('tensor/') || !(work instanceof Promise)) return work;
    this.#atWork.add(work);
    const done = () => this.#atWork.delete(work);
    work.then(done, done);
    return work;
  }

  #initialize(args: DebugProtocol.InitializeRequestArguments): DebugProtocol.Capabilities {
    this.#offsets = { line: args.linesStartAt1 === false ? 0 : 1, column: args.columnsStartAt1 === false ? 0 : 1 };
    this.#canRunInTerminal = args.supportsRunInTerminalRequest ?? false;
    this.#knowsInvalidated = args.supportsInvalidatedEvent ?? false;
    return capabilities;
  }

  async #start(parse: () => Configuration): Promise<void> {
    if (this.#starting) throw errors.alreadyStarted();
    const config = parse();
    this.#paths = new PathMapper(config.request === 'attach' ? config : {});
    try {
      await this.#begin(config);
    } catch (error) {
      // The session never began: it may be tried again.
      this.#starting = undefined;
      throw error;
    }
    this.sendEvent(new InitializedEvent());
  }

  async #begin(config: Configuration): Promise<Run> {
    const context = {
      host: this.#host(),
      paths: this.#paths,
      breakpoints: this.#breakpoints,
      openInspector: this.#openInspector,
    };
    this.#starting = Run.start(config, context, this.#leaving.signal);
    const run = await this.#starting;
    this.#run = run;
    await this.#applyExceptions();
    void run.ended.then((end) => this.#ended(run, end));
    return run;
  }

  async #requireRun(): Promise<Run> {
    if (!this.#starting) throw errors.notStarted();
    const run = await this.#starting;
    if (this.#isDone) throw errors.programEnded();
    return run;
  }

  async #restart(args: DebugProtocol.RestartArguments | undefined): Promise<void> {
    const old = await this.#requireRun();
    const { request, ...raw } = (args?.arguments ?? {}) as Record<string, unknown>;
    let config = old.config;
    if (Object.keys(raw).length > 0) config = request === 'attach' ? parseAttach(raw) : parseLaunch(raw);
    this.#run = undefined;
    this.#failPending();
    await old.disconnect(old.config.request === 'launch');
    this.#breakpoints.disconnect();
    try {
      const run = await this.#begin(config);
      await run.inspection?.debuggee.run();
    } catch (error) {
      this.sendEvent(new TerminatedEvent());
      throw error;
    }
  }

  async #disconnect(terminateDebuggee: boolean | undefined): Promise<void> {
    this.#leaving.abort(errors.left());
    const run = await this.#starting?.catch(() => undefined);
    this.#run = undefined;
    this.#failPending();
    const end = await run?.disconnect(terminateDebuggee ?? run.config.request === 'launch');
    this.#breakpoints.disconnect();
    if (run && end) this.#exited(run, end);
    await Promise.allSettled(this.#atWork);
  }

  #cancel(requestId: number | undefined): void {
    const pending = requestId === undefined ? undefined : this.#pending.get(requestId);
    if (!pending) return;
    pending.controller.abort(errors.cancelled(pending.command));
  }

  async #setBreakpoints(
    args: DebugProtocol.SetBreakpointsArguments,
  ): Promise<DebugProtocol.SetBreakpointsResponse['body']> {
    const requested = args.breakpoints ?? (args.lines ?? []).map((line) => ({ line }));
    if (args.source.path === undefined) {
      const message = 'Breakpoints can only be set in files.';
      return { breakpoints: requested.map(({ line }) => ({ verified: false, line, message })) };
    }
    const path = this.#paths.fromClient(args.source.path);
    const breakpoints = await this.#breakpoints.set(path, requested, this.#offsets);
    return { breakpoints: breakpoints.map((breakpoint) => this.#describeBreakpoint(breakpoint)) };
  }

  async #setExceptionBreakpoints(
    args: DebugProtocol.SetExceptionBreakpointsArguments,
  ): Promise<DebugProtocol.SetExceptionBreakpointsResponse['body']> {
    const breakpoints = this.#exceptions.set(args);
    await this.#applyExceptions();
    return { breakpoints };
  }

  async #applyExceptions(): Promise<void> {
    if (this.#run?.inspection) await this.#exceptions.apply(this.#run.inspection);
  }

  #host(): RunHost {
    return {
      stdin: this.#stdin,
      output: (category, text) => this.#output(category, text),
      runInTerminal: this.#canRunInTerminal ? (args) => this.#runInTerminal(args) : undefined,
      stopped: (run, stop) => {
        this.#stopped(stop);
        this.#tensorsChanged(run, 'stopped');
      },
      warned: (warning) => this.sendEvent(new Event('tensor/warning', warning)),
      resumed: (run) => this.#tensorsChanged(run, 'resumed'),
      continued: () => {
        this.sendEvent(new Event('continued', { threadId, allThreadsContinued: true }));
      },
      evaluated: (value) => this.sendEvent(new Event('tensor/evaluated' satisfies keyof TensorEvents, value)),
      tracked: (batch) => this.sendEvent(new Event('tensor/tracked' satisfies keyof TensorEvents, batch)),
      logged: (text, category, frame, { inspection }) => {
        const body: DebugProtocol.OutputEvent['body'] = { category, output: text };
        if (frame && inspection) {
          const place = inspection.frames.place(frame.location, frame.url);
          body.source = inspection.frames.sourceOf(place);
          body.line = place.line + this.#offsets.line;
        }
        this.sendEvent(new Event('output', body));
      },
    };
  }

  /** Only who has asked for tensors before wants to know. */
  #tensorsChanged({ inspection }: Run, reason: TensorEvents['tensor/changed']['reason']): void {
    if (inspection?.tensors.inUse) this.sendEvent(new Event('tensor/changed', { reason }));
  }

  #runInTerminal(
    args: DebugProtocol.RunInTerminalRequestArguments,
  ): Promise<DebugProtocol.RunInTerminalResponse['body']> {
    return new Promise((resolve, reject) => {
      this.runInTerminalRequest(args, runInTerminalTimeoutMs, (response) => {
        if (response.success) resolve(response.body);
        else reject(errors.cannotLaunch(`The client could not run the program in a terminal: ${response.message}.`));
      });
    });
  }

  #stopped(stop: Stop): void {
    const body: DebugProtocol.StoppedEvent['body'] = {
      reason: stop.reason,
      description: stop.description,
      threadId,
      allThreadsStopped: true,
      hitBreakpointIds: stop.hitBreakpointIds,
      ...(stop.text !== undefined && { text: stop.text }),
    };
    this.sendEvent(new Event('stopped', body));
  }

  #ended(run: Run, end: ProgramEnd | null): void {
    // A run that was replaced or left behind ends without anybody being told.
    if (this.#run !== run) return;
    this.#breakpoints.programEnded();
    this.#run = undefined;
    this.#isDone = true;
    this.#failPending();
    if (end) {
      if (end.signal !== null) this.#output('console', `The program was killed by ${end.signal}.\n`);
      this.#exited(run, end);
    }
    this.sendEvent(new TerminatedEvent());
  }

  #exited({ inspection }: Run, { exitCode, signal }: ProgramEnd): void {
    const body: ExitedBody = {
      // As shells count the end by a signal.
      exitCode: exitCode ?? 128 + (signal === null ? 0 : constants.signals[signal]),
      ...(signal !== null && { signal }),
      ...(inspection?.debuggee.hasCrashed && { crashed: true }),
    };
    this.sendEvent(new Event('exited', body));
  }

  #failPending(): void {
    for (const { command, controller } of this.#pending.values()) {
      if (!outliveProgram.has(command)) controller.abort(errors.programEnded());
    }
  }

  #breakpointChanged(breakpoint: SourceBreakpoint): void {
    this.sendEvent(new BreakpointEvent('changed', this.#describeBreakpoint(breakpoint)));
  }

  #describeBreakpoint(breakpoint: SourceBreakpoint): DebugProtocol.Breakpoint {
    const { id, path, line, verified, actual, message = failureInWords(breakpoint), invalid } = breakpoint;
    return {
      id,
      verified,
      source: { path: this.#paths.toClient(path) },
      line: (actual?.line ?? line) + this.#offsets.line,
      ...(actual && { column: actual.column + this.#offsets.column }),
      ...(message !== undefined && { message }),
      ...(message !== undefined && !verified && { reason: invalid ? ('failed' as const) : ('pending' as const) }),
    };
  }

  #output(category: 'console' | 'stdout' | 'stderr', output: string): void {
    this.sendEvent(new Event('output', { category, output }));
  }

  #done(): void {
    this.#isDone = true;
    this.#onDone();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}

function fail(response: DebugProtocol.Response, report: ErrorReport): void {
  // Requests of our own come from programs, which have their own way to say what failed.
  const showUser = !response.command.startsWith('tensor/');
  const text = reportText(report);
  response.success = false;
  response.message = text;
  response.body = {
    error: { id: 1, format: '{text}', showUser, variables: { text, report: JSON.stringify(report) } },
  };
}
