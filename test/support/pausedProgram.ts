/** A real Node process, stopped at a `debugger` statement, with an inspector on it: what the reader suites look at. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Protocol } from 'devtools-protocol';
import { WebSocketSession } from '../../src/cdp/webSocketSession.ts';
import { installRecorder } from '../../src/inspector/watch/copies.ts';
import { openInspector } from '../../src/inspector/openInspector.ts';
import type { TensorInspector } from '../../src/inspector/tensorInspector.ts';
import type { EvaluatedValue } from '../../src/protocol/requests.ts';
import { personsEnvironment } from './environment.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
Object.assign(globalThis, {
  AGENT_SOURCE: readFileSync(`${root}dist/agent.js`, 'utf8'),
  RECORDER_SOURCE: readFileSync(`${root}dist/recorder.js`, 'utf8'),
});

const budget = { bytes: 16 * 2 ** 20, ms: 100 };

interface PausedProgramOptions {
  executable?: string;
  args?: string[];
  env?: Record<string, string>;
}

export class PausedProgram {
  readonly process: ChildProcess;
  readonly main: WebSocketSession;
  readonly agent: WebSocketSession;
  readonly inspector: TensorInspector;
  frames: Protocol.Debugger.CallFrame[] = [];
  readonly output: { stdout: string; stderr: string };
  readonly exited: Promise<number | null>;
  readonly #closed: Promise<void>;
  #pauses: Protocol.Debugger.CallFrame[][] = [];
  #waiting: ((frames: Protocol.Debugger.CallFrame[] | null) => void) | null = null;
  #over = false;

  private constructor(
    process: ChildProcess,
    output: { stdout: string; stderr: string },
    main: WebSocketSession,
    agent: WebSocketSession,
    onEvaluated: (value: EvaluatedValue) => void,
  ) {
    this.process = process;
    this.output = output;
    this.main = main;
    this.agent = agent;
    this.inspector = openInspector({ main, agent, budget, onEvaluated });
    main.on('Debugger.paused', ({ callFrames }) => this.#paused(callFrames));
    // Node keeps a program that has ended until its debuggers have gone.
    main.on('Runtime.executionContextDestroyed', () => {
      this.#over = true;
      this.#waiting?.(null);
      void Promise.all([main.close(), agent.close()]);
    });
    this.exited = new Promise((resolve) => process.once('exit', resolve));
    this.#closed = new Promise((resolve) => process.once('close', () => resolve()));
  }

  /** @param program a path below test/debuggee */
  static async start(
    program: string,
    options: PausedProgramOptions = {},
    onEvaluated: (value: EvaluatedValue) => void = () => undefined,
  ): Promise<PausedProgram> {
    const child = spawn(
      options.executable ?? process.execPath,
      ['--inspect-brk=127.0.0.1:0', ...(options.args ?? []), `${root}test/debuggee/${program}`],
      { cwd: root, env: { ...personsEnvironment(), ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    const address = await new Promise<string>((resolve, reject) => {
      child.once('exit', (code) =>
        reject(new Error(`${program} ended with ${code} before it listened: ${output.stderr}`)),
      );
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        output.stderr += text;
        const listening = /ws:\/\/\S+/.exec(output.stderr);
        if (listening) resolve(listening[0]);
      });
    });
    const [main, agent] = await Promise.all([WebSocketSession.connect(address), WebSocketSession.connect(address)]);
    const paused = new PausedProgram(child, output, main, agent, onEvaluated);
    await main.send('Runtime.enable');
    await installRecorder(agent, { budget });
    await main.send('Debugger.enable');
    await main.send('Runtime.runIfWaitingForDebugger');
    await paused.next();
    await paused.resume();
    return paused;
  }

  /** Runs to the next stop; false if the program ended instead. */
  async resume(): Promise<boolean> {
    await this.inspector.resuming();
    const stopped = this.next();
    await this.main.send('Debugger.resume');
    return stopped;
  }

  async next(): Promise<boolean> {
    const frames =
      this.#pauses.shift() ??
      (this.#over
        ? null
        : await new Promise<Protocol.Debugger.CallFrame[] | null>((resolve) => (this.#waiting = resolve)));
    this.#waiting = null;
    if (!frames) return false;
    this.frames = frames;
    this.inspector.stopped(frames);
    return true;
  }

  get top(): string {
    return this.frames[0]!.callFrameId;
  }

  /** Evaluates in the top frame, by value: the program's own view of itself. */
  async ask(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.main.send('Debugger.evaluateOnCallFrame', {
      callFrameId: this.top,
      expression,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** All that the program has printed, once its pipes are closed. */
  async closedOutput(): Promise<{ stdout: string; stderr: string }> {
    await this.#closed;
    return this.output;
  }

  async end(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill('SIGKILL');
    await this.exited;
    await this.inspector.dispose();
  }

  #paused(frames: Protocol.Debugger.CallFrame[]): void {
    if (this.#waiting) this.#waiting(frames);
    else this.#pauses.push(frames);
  }
}
