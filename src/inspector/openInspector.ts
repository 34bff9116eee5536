import type { Protocol } from 'devtools-protocol';
import { defaultTolerance, type TensorComparison, type Tolerance } from '../protocol/comparison.ts';
import type {
  AssignedTensor,
  BackendComparison,
  Copies,
  DifferenceWindow,
  ProgramWarning,
  ReadResult,
  TensorListing,
  TensorPreview,
  TensorRequests,
} from '../protocol/requests.ts';
import type { CopyBudget, GraphInput, TensorDescriptor, TensorStatistics, TensorWarning } from '../protocol/tensor.ts';
import type { NotFiniteBreak, NotFiniteStop } from '../protocol/notFinite.ts';
import type { TrackedBatch } from '../protocol/track.ts';
import { AgentLink } from './link/agentLink.ts';
import { assignTensor } from './assign/assignTensor.ts';
import { isPlace } from './assign/target.ts';
import { BulkReader } from './read/bulkReader.ts';
import { backendComparison } from './evaluate/compareBackends.ts';
import { compareTensors, differenceWindow } from './compareTensors.ts';
import {
  configureRecorder,
  copiesOf,
  generatedLine,
  installRecorder,
  programWarning,
  readRecorder,
  recorderMessage,
  type Locate,
} from './watch/copies.ts';
import { withPrice } from './read/copyPrice.ts';
import { windowValues } from './read/decodedWindow.ts';
import { watchEndings } from './watch/endings.ts';
import { evaluateOnFrame, splitReinterpretation } from './evaluate/evaluate.ts';
import { exportTensors } from './export/exportTensors.ts';
import { GraphEvaluation } from './evaluate/graphEvaluation.ts';
import { listTensors } from './listTensors.ts';
import { notFiniteStop } from './watch/notFinite.ts';
import { opThatMade } from './evaluate/opThatMade.ts';
import { contextOf } from './link/otherContexts.ts';
import { previewAll } from './read/previews.ts';
import { readByHabit, readingHabit } from './evaluate/readingHabits.ts';
import { Stop } from './stop.ts';
import { stopObjectGroup } from './link/stopObjects.ts';
import { formatId, parseId } from './tensorId.ts';
import type {
  AssignRequest,
  CompareOptions,
  ComparedWith,
  ExportRequest,
  FeedOf,
  InspectorOptions,
  OpenInspector,
  TensorInspector,
} from './tensorInspector.ts';
import { TensorReads } from './read/tensorReads.ts';
import { connectTracking } from './watch/tracking.ts';

export const openInspector: OpenInspector = (options) => new Inspector(options);

class Inspector implements TensorInspector {
  readonly #options: InspectorOptions;
  readonly #link: AgentLink;
  readonly #locate: Locate;
  readonly #bulk: BulkReader;
  readonly #stop: Stop;
  readonly #reads: TensorReads;
  readonly #graphs: GraphEvaluation;
  #breaksOnNotFinite = false;
  #endings: Promise<string[]> | undefined;
  #endingIds: readonly string[] = [];
  #tracking: Promise<void> | undefined;
  /** At a stop: the last points are being fetched. */
  #flushing: Promise<unknown> | undefined;

  constructor(given: InspectorOptions) {
    // One object, which all parts look at.
    const options = { ...given, budget: { ...given.budget } };
    this.#options = options;
    this.#link = new AgentLink(options.main, options.agent, options.budget);
    this.#locate = options.locate ?? generatedLine;
    this.#bulk = new BulkReader(this.#link);
    this.#stop = new Stop(this.#link, options.namesAt);
    this.#reads = new TensorReads(this.#link, this.#stop, this.#bulk, options.budget);
    this.#graphs = new GraphEvaluation(options.main, this.#link, this.#stop, (value) => options.onEvaluated?.(value));
  }

  stopped(callFrames: readonly Protocol.Debugger.CallFrame[], stoppedAt = performance.now()): void {
    this.#stop.begin(callFrames, stoppedAt);
    if (callFrames.length > 0) this.#graphs.stopped();
    if (this.#tracking && callFrames.length > 0) {
      // A program that has gone meanwhile has sent all that it could.
      this.#flushing = this.#tracking.then(() => this.#link.call('flushTracked', {})).catch(() => undefined);
    }
  }

