/** One program from its start (or from attaching to it) to its end, and everything that lasts as long. */
import type { Protocol } from 'devtools-protocol';
import { ConnectionLostError, type CdpSession } from '../cdp/cdpSession.ts';
import { WebSocketSession } from '../cdp/webSocketSession.ts';
import type { NamesAt } from '../inspector/names/originalNames.ts';
import { withVersions } from '../inspector/runtimeVersions.ts';
import type { OpenInspector } from '../inspector/tensorInspector.ts';
import { installRecorder, programWarning, recorderMessage, type Locate } from '../inspector/watch/copies.ts';
import type { EvaluatedValue, ProgramWarning } from '../protocol/requests.ts';
import type { RuntimeDescription } from '../protocol/tensor.ts';
import type { TrackedBatch } from '../protocol/track.ts';
import type { Breakpoints } from './breakpoints/breakpoints.ts';
import type { AttachConfiguration, Configuration } from './configuration.ts';
import { errors } from './errors.ts';
import { Debuggee, type Stop } from './program/debuggee.ts';
import type { PathMapper } from './program/paths.ts';
import { StackFrames } from './program/stackFrames.ts';
import { findTarget } from './start/attach.ts';
import { launch, type DebuggeeProcess, type LaunchHost, type ProgramEnd } from './start/launch.ts';
import { Tensors } from './tensors.ts';
import { valueText } from './values/valueText.ts';
import { Variables } from './values/variables.ts';

export interface RunHost extends LaunchHost {
  stopped(run: Run, stop: Stop): void;
  /** The program does something that its author should know of. */
  warned(warning: ProgramWarning): void;
  /** The client let it run. */
  resumed(run: Run): void;
  continued(): void;
  tracked(batch: TrackedBatch): void;
  /** A value that was promised for later is there. */
  evaluated(value: EvaluatedValue): void;
  logged(
    text: string,
    category: 'console' | 'stdout' | 'stderr',
    frame: Protocol.Debugger.CallFrame | undefined,
    run: Run,
  ): void;
}

/** What a run takes from its session. */
export interface RunContext {
  host: RunHost;
  paths: PathMapper;
  breakpoints: Breakpoints;
  openInspector: OpenInspector;
}

/** The parts that need the program's inspector. */
export interface Inspection {
  debuggee: Debuggee;
  frames: StackFrames;
  variables: Variables;
  tensors: Tensors;
}

export class Run {
  readonly config: Configuration;
  /** Undefined if it runs without a debugger. */
  readonly inspection: Inspection | undefined;
  /**
   * What is known of the end; null for a program that is not ours. All of its output was passed on before. Never settles where
   * nobody sees it.
   */
  readonly ended: Promise<ProgramEnd | null>;
  #process: DebuggeeProcess | undefined;
  #main: CdpSession | undefined;
  #agent: CdpSession | undefined;
  #wasTerminated = false;

  static async start(config: Configuration, context: RunContext, signal: AbortSignal): Promise<Run> {
    if (config.request === 'attach') return Run.#attach(config, context, signal);
    const process = await launch(config, context.host, signal);
    if (process.websocketUrl === undefined) return new Run(config, process);
    try {
      const url = process.websocketUrl;
      const run = new Run(config, process, { ...context, main: await connect(url), url });
      await run.inspection?.debuggee.connect(process.program);
      if (!process.ended) process.pid = run.inspection?.debuggee.processId ?? process.pid;
      signal.throwIfAborted();
      return run;
    } catch (error) {
      process.kill('SIGKILL');
      throw error;
    }
  }

