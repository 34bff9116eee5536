/** One inspection: starts the adapter and the program, waits for the stop, reads, and lets the program go. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { reportOf, TensorError, type ErrorReport } from '../protocol/errors.ts';
import type { EvaluatedValue, TensorRequestName, TensorRequests } from '../protocol/requests.ts';
import { Breaks, programPath } from './breaks.ts';
import { expressionFaults } from './checkExpressions.ts';
import { fileFaults, missingProgram } from './checkFiles.ts';
import type { DapClient, Events } from './dapClient.ts';
import { emptyDocument, exitStatus, type ExitStatus, type InspectDocument } from './document.ts';
import type { InspectOptions } from './options.ts';
import { Ended, ProgramWatch } from './programWatch.ts';
import { helpHere } from './helpHere.ts';
import { StopReader, type StopContext, type Warning } from './readStop.ts';

export interface InspectionHooks {
  /** What the program writes. */
  onOutput(stream: 'stdout' | 'stderr', text: string): void;
  /** What is being done, in words; null when nothing takes time any more. */
  onProgress(text: string | null): void;
  /**
   * Called once everything is read, before the program runs on.
   * @param unlisted containers of the frame with more tensors; undefined if what is in the frame could not be told
   */
  onRead(document: InspectDocument, unlisted: readonly string[] | undefined): void;
}

/** What a program may need to tidy up when it is asked to end. */
const terminateMs = 2000;

const adapterEnded: ErrorReport = {
  code: 'connection-lost',
  message: 'The debug adapter, through which the program is read, has ended; the program itself was let go.',
  help: 'It may have been killed for want of memory.',
};

export class Inspection implements StopContext {
  readonly document = emptyDocument();
  status: ExitStatus = exitStatus.read;
  readonly #client: DapClient;
  readonly #program: ProgramWatch;
  readonly #options: InspectOptions;
  #unlisted: readonly string[] | undefined = [];
  readonly #hooks: InspectionHooks;
  readonly #launched: boolean;
  /** Leaving ends it. */
  #endsProgram: boolean;
  #ending: Promise<void> | undefined;
  #interruptedBy: NodeJS.Signals | undefined;
  readonly #breaks: Breaks;
  /** At how many stops it was where it should be. */
  #passes = 0;
  /** Values that have come and were not read yet. */
  readonly #evaluated: EvaluatedValue[] = [];
  #doing = '';

