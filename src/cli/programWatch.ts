/** How the program under inspection is doing, by what the adapter tells: its stops, its end, and whether its time is up. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DapClient, Events } from './dapClient.ts';

/** The program, or the adapter, has gone, or its time is up. */
export class Ended extends Error {}

export class ProgramWatch {
  /** Nothing more is wanted of it: its end, and the adapter's, are as they should be. */
  isLetGo = false;
  readonly #stops: Events['stopped'][] = [];
  #wake: () => void = () => {};
  #ended = false;
  #adapterEnded = false;
  #timedOut = false;
  #exit: Events['exited'] | undefined;

  /** @param onOutput hears what the program writes, and what the debugger has to say meanwhile */
  constructor(client: DapClient, onOutput: (stream: 'stdout' | 'stderr', text: string) => void) {
    client.on('output', ({ category, output }) => {
      if (category === 'stdout' || category === 'stderr') onOutput(category, output);
      // The debugger's own: a condition that throws is to be heard of now, not when the program has ended.
      else if (category === 'console' && !this.isLetGo) onOutput('stderr', `tensor-debugger: ${output}`);
    });
    client.on('stopped', (stop) => {
      this.#stops.push(stop);
      this.#wake();
    });
    client.on('exited', (exit) => {
      this.#exit = exit;
    });
    client.on('terminated', () => this.#end());
    void client.closed.then(() => {
      // Nobody has told it to, and the program's end would have been told before.
      this.#adapterEnded = !this.#ended && !this.isLetGo;
      this.#end();
    });
  }

  #end(): void {
    this.#ended = true;
    this.#wake();
  }

  timeIsUp(): void {
    this.#timedOut = true;
    this.#wake();
    if (this.isLetGo) process.stderr.write('tensor-debugger: the time is up; the program is ended.\n');
  }

  /** The program is over, or the adapter through which it is read. */
  get ended(): boolean {
    return this.#ended;
  }

  get adapterEnded(): boolean {
    return this.#adapterEnded;
  }

  get timedOut(): boolean {
    return this.#timedOut;
  }

  /** How the program has ended, once that was told. */
  get exit(): Events['exited'] | undefined {
    return this.#exit;
  }

  /** By a signal, or an error that nobody caught. */
  get crashed(): boolean {
    return this.#exit?.signal !== undefined || this.#exit?.crashed === true;
  }

  howItEnded(): string {
    if (this.#exit?.signal !== undefined) return `was ended by ${this.#exit.signal}`;
    if (this.crashed) return `crashed (exit code ${this.#exit?.exitCode})`;
    return this.#exit ? `ended (exit code ${this.#exit.exitCode})` : 'ended';
  }

  /** @throws Ended */
  async nextStop(): Promise<Events['stopped']> {
    for (;;) {
      const stop = this.#stops.shift();
      if (stop) return stop;
      if (this.#ended || this.#timedOut) throw new Ended();
      await this.#change();
    }
  }

  /** @throws Ended if the race is lost before the answer comes */
  async race<T>(answer: Promise<T>, isLost = () => this.#ended || this.#timedOut): Promise<T> {
    let settled = false;
    const settle = (): void => {
      settled = true;
      this.#wake();
    };
    // Where the race is lost the answer may still fail, with nobody left to hear it.
    answer.then(settle, settle);
    for (;;) {
      // What has arrived is an answer, be it that the program ended right behind it.
      await sleep(0);
      if (settled) return answer;
      if (isLost()) throw new Ended();
      await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}