  static async #attach(config: AttachConfiguration, context: RunContext, signal: AbortSignal): Promise<Run> {
    const { websocketUrl: url, processId } = await findTarget(config, signal);
    const run = new Run(config, undefined, { ...context, main: await connect(url, signal), url });
    await run.inspection?.debuggee.connect(undefined);
    const found = run.inspection?.debuggee.processId;
    if (processId === undefined || found === processId) return run;
    await run.#leave();
    throw errors.cannotAttach(`The inspector that was found belongs to process ${found}, not to ${processId}.`);
  }

  private constructor(
    config: Configuration,
    process: DebuggeeProcess | undefined,
    connection?: RunContext & { main: CdpSession; url: string },
  ) {
    this.config = config;
    this.#process = process;
    this.#main = connection?.main;
    // In a terminal nobody sees the end of a program without an inspector.
    const isSeen = connection !== undefined || (process?.ended ?? null) !== null;
    // What the inspector has told to the last counts, too: whether it was a crash.
    this.ended = isSeen
      ? Promise.all([process?.ended ?? null, connection?.main.closed]).then(([end]) => end)
      : new Promise(() => undefined);
    if (!connection) return;
    const { main, url, host, paths, breakpoints, openInspector } = connection;
    const locate: Locate = (frame) => debuggee.scripts.locate(frame);
    const namesAt: NamesAt = ({ location }) => debuggee.scripts.namesAt(location, main);
    const tensors = new Tensors({
      open: openInspector,
      main,
      connectAgent: async () => (this.#agent ??= await connect(url)),
      budget: config.copyBudget,
      locate,
      namesAt,
      onTracked: (batch) => host.tracked(batch),
      onEvaluated: (value) => host.evaluated(value),
      withVersions: (runtimes): RuntimeDescription[] => withVersions(runtimes, debuggee.scripts.paths()),
    });
    const debuggee = new Debuggee(main, config, paths, breakpoints, {
      connected: (notifyContext) => installRecorder(main, { budget: config.copyBudget, notifyContext }),
      isEnding: (hitBreakpoints) => tensors.isEnding(hitBreakpoints),
      notFinite: async (callFrames) => (await tensors.inspector()).notFinite(callFrames),
      stoppedForValue: async () => (await tensors.inspector()).stoppedForValue(),
      stopped: (stop) => {
        frames.stopped(stop.callFrames);
        tensors.stopped(stop.callFrames);
        host.stopped(this, stop);
      },
      beforeResume: async () => {
        frames.resumed();
        variables.forget();
        host.resumed(this);
        await tensors.resuming();
      },
      prepareTracking: () => tensors.track(),
      continued: () => {
        frames.resumed();
        variables.forget();
        tensors.stopped([]);
        host.continued();
      },
      output: (category, text, frame) => host.logged(text, category, frame, this),
      consoleCalled: (event) => {
        // Of a program that we started, the streams themselves are read or seen in a terminal.
        if (config.request === 'attach') host.output(consoleCategory(event.type), consoleText(event));
      },
      finished: () => {
        main.close().catch(() => undefined);
        this.#agent?.close().catch(() => undefined);
      },
    });
    main.on('Runtime.bindingCalled', (event) => {
      const warning = recorderMessage(event);
      if (warning) void programWarning(warning, locate).then((located) => host.warned(located));
    });
    const frames = new StackFrames(debuggee.scripts, paths, config.skipFiles);
    const variables = new Variables(main, { tensors, namesAt }, (message) =>
      host.logged(`${message}\n`, 'console', undefined, this),
    );
    this.inspection = { debuggee, frames, variables, tensors };
    void main.closed.then(() => this.#agent?.close().catch(() => undefined));
  }

  /** Asks the program to end; asked again, it is killed. */
  async terminate(): Promise<void> {
    if (!this.#process) return this.#leave();
    const signal = this.#wasTerminated ? 'SIGKILL' : 'SIGTERM';
    this.#wasTerminated = true;
    this.#process.kill(signal);
    // Its own handler of the signal runs only if the program does.
    const debuggee = this.inspection?.debuggee;
    if (debuggee?.stop && signal === 'SIGTERM') {
      await debuggee.main.send('Debugger.setSkipAllPauses', { skip: true }).catch(() => undefined);
      await debuggee.resume().catch(() => undefined);
    }
  }

  /**
   * Ends the session, and with it the program if that is asked for: one that we started is killed, one that we attached to is
   * asked to end, by SIGTERM.
   * @returns how a program that was killed for it has ended
   */
  async disconnect(terminateDebuggee: boolean): Promise<ProgramEnd | null> {
    const wasKilled = terminateDebuggee && this.kill();
    if (terminateDebuggee && !this.#process) await this.#askToEnd();
    await this.#leave();
    return wasKilled ? ((await this.#process?.ended) ?? null) : null;
  }

  /** @returns false if it is not ours or gone already. */
  kill(): boolean {
    return this.#process?.kill('SIGKILL') ?? false;
  }

  /** It may run on another machine: its own word is the way to it. */
  async #askToEnd(): Promise<void> {
    try {
      await this.#main?.send('Runtime.evaluate', { expression: 'process.kill(process.pid)' });
    } catch (error) {
      // It was faster than its answer.
      if (!(error instanceof ConnectionLostError)) throw error;
    }
  }

  async #leave(): Promise<void> {
    const { debuggee, tensors } = this.inspection ?? {};
    // Whatever fails here fails because the program is gone.
    await tensors?.dispose().catch(() => undefined);
    if (debuggee?.stop) await debuggee.resume().catch(() => undefined);
    await this.#main?.send('Debugger.disable').catch(() => undefined);
    await this.#agent?.close().catch(() => undefined);
    await this.#main?.close().catch(() => undefined);
  }
}

async function connect(url: string, signal?: AbortSignal): Promise<CdpSession> {
  try {
    return await WebSocketSession.connect(url, signal);
  } catch (error) {
    throw errors.cannotAttach(
      `Could not connect to the inspector at ${url}: ${(error as Error).message}.`,
      undefined,
      error,
    );
  }
}

function consoleCategory(type: Protocol.Runtime.ConsoleAPICalledEvent['type']): 'stdout' | 'stderr' {
  return type === 'error' || type === 'warning' || type === 'assert' || type === 'trace' ? 'stderr' : 'stdout';
}

function consoleText({ args }: Protocol.Runtime.ConsoleAPICalledEvent): string {
  return `${args.map((arg) => (arg.type === 'string' ? String(arg.value) : valueText(arg))).join(' ')}\n`;
}