  constructor(client: DapClient, options: InspectOptions, hooks: InspectionHooks) {
    this.#client = client;
    this.#program = new ProgramWatch(client, (stream, text) => hooks.onOutput(stream, text));
    this.#options = options;
    this.#breaks = new Breaks(client, options);
    this.#hooks = hooks;
    this.#launched = 'program' in options.target;
    this.#endsProgram = this.#launched;
    client.on('tensor/warning', (warning) => this.addWarning(warning));
    client.on('tensor/evaluated', (value) => this.#evaluated.push(value));
    client.on('tensor/progress', ({ fraction }) => {
      hooks.onProgress(`${this.#doing}: ${Math.floor(fraction * 100)} %`);
    });
  }

  /** Never throws: what goes wrong is in the document and in the status. */
  async run(): Promise<void> {
    const { timeoutMs } = this.#options;
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => this.#program.timeIsUp(), timeoutMs);
    try {
      if (await this.#start()) await this.#inspectStop();
    } finally {
      clearTimeout(timer);
      this.#hooks.onProgress(null);
      await this.end();
    }
  }

  /** Ends a program that was launched, lets go of one that was attached to, and ends the adapter. Can be called twice. */
  end(): Promise<void> {
    return (this.#ending ??= this.#end());
  }

  /** Somebody has had enough of waiting. */
  interrupt(signal: NodeJS.Signals): Promise<void> {
    this.#interruptedBy = signal;
    return this.end();
  }

  async #end(): Promise<void> {
    this.#program.isLetGo = true;
    if (this.#launched && !this.#program.ended) await this.#terminate();
    const left = this.#client.request('disconnect', { terminateDebuggee: this.#endsProgram });
    // An adapter that is gone already, or hangs, is ended below.
    const hangs = setTimeout(() => void this.#client.close(), 5000);
    await left.catch(() => {});
    clearTimeout(hangs);
    await this.#client.close();
    const { exitCode = null, signal = null } = this.#program.exit ?? {};
    this.document.program = { exitCode: signal === null ? exitCode : null, signal };
  }

  /** Asks the program to end, and waits a moment for it; leaving then kills what is still there. */
  async #terminate(): Promise<void> {
    const gone = new Promise<void>((resolve) => {
      this.#client.on('terminated', () => resolve());
      void this.#client.closed.then(resolve);
    });
    // Nothing may have been started yet.
    const asked = this.#client.request('terminate', {}).then(
      () => gone,
      () => {},
    );
    const patience = new AbortController();
    await Promise.race([asked, sleep(terminateMs, undefined, { signal: patience.signal })]);
    patience.abort();
  }

  /** @returns whether the program has stopped where it should */
  async #start(): Promise<boolean> {
    const program = programPath(this.#options);
    const noProgram = program === undefined ? undefined : missingProgram(program);
    if (noProgram) {
      this.raise(exitStatus.notStartedOrCrashed);
      this.addWarning(noProgram);
      return false;
    }
    const faults = [...fileFaults(this.#options), ...expressionFaults(this.#options.expressions)];
    for (const fault of faults) this.#hooks.onOutput('stderr', `tensor-debugger: ${fault}\n`);
    try {
      // Not raced against the program's end: why it ended at once is what the adapter answers.
      await this.#program.race(this.#configure(), () => this.#program.timedOut);
    } catch (error) {
      const [code, when] = this.#launched
        ? (['cannot-launch', 'before it was started'] as const)
        : (['cannot-attach', 'before it was attached to'] as const);
      if (this.#program.timedOut) this.#reportTimeout(when);
      else {
        this.raise(exitStatus.notStartedOrCrashed);
        this.addWarning(this.#interruptedBy === undefined ? reportOf(error, code) : this.#reportOfEnd(when));
      }
      return false;
    }
    return this.#waitForStop();
  }

  async #configure(): Promise<void> {
    const client = this.#client;
    const { target, runtimeExecutable, runtimeArgs, env, cwd } = this.#options;
    await client.request('initialize', {
      clientID: 'tensor-debugger',
      clientName: 'tensor-debugger',
      adapterID: 'tensor',
      pathFormat: 'path',
      linesStartAt1: true,
      columnsStartAt1: true,
    });
    const initialized = client.once('initialized');
    let begun: Promise<undefined>;
    if ('program' in target) {
      this.progress('starting the program');
      begun = client.request('launch', {
        program: programPath(this.#options),
        args: target.args,
        cwd,
        env,
        runtimeArgs,
        runtimeExecutable: runtimeExecutable ?? process.execPath,
        console: 'internalConsole',
        stopOnEntry: false,
      });
    } else {
      this.progress('attaching to the program');
      begun = client.request('attach', { ...target.attach, cwd, continueOnAttach: true });
    }
    // The answer may come only after the configuration; a refusal comes at once.
    await Promise.race([initialized, begun.then(() => initialized)]);
    await this.#breaks.set();
    await client.request('configurationDone', {});
    await begun;
  }

  /** Runs over stops until the one that was asked for. */
  async #waitForStop(): Promise<boolean> {
    const { hit } = this.#options;
    for (;;) {
      this.progress(`waiting for ${this.#breaks.where}${hit > 1 ? `, pass ${this.#passes + 1} of ${hit}` : ''}`);
      let stop: Events['stopped'];
      try {
        stop = await this.#program.nextStop();
      } catch {
        if (this.#program.timedOut) this.#reportTimeout(this.#beforeTheStop(), this.#whyNotStopped());
        else this.#reportEnd();
        return false;
      }
      const frame = this.#isWanted(stop) && ++this.#passes === hit ? await this.#topFrame(stop) : undefined;
      if (frame) {
        this.document.stop = {
          file: frame.source?.path ?? frame.source?.name ?? '',
          line: frame.line,
          function: frame.name,
          reason: stop.reason,
          hit,
        };
        await this.#read(frame.id);
        return true;
      }
      await this.#resume(stop);
    }
  }

  #isWanted({ reason }: Events['stopped']): boolean {
    if (reason === 'entry' || reason === 'exception') return false;
    return this.#options.breaks.length === 0 || reason === 'breakpoint';
  }

  async #topFrame({ threadId = 1 }: Events['stopped']): Promise<DebugProtocol.StackFrame | undefined> {
    try {
      const { stackFrames } = await this.#program.race(this.#client.request('stackTrace', { threadId, levels: 1 }));
      return stackFrames[0];
    } catch {
      // It ended right after the stop, or the time is up: the next wait tells.
      return undefined;
    }
  }

  async #resume({ threadId = 1 }: Events['stopped']): Promise<void> {
    // A program that is gone can't go on; the next wait tells.
    await this.#client.request('continue', { threadId }).catch(() => {});
  }

  /** What went wrong with single tensors is in their places; here is said what ended all of it. */
  async #read(frameId: number): Promise<void> {
    const reader = new StopReader(this.#options, this);
    await reader.read(frameId);
    this.#unlisted = reader.unlisted;
    if (reader.awaited.length > 0 && !(await this.#readLater(reader))) return;
    await reader.export();
    const { exportFile } = this.#options;
    const isMissing = exportFile !== undefined && this.document.exports.length === 0;
    const when = isMissing ? `before ${exportFile} was written` : 'while it was read';
    if (this.#program.timedOut) this.#reportTimeout(when);
    else if (this.#program.ended) {
      this.raise(this.#program.adapterEnded ? exitStatus.notReadOrWritten : exitStatus.notStartedOrCrashed);
      this.addWarning(this.#reportOfEnd(when));
    }
  }

  /**
   * Lets the program go on until the values are there that its runtime computes asynchronously; it stops for each.
   * @returns false if it ended, or the time was up, before all of them were
   */
  async #readLater(reader: StopReader): Promise<boolean> {
    try {
      await this.#program.race(this.#breaks.remove());
      await this.#resume({ reason: 'continue' });
      for (;;) {
        this.progress(`waiting for ${reader.awaited.join(', ')}, with the program running`);
        const stop = await this.#program.nextStop();
        for (const { id } of this.#evaluated.splice(0)) await reader.readLater(id);
        if (reader.awaited.length === 0) return true;
        await this.#resume(stop);
      }
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
      const names = reader.awaited.join(', ');
      if (this.#program.timedOut) this.#reportTimeout(`before ${names} had its value`);
      reader.giveUp({
        code: this.#program.timedOut ? 'timed-out' : 'program-ended',
        message: `The runtime computes ${names} while the program runs on, and ${this.#program.timedOut ? 'the time was up' : `the program ${this.#program.howItEnded()}`} before its value was there.`,
        help: this.#program.timedOut
          ? 'Give it more with --timeout.'
          : 'Stop where the program still has something to wait for, before its end or its process.exit().',
      });
      return false;
    }
  }

  /** After the stop: on to the program's own end, or to an end at once. */
  async #inspectStop(): Promise<void> {
    this.#hooks.onProgress(null);
    this.#hooks.onRead(this.document, this.#unlisted);
    const unfinished = this.#program.timedOut || this.#program.ended;
    if (unfinished) return;
    if (this.#options.afterwards === 'end') {
      this.#endsProgram = true;
      return this.end();
    }
    // Nobody waits for the end of a program that somebody else started.
    if (!this.#launched) return this.end();
    this.#program.isLetGo = true;
    try {
      await this.#program.race(this.#breaks.remove());
      await this.#resume({ reason: 'continue' });
      for (;;) await this.#resume(await this.#program.nextStop());
    } catch {
      // The program's own end, or of the time that it was given: both are told by how it ended.
    }
  }

  /** @throws Ended if the program ends or the time is up before the answer comes */
  async request<Name extends TensorRequestName>(
    name: Name,
    args: TensorRequests[Name]['arguments'],
  ): Promise<TensorRequests[Name]['result']> {
    try {
      return await this.#program.race(this.#client.request(name, args));
    } catch (error) {
      if (!(error instanceof TensorError) || error.code !== 'program-ended') throw error;
      // How it ended is told right behind the answer.
      return this.#program.race(new Promise<never>(() => {}));
    }
  }

  hasEnded(error: unknown): boolean {
    return error instanceof Ended;
  }

  reportOf(error: unknown): ErrorReport {
    if (error instanceof TensorError && error.code === 'connection-lost' && this.#program.adapterEnded)
      return adapterEnded;
    if (!(error instanceof Ended)) return reportOf(error);
    if (this.#program.timedOut) return { code: 'timed-out', message: 'The time was up before it was read.' };
    return this.#reportOfEnd('before it was read');
  }

  #reportOfEnd(when: string): ErrorReport {
    if (this.#interruptedBy !== undefined) {
      const then = this.#launched ? this.#program.howItEnded() : 'runs on';
      return { code: 'cancelled', message: `${this.#interruptedBy} came ${when}. The program ${then}.` };
    }
    if (this.#program.adapterEnded) return adapterEnded;
    return { code: 'program-ended', message: `The program ${this.#program.howItEnded()} ${when}.` };
  }

  #reportTimeout(when: string, why?: string): void {
    this.raise(exitStatus.timedOut);
    const seconds = (this.#options.timeoutMs ?? 0) / 1000;
    this.addWarning({
      code: 'timed-out',
      message: `The program was given ${seconds} s, and they were over ${when}.`,
      help: why ?? 'Give it more with --timeout, or look whether it gets there at all.',
    });
  }

  #beforeTheStop(): string {
    const { hit, condition } = this.#options;
    if (this.#passes > 0) return `before pass ${hit} of ${this.#breaks.where}`;
    return `before it ${condition === undefined ? 'reached' : 'stopped at'} ${this.#breaks.where}`;
  }

  /** Undefined if it just did not get there. */
  #whyNotStopped(): string | undefined {
    const passes = this.#passes === 1 ? 'once' : `${this.#passes} times`;
    const passed =
      this.#passes > 0
        ? [`It was passed ${passes}${this.#options.condition === undefined ? '' : ' where the condition held'}.`]
        : [];
    const reasons = [...passed, ...this.#breaks.reasons];
    return reasons.length > 0 ? reasons.join(' ') : undefined;
  }

  /** The program is over and the stop was not reached. */
  #reportEnd(): void {
    const { adapterEnded, crashed } = this.#program;
    if (adapterEnded) this.raise(exitStatus.notReadOrWritten);
    else this.raise(crashed ? exitStatus.notStartedOrCrashed : exitStatus.endedBeforeStop);
    const report = this.#reportOfEnd(this.#beforeTheStop());
    const help = report.code === 'program-ended' ? this.#whyNotStopped() : undefined;
    this.addWarning({ ...report, ...(help !== undefined && { help }) });
  }

  progress(doing: string): void {
    this.#doing = doing;
    this.#hooks.onProgress(doing);
  }

  raise(status: ExitStatus): void {
    if (status > this.status) this.status = status;
  }

  addWarning(warning: Warning): void {
    const { code, message, file = null, line = null } = warning;
    const { warnings } = this.document;
    // What was told as an event is in the next listing too.
    const isKnown = warnings.some((known) => known.code === code && known.message === message && known.line === line);
    if (!isKnown) warnings.push({ code, message, help: helpHere(warning), file, line });
  }
}