  async resuming(): Promise<void> {
    const touched = this.#stop.isHandedOver || this.#graphs.hasLater;
    const { heldMs } = this.#stop;
    const { keepsLater } = this.#graphs;
    this.stopped([]);
    await this.#flushing;
    if (!touched) return;
    await Promise.all([
      this.#link.call('release', { heldMs, keepsLater }),
      this.#options.main.send('Runtime.releaseObjectGroup', { objectGroup: stopObjectGroup }),
    ]);
  }

  list(callFrameId: string, within?: string): Promise<TensorListing> {
    return listTensors(callFrameId, within, {
      link: this.#link,
      stop: this.#stop,
      options: this.#options,
      locate: this.#locate,
    });
  }

  async preview(objectIds: readonly string[]): Promise<(TensorPreview | null)[]> {
    if (objectIds.length === 0) return [];
    const [taken] = await Promise.all([this.#stop.take(objectIds), this.#stop.handOver()]);
    return previewAll(taken, this.#reads);
  }

  async previews(ids: readonly string[]): Promise<TensorPreview[]> {
    return previewAll(await Promise.all(ids.map((id) => this.describe(id))), this.#reads);
  }

  async note(previews: readonly TensorPreview[]): Promise<void> {
    const texts = Object.fromEntries(previews.map(({ tensor, text }) => [parseId(tensor.id).id, text]));
    await this.#link.call('note', { texts });
  }

  async evaluate(
    callFrameId: string,
    text: string,
    { throwOnSideEffect }: { throwOnSideEffect: boolean },
  ): Promise<TensorDescriptor> {
    const { expression, as } = splitReinterpretation(text);
    const names = await this.#stop.names(callFrameId);
    const [value] = await Promise.all([
      evaluateOnFrame(this.#options.main, callFrameId, expression, { throwOnSideEffect, names }),
      this.#stop.handOver(),
    ]);
    const tensor = value.objectId === undefined ? null : (await this.#stop.take([value.objectId]))[0];
    if (!tensor) throw await this.#graphs.notATensor(expression, value);
    return as
      ? this.describe(formatId(tensor.id, as))
      : withPrice(this.#stop.keep(tensor, expression), this.#options.budget);
  }

  async resolve(
    callFrameId: string,
    expression: string,
    warn?: (warning: TensorWarning) => void,
  ): Promise<TensorDescriptor> {
    const habit = readingHabit(expression);
    const read = habit && (await readByHabit(this, callFrameId, habit, warn));
    return read ?? this.evaluate(callFrameId, expression, { throwOnSideEffect: true });
  }

  describe(id: string): Promise<TensorDescriptor> {
    return this.#reads.describe(id);
  }

  read(id: string, options: Parameters<TensorInspector['read']>[1]): Promise<ReadResult> {
    return this.#reads.read(id, options);
  }

  stats(id: string, options: Parameters<TensorInspector['stats']>[1]): Promise<TensorStatistics> {
    return this.#reads.stats(id, options);
  }

  find(...[id, from, direction, signal]: Parameters<TensorInspector['find']>): Promise<number | null> {
    return this.#reads.find(id, from, direction, signal);
  }

  readBytes(id: string, byteOffset: number, byteCount: number): Promise<Uint8Array> {
    return this.#reads.readBytes(id, byteOffset, byteCount);
  }

  export(request: ExportRequest): ReturnType<TensorInspector['export']> {
    return exportTensors(request, {
      describe: (id) => this.describe(id),
      parseId,
      sparseParts: (id) => this.#link.call('sparseParts', { id }),
      reading: (read) => this.#stop.reading(read),
      bulk: this.#bulk,
      stats: (id, dtype) => this.stats(id, dtype === undefined ? {} : { dtype }),
      readStrings: async (window) =>
        windowValues((await this.#link.call('read', { windows: [window] }))[0]!) as string[],
    });
  }

  graphOf(callFrameId: string, expression: string): Promise<string> {
    return this.#graphs.targetOf(callFrameId, expression);
  }

  compare(
    a: { id: string; name: string },
    b: ComparedWith,
    { tolerance, ...run }: CompareOptions = {},
  ): Promise<TensorComparison> {
    return compareTensors(a, b, this.#reads, { ...defaultTolerance, ...tolerance }, run);
  }

  differences(a: { id: string; name: string }, b: ComparedWith, slice?: string): Promise<DifferenceWindow> {
    return differenceWindow(a, b, this.#reads, slice);
  }

  async compareBackends(
    callFrameId: string,
    expression: string,
    given: Partial<Tolerance> = {},
  ): Promise<BackendComparison> {
    const frame = this.#stop.frame(callFrameId);
    await this.#stop.handOver();
    const tolerance = { ...defaultTolerance, ...given };
    const { main } = this.#options;
    const isTensor = async (objectId: string) => (await this.#stop.take([objectId]))[0]?.runtime === 'tfjs';
    const translated = (await this.#stop.names(callFrameId)).translate(expression);
    const op = isPlace(expression) ? await opThatMade(main, frame, translated, isTensor) : undefined;
    const made = op && (await this.evaluate(callFrameId, expression, { throwOnSideEffect: true })).id;
    const request = { callFrameId, expression: op ?? translated, tolerance, ...(made !== undefined && { made }) };
    const found = await this.#stop.reading(() => this.#link.callInFrame('compareBackends', request));
    return backendComparison(op ? `${expression} = ${op}` : expression, found, tolerance);
  }

  async assign(request: AssignRequest): Promise<AssignedTensor> {
    const { callFrameId, expression } = request;
    const frame = this.#stop.frame(callFrameId);
    const old = await this.evaluate(callFrameId, expression, { throwOnSideEffect: true });
    const { main } = this.#options;
    const result = await assignTensor(request, {
      main,
      link: this.#link,
      bulk: this.#bulk,
      frame,
      frames: this.#stop.frames,
      names: await this.#stop.names(callFrameId),
      old,
    });
    this.#stop.described.set(result.tensor.id, result.tensor);
    return result;
  }

  graphInputs(id: string): Promise<GraphInput[]> {
    return this.#graphs.inputs(id);
  }

  evaluateGraph(
    id: string,
    feeds: readonly FeedOf[],
    options: { stopWhenEvaluated?: boolean } = {},
  ): Promise<TensorRequests['tensor/evaluateGraph']['result']> {
    return this.#graphs.evaluate(id, feeds, options);
  }

  track(onBatch: (batch: TrackedBatch) => void): Promise<void> {
    this.#tracking ??= connectTracking(this.#options.main, this.#link, onBatch).then(() => this.#watchEndings());
    return this.#tracking;
  }

  async copies(): Promise<Copies> {
    const { agent, budget } = this.#options;
    // A program that was attached to without the adapter: from now on, then.
    let report = await readRecorder(agent);
    if (!report) {
      await installRecorder(agent, { budget });
      report = await readRecorder(agent);
    }
    return copiesOf(report!, this.#locate);
  }

  async hearWarnings(onWarning: (warning: ProgramWarning) => void): Promise<void> {
    const { main, budget } = this.#options;
    const notifyContext = contextOf(await this.#link.agentOnMain());
    main.on('Runtime.bindingCalled', (event) => {
      const warning = recorderMessage(event);
      if (warning) void programWarning(warning, this.#locate).then(onWarning);
    });
    await installRecorder(main, { budget, notifyContext });
  }

  async setBudget(budget: CopyBudget): Promise<void> {
    Object.assign(this.#options.budget, budget);
    await configureRecorder(this.#options.agent, budget);
  }

  async breakOnNotFinite(asked: NotFiniteBreak): Promise<void> {
    await this.#link.closures.preparePump();
    this.#breaksOnNotFinite = asked.mode !== 'off';
    await this.#link.call('breakOnNotFinite', asked);
    if (asked.mode === 'deferred') await this.#watchEndings();
  }

  isEnding(breakpointIds: readonly string[]): boolean {
    return breakpointIds.some((id) => this.#endingIds.includes(id));
  }

  async #watchEndings(): Promise<void> {
    this.#endings ??= watchEndings(this.#options.main);
    this.#endingIds = await this.#endings;
  }

  async stoppedForValue(): Promise<string> {
    return (await this.#link.call('stoppedForValue', {})).name;
  }

  async notFinite(callFrames: readonly Protocol.Debugger.CallFrame[]): Promise<NotFiniteStop> {
    const report = await this.#link.call('notFinite', {});
    return notFiniteStop(report!, callFrames, this.#options.main, this.#locate);
  }

  async dispose(): Promise<void> {
    // A program that is gone already breaks on nothing.
    if (this.#breaksOnNotFinite) await this.breakOnNotFinite({ mode: 'off' }).catch(() => undefined);
    await this.#bulk.dispose();
  }
}
