/** The inspector of a debuggee, opened when a tensor is first asked for: a session without tensors never has one. */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../cdp/cdpSession.ts';
import { configureRecorder, type Locate } from '../inspector/watch/copies.ts';
import type { NamesAt } from '../inspector/names/originalNames.ts';
import type { OpenInspector, TensorInspector } from '../inspector/tensorInspector.ts';
import type { NotFiniteBreak } from '../protocol/notFinite.ts';
import type { TrackedBatch } from '../protocol/track.ts';
import type { EvaluatedValue } from '../protocol/requests.ts';
import type { CopyBudget, RuntimeDescription } from '../protocol/tensor.ts';

export interface TensorsOptions {
  open: OpenInspector;
  main: CdpSession;
  /** Opens the second connection. */
  connectAgent: () => Promise<CdpSession>;
  budget: CopyBudget;
  locate: Locate;
  namesAt: NamesAt;
  onTracked: (batch: TrackedBatch) => void;
  onEvaluated: (value: EvaluatedValue) => void;
  withVersions: (runtimes: RuntimeDescription[]) => RuntimeDescription[];
}

export class Tensors {
  readonly #options: TensorsOptions;
  #inspector: Promise<TensorInspector> | undefined;
  #opened: TensorInspector | undefined;
  #notFinite: NotFiniteBreak = { mode: 'off' };
  #callFrames: readonly Protocol.Debugger.CallFrame[] = [];
  /** When the program stopped with them. */
  #stoppedAt = 0;

  constructor(options: TensorsOptions) {
    this.#options = options;
  }

  /** Whether anybody has asked for a tensor yet. */
  get inUse(): boolean {
    return this.#opened !== undefined;
  }

  stopped(callFrames: readonly Protocol.Debugger.CallFrame[]): void {
    this.#callFrames = callFrames;
    this.#stoppedAt = performance.now();
    this.#opened?.stopped(callFrames);
  }

  /** To be awaited before the program is told to run. */
  async resuming(): Promise<void> {
    this.#callFrames = [];
    await this.#opened?.resuming();
  }

  inspector(): Promise<TensorInspector> {
    this.#inspector ??= this.#open().catch((error: unknown) => {
      // The next one who asks may try again.
      this.#inspector = undefined;
      throw error;
    });
    return this.#inspector;
  }

  /** The agent is in the program from then on, and what tracked lines find is told. */
  async track(): Promise<void> {
    await (await this.inspector()).track(this.#options.onTracked);
  }

  /** A program that it was never on in is left alone. */
  async breakOnNotFinite(asked: NotFiniteBreak): Promise<void> {
    const { mode, nanOnly = false } = this.#notFinite;
    if (asked.mode === mode && (asked.nanOnly ?? false) === nanOnly) return;
    this.#notFinite = asked;
    await (await this.inspector()).breakOnNotFinite(asked);
  }

  /** Also of the recorder, which is in the program from its start. */
  async setBudget(budget: CopyBudget): Promise<void> {
    this.#options.budget = budget;
    if (this.#inspector) await (await this.#inspector).setBudget(budget);
    else await configureRecorder(this.#options.main, budget);
  }

  isEnding(breakpointIds: readonly string[]): boolean {
    return this.#opened?.isEnding(breakpointIds) ?? false;
  }

  async dispose(): Promise<void> {
    await this.#opened?.dispose();
  }

  async #open(): Promise<TensorInspector> {
    const { open, connectAgent, onTracked: _, ...options } = this.#options;
    const inspector = open({ ...options, agent: await connectAgent() });
    inspector.stopped(this.#callFrames, this.#stoppedAt);
    this.#opened = inspector;
    return inspector;
  }
}
