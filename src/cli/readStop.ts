/** What is asked of the program at the stop, and how the answers get into the document. */
import { isRefused, TensorError, type Advice, type ErrorReport } from '../protocol/errors.ts';
import type { TensorReference, TensorRequestName, TensorRequests } from '../protocol/requests.ts';
import type { TensorDescriptor } from '../protocol/tensor.ts';
import {
  describedFields,
  documentAssignment,
  documentCopies,
  documentCost,
  documentExport,
  documentRuntime,
  documentStatistics,
  documentTensor,
  exitStatus,
  type DocumentTensor,
  type ExitStatus,
  type InspectDocument,
} from './document.ts';
import { textHere } from './helpHere.ts';
import type { InspectOptions } from './options.ts';

/** What the reader needs of the inspection that it is a part of. */
export interface StopContext {
  readonly document: InspectDocument;
  /** @throws what `hasEnded` recognises, if the program ends or the time is up before the answer comes */
  request<Name extends TensorRequestName>(
    name: Name,
    args: TensorRequests[Name]['arguments'],
  ): Promise<TensorRequests[Name]['result']>;
  hasEnded(error: unknown): boolean;
  reportOf(error: unknown): ErrorReport;
  /** The highest status stays. */
  raise(status: ExitStatus): void;
  addWarning(warning: Warning): void;
  /** What takes time now, in words. */
  progress(doing: string): void;
}

/** What went wrong, or is worth knowing, and where in the program. */
export interface Warning extends Partial<Advice> {
  code: string;
  message: string;
  file?: string;
  line?: number;
}

/** Something that was found at the stop or asked for, with the handle that reads go by. */
interface Target {
  entry: DocumentTensor;
  id: string | null;
  /** Listed though it has no value, and nobody asked for one. */
  isOptional?: boolean;
  /** False for strings and for memory without a dtype, where nobody has named them. */
  hasStatistics?: boolean;
  /** Its value comes, or came, after the program has gone on. */
  isLater?: boolean;
  isAwaited?: boolean;
}

export class StopReader {
  readonly #options: InspectOptions;
  readonly #context: StopContext;
  #targets: Target[] = [];
  /** Containers with more tensors than those that were listed; undefined if what is in the frame could not be told. */
  unlisted: readonly string[] | undefined = [];

  constructor(options: InspectOptions, context: StopContext) {
    this.#options = options;
    this.#context = context;
  }

