/** Sessions: they run a graph, and hold its variables' values. The semantics of `tf.compat.v1.Session`. */
import { FailedPreconditionError, InvalidArgumentError, ModeError, UnimplementedError } from './errors.ts';
import { feedTensors, type Feeds } from './feeds.ts';
import { parseFetches, type Fetched, type Fetches, type FetchPlan } from './fetches.ts';
import { GraphExecutor, neededNodes } from './graph/executor.ts';
import { getDefaultGraph, type Graph } from './graph/graph.ts';
import { symbolicShapeText } from './graph/graphDef.ts';
import { stateOps, type Operation } from './graph/symbolicTensor.ts';
import { assertSyncReadable, toHost, toHostAsync } from './host.ts';
import type { NDArray } from './numpy/ndarray.ts';
import type { ArrayElement } from './numpy/elementFormat.ts';
import { installSession, noteClosed, noteOpened, uninstallSession, withSession, type SessionLike } from './sessions.ts';
import type { SparseTensor } from './sparse.ts';
import type { Tensor } from './tensor.ts';
import { core, isAsyncOnly, type TfTensor } from './tfjs.ts';

type Value = NDArray<ArrayElement>;

export class Session implements SessionLike {
  readonly graph: Graph;
  readonly #executor: GraphExecutor;
  /** The variables' values, by node. */
  readonly #variables = new Map<string, TfTensor>();
  #closed = false;

  /** @param graph default: the default graph */
  constructor(graph: Graph = getDefaultGraph()) {
    this.graph = graph;
    this.#executor = new GraphExecutor(graph);
    noteOpened(this);
  }

  /**
   * Runs what the fetches need. They are a tensor, an operation (gives null), a sparse tensor, a name, or arrays and
   * objects of them; the result has the same form.
   * @param feeds values for placeholders, or instead of any other tensor: a Map, pairs, or an object by names
   */
  run<F extends Fetches>(fetches: F, feeds?: Feeds): Promise<Fetched<F>> {
    return this.#run(fetches, feeds) as Promise<Fetched<F>>;
  }