  /** What the tensors are, and their values. Leaves the reasons for what can't be read in their places. */
  async read(frameId: number): Promise<void> {
    for (const assignment of this.#options.assignments) await this.#assign(assignment, frameId);
    this.#context.progress('reading tensors');
    const targets = await this.#findTargets(frameId);
    this.#targets = targets;
    this.#context.document.tensors = targets.map(({ entry }) => entry);
    // It has no values to show; the file that was asked for has them.
    if (this.#options.exportFile !== undefined && isSparseAlone(targets)) targets[0]!.isOptional = true;
    for (const [index, target] of targets.entries()) {
      if (targets.length > 1) this.#context.progress(`reading tensor ${index + 1} of ${targets.length}`);
      if (!target.isLater) await this.#readTensor(target);
    }
    try {
      const copies = await this.#context.request('tensor/copies', {});
      this.#context.document.copies = documentCopies(copies);
    } catch {
      // The program has just ended: everything that was asked for has been answered before.
    }
  }

  /** The expressions whose values come after the program has gone on. */
  get awaited(): string[] {
    return this.#targets.flatMap(({ entry, isAwaited }) => (isAwaited ? [entry.expression] : []));
  }

  /** At a later stop: reads a value that has come. */
  async readLater(id: string): Promise<void> {
    for (const target of this.#targets) {
      if (!target.isAwaited || target.id !== id) continue;
      target.isAwaited = false;
      await this.#readTensor(target);
    }
  }

  /** The values that have not come will not come any more. */
  giveUp(report: ErrorReport): void {
    for (const target of this.#targets) {
      if (!target.isAwaited) continue;
      target.isAwaited = false;
      target.entry.error = textHere(report);
      this.#context.raise(exitStatus.notReadOrWritten);
    }
  }

  /** When everything is read that could be. */
  async export(): Promise<void> {
    if (this.#options.exportFile !== undefined) await this.#export(this.#targets, this.#options.exportFile);
  }

  async #assign({ expression, file }: InspectOptions['assignments'][number], frameId: number): Promise<void> {
    this.#context.progress(`assigning ${expression}`);
    try {
      const assigned = await this.#context.request('tensor/assign', { expression, file, frameId });
      (this.#context.document.assignments ??= []).push(documentAssignment(assigned));
      for (const warning of assigned.warnings) this.#context.addWarning(warning);
    } catch (error) {
      this.#context.raise(exitStatus.notReadOrWritten);
      this.#context.addWarning(this.#context.reportOf(error));
    }
  }

  async #findTargets(frameId: number): Promise<Target[]> {
    const { expressions } = this.#options;
    const targets: Target[] = [];
    try {
      const listing = await this.#context.request('tensor/list', { frameId });
      this.#context.document.runtimes = listing.runtimes.map(documentRuntime);
      for (const warning of listing.warnings) this.#context.addWarning(warning);
      if (expressions.length === 0) {
        for (const { expression, scope, tensor } of listing.tensors) {
          const entry = { ...documentTensor(expression, scope), ...describedFields(tensor) };
          // It is a part of the list, and has no value before something is run; nobody has asked for one.
          const hasStatistics = tensor.dtype !== 'string' && tensor.dtype !== 'unknown';
          targets.push({ entry, id: tensor.id, isOptional: canBeRun(tensor), hasStatistics });
        }
        this.unlisted = listing.containers.map(({ expression }) => expression);
        if (listing.truncated) {
          this.#context.raise(exitStatus.notReadOrWritten);
          this.#context.addWarning({
            code: 'too-large',
            message: `The frame has more tensors than the ${listing.tensors.length} that were listed.`,
            help: 'Name those that you need with --expr.',
          });
        }
      }
    } catch (error) {
      // Expressions can be read without the list of what else there is.
      if (expressions.length === 0) {
        this.unlisted = undefined;
        this.#context.raise(exitStatus.notReadOrWritten);
        this.#context.addWarning(this.#context.reportOf(error));
      }
    }
    for (const expression of expressions) targets.push(await this.#evaluate(expression, frameId));
    return targets;
  }

  /** An expression is evaluated once; everything else goes by the handle of what it gave. */
  async #evaluate(expression: string, frameId: number): Promise<Target> {
    const entry = documentTensor(expression, null);
    try {
      const reference = { expression, frameId };
      const tensor = await this.#describeExpression(reference);
      if (tensor) Object.assign(entry, describedFields(tensor));
      const value = await this.#evaluateGraph(tensor, reference);
      if (value) Object.assign(entry, describedFields(value.tensor));
      const isLater = value?.isLater ?? false;
      return { entry, id: (value?.tensor ?? tensor)?.id ?? null, isLater, isAwaited: isLater };
    } catch (error) {
      this.#fail(entry, error);
      return { entry, id: null };
    }
  }

  /** Undefined for what is no tensor where graphs are run: a model stands for its output. */
  async #describeExpression(reference: TensorReference): Promise<TensorDescriptor | undefined> {
    try {
      return (await this.#context.request('tensor/describe', { tensor: reference })).tensor;
    } catch (error) {
      if (this.#options.feeds && error instanceof TensorError && error.code === 'not-a-tensor') return undefined;
      throw error;
    }
  }

  /** Where it was asked for, a graph tensor stands for its value. */
  async #evaluateGraph(
    tensor: TensorDescriptor | undefined,
    reference: { expression: string; frameId: number },
  ): Promise<TensorRequests['tensor/evaluateGraph']['result'] | undefined> {
    const { feeds } = this.#options;
    if (!feeds || (tensor && !canBeRun(tensor))) return undefined;
    const { frameId } = reference;
    const given = feeds.map(({ name, ...value }) => ({ name, value: 'file' in value ? value : { ...value, frameId } }));
    this.#context.progress('running the graph');
    const request = { tensor: tensor ? { id: tensor.id } : reference, feeds: given, stopWhenEvaluated: true };
    return this.#context.request('tensor/evaluateGraph', request);
  }