  async #run(fetches: Fetches, feeds: Feeds | undefined): Promise<unknown> {
    const plan = this.#plan(fetches);
    const fed = feedTensors(this.graph, feeds);
    try {
      const names = plan.tensors;
      const sources = this.#inputs(names, fed);
      const values = names.length === 0 ? [] : await this.#executor.runAsync(names, sources);
      const arrays = await this.#release(values, sources, (tensor) => toHostAsync<ArrayElement>(tensor));
      for (const write of plan.writes) {
        const inputs = this.#inputs([inputOf(write)], fed);
        const results = await this.#executor.runAsync([inputOf(write)], inputs);
        const written = this.#write(write, results, inputs);
        const wanted = plan.written.get(write.name);
        if (wanted !== undefined) arrays[wanted] = await toHostAsync<ArrayElement>(written);
      }
      return plan.build(arrays);
    } finally {
      core.dispose(fed);
    }
  }

  /**
   * `run` without waiting.
   * @throws UnimplementedError on webgpu, and for ops that TF.js runs asynchronously only
   */
  runSync<F extends Fetches>(fetches: F, feeds?: Feeds): Fetched<F> {
    const backend = core.getBackend();
    if (isAsyncOnly(backend)) {
      throw new UnimplementedError(
        `runSync() can't wait for the ${backend} backend: a running program reads its values asynchronously.`,
        'Use: await session.run(...)',
      );
    }
    const plan = this.#plan(fetches);
    const fed = feedTensors(this.graph, feeds);
    try {
      const sources = this.#inputs(plan.tensors, fed);
      const values = plan.tensors.length === 0 ? [] : this.#executor.run(plan.tensors, sources);
      const arrays: Value[] = [];
      this.#releaseSync(values, sources, arrays);
      for (const write of plan.writes) {
        const inputs = this.#inputs([inputOf(write)], fed);
        const written = this.#write(write, this.#executor.run([inputOf(write)], inputs), inputs);
        const wanted = plan.written.get(write.name);
        if (wanted !== undefined) arrays[wanted] = toHost<ArrayElement>(written);
      }
      return plan.build(arrays) as Fetched<F>;
    } finally {
      core.dispose(fed);
    }
  }

  /** What `tensor.eval` calls. */
  async evaluate(tensor: Tensor | SparseTensor, feeds?: unknown): Promise<unknown> {
    return await this.run(tensor, feeds as Feeds);
  }

  evaluateSync(tensor: Tensor | SparseTensor, feeds?: unknown): unknown {
    return this.runSync(tensor, feeds as Feeds);
  }

  #plan(fetches: Fetches): FetchPlan {
    if (this.#closed) throw new ModeError('Attempted to use a closed Session.');
    if (this.graph.version === 0) {
      throw new ModeError(
        'The Session graph is empty. Add operations to the graph before calling run().',
        'In eager mode ops run at once and enter no graph: read them by tensor.numpy(). For a graph: ' +
          'graph.asDefault(() => ...), or compat.v1.disableEagerExecution() at startup.',
      );
    }
    return parseFetches(this.graph, fetches);
  }

  /** The feeds and the variables that outputs need. */
  #inputs(outputs: readonly string[], fed: Record<string, TfTensor>): Record<string, TfTensor> {
    const inputs = { ...fed };
    for (const name of neededNodes(this.graph, outputs, fed)) {
      const { type, outputs: own, node } = this.graph.getOperationByName(name);
      if (type === 'VariableV2') inputs[name] = this.#variable(name);
      else if (stateOps.has(type) && outputs.some((output) => output !== name)) throw notFetched(name);
      else if (type === 'Placeholder' && !(name in this.graph.constants)) {
        const shape = symbolicShapeText(own[0]?.shape ?? null);
        throw new InvalidArgumentError(
          `You must feed a value for placeholder tensor '${node.name}' with dtype ${own[0]?.dtype ?? 'unknown'} and shape ${shape}.`,
          `Feed it: session.run(fetches, { ${JSON.stringify(node.name)}: value }), or new Map([[tensor, value]]).`,
        );
      }
    }
    return inputs;
  }

  variableValue(name: string): TfTensor | undefined {
    return this.#variables.get(name);
  }

  #variable(name: string): TfTensor {
    const value = this.#variables.get(name);
    if (value) return value;
    throw new FailedPreconditionError(
      `Attempting to use uninitialized value ${name}.`,
      'Run the initializer first: await session.run(compat.v1.globalVariablesInitializer()).',
    );
  }

  /** Stores what an assignment computed; returns the variable's new value, which stays the session's. */
  #write({ node, type }: Operation, results: TfTensor[], inputs: Record<string, TfTensor>): TfTensor {
    const name = node.input?.[0] as string;
    const [value] = results as [TfTensor];
    const old = this.#variables.get(name);
    const next = core.tidy(() => {
      if (type === 'Assign') return value.clone();
      const current = this.#variable(name);
      return type === 'AssignAdd' ? core.add(current, value) : core.sub(current, value);
    });
    core.keep(next);
    this.#disposeOwn(results, inputs);
    old?.dispose();
    this.#variables.set(name, next);
    return next;
  }

  async #release(
    tensors: TfTensor[],
    inputs: Record<string, TfTensor>,
    read: (tensor: TfTensor) => Promise<Value>,
  ): Promise<Value[]> {
    try {
      return await Promise.all(tensors.map(read));
    } finally {
      this.#disposeOwn(tensors, inputs);
    }
  }

  #releaseSync(tensors: TfTensor[], inputs: Record<string, TfTensor>, into: Value[]): void {
    try {
      for (const tensor of tensors) {
        assertSyncReadable(tensor, 'runSync()', 'await session.run(...)');
        into.push(toHost<ArrayElement>(tensor));
      }
    } finally {
      this.#disposeOwn(tensors, inputs);
    }
  }

  /** A result can be a constant or a feed itself: those are somebody else's. */
  #disposeOwn(tensors: readonly TfTensor[], inputs: Record<string, TfTensor>): void {
    const kept = new Set(Object.values(inputs).map(({ id }) => id));
    for (const tensor of tensors) {
      if (!kept.has(tensor.id) && !tensor.isDisposed && !this.#executor.isShared(tensor)) tensor.dispose();
    }
  }

  /** Makes it the default session while `fn` runs, or until its promise settles. */
  asDefault<R>(fn: (session: this) => R): R {
    return withSession(this, () => this.graph.asDefault(() => fn(this)));
  }

  /** Frees the variables and the constants on the device. */
  close(): void {
    this.#closed = true;
    noteClosed(this);
    this.#executor.dispose();
    for (const value of this.#variables.values()) value.dispose();
    this.#variables.clear();
  }
}

function inputOf(write: Operation): string {
  return write.node.input?.[1] as string;
}

function notFetched(name: string): UnimplementedError {
  return new UnimplementedError(
    `'${name}' writes a variable; its result can't be an input of other ops here.`,
    'Fetch it by itself first, then run what reads the variable.',
  );
}

/** A session that makes itself the default one until it is closed. */
export class InteractiveSession extends Session {
  constructor(graph?: Graph) {
    super(graph);
    installSession(this);
  }

  override close(): void {
    uninstallSession(this);
    super.close();
  }
}