  async #readTensor({ entry, id, isOptional, hasStatistics = true }: Target): Promise<void> {
    if (id === null) return;
    const tensor: TensorReference = { id };
    const { slice, stats } = this.#options;
    try {
      const read = await this.#context.request('tensor/read', { tensor, ...(slice !== undefined && { slice }) });
      Object.assign(entry, describedFields(read.tensor));
      entry.slice = read.slice;
      entry.values = read.values ?? null;
      entry.cost = documentCost(read.cost);
    } catch (error) {
      if (isOptional && !this.#context.hasEnded(error)) entry.error = textHere(this.#context.reportOf(error));
      else this.#fail(entry, error);
      // What has become of a buffer shows only when it is read.
      if (isRefused(error))
        Object.assign(entry, describedFields((await this.#context.request('tensor/describe', { tensor })).tensor));
    }
    if (!stats || !hasStatistics || (isOptional && entry.values === null)) return;
    try {
      const answer = await this.#context.request('tensor/stats', { tensor });
      entry.stats = documentStatistics(answer.stats, answer.tensor.dtype);
      entry.warnings = warningsOf(answer.tensor, entry.warnings);
    } catch (error) {
      // One reason is enough where both fail.
      if (entry.error === null) this.#fail(entry, error);
    }
  }

  async #export(targets: readonly Target[], file: string): Promise<void> {
    const { slice, force } = this.#options;
    const tensors = targets.flatMap(({ entry, id }) =>
      id === null || (entry.values === null && !isSparseAlone(targets))
        ? []
        : [{ name: entry.expression, tensor: { id }, ...(slice !== undefined && { slice }) }],
    );
    try {
      const [later, earlier] = [true, false].map((is) => targets.find(({ isLater = false }) => isLater === is)?.entry);
      if (later && earlier) {
        throw new TensorError({
          code: 'not-available',
          message: `${file} was not written: ${later.expression} has its value only after the program has gone on, and ${earlier.expression} had it at the stop.`,
          help: 'Export them in two runs, each to a file of its own.',
        });
      }
      if (tensors.length === 0) {
        throw new TensorError({ code: 'no-such-tensor', message: `${file} was not written: no tensor could be read.` });
      }
      this.#context.progress(`writing ${file}`);
      // Of a number no more than the bits of a NaN, or what a picture leaves out, can be lost; a string would be another one.
      const loss = force ? 'warn' : 'refuse-strings';
      const written = await this.#context.request('tensor/export', { tensors, file, force, loss });
      this.#context.document.exports.push(documentExport(written.export));
      for (const warning of written.warnings) this.#context.addWarning(warning);
    } catch (error) {
      this.#context.raise(exitStatus.notReadOrWritten);
      // What ended all of it is said once, by whoever has called.
      if (!this.#context.hasEnded(error)) this.#context.addWarning(this.#context.reportOf(error));
    }
  }

  #fail(entry: DocumentTensor, error: unknown): void {
    entry.error = textHere(this.#context.reportOf(error));
    this.#context.raise(exitStatus.notReadOrWritten);
  }
}

/** A sparse tensor takes a file of its own. */
function isSparseAlone(targets: readonly Target[]): boolean {
  return targets.length === 1 && targets[0]?.entry.kind === 'sparse';
}

/** Whether it has no value before something is run: a graph tensor, or an array that is lazy. */
function canBeRun({ kind, state }: TensorDescriptor): boolean {
  return kind === 'symbolic' || state === 'pending';
}

/** What the statistics have found is among them now; of the price of a copy nothing is said that was not said of the read. */
function warningsOf(tensor: TensorDescriptor, ofRead: DocumentTensor['warnings']): DocumentTensor['warnings'] {
  const warnings = describedFields(tensor).warnings ?? ofRead;
  const isPriced = ofRead.some(({ code }) => code === 'large-copy');
  return warnings.filter(({ code }) => code !== 'large-copy' || isPriced);
}
