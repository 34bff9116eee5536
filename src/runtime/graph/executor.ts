/**
 * Runs a graph through TF.js's own graph executor. The model is made from the graph's nodes and constants when it is
 * first run, and again when the graph grew; its weights live until `dispose`.
 */
import type * as Converter from '@tensorflow/tfjs-converter';
import { InvalidArgumentError, NotFoundError, UnimplementedError } from '../errors.ts';
import { converter, core, requireBackend, type TfTensor } from '../tfjs.ts';
import type { Graph } from './graph.ts';
import { parseInput } from './graphDef.ts';
import { stateOps, type Operation } from './symbolicTensor.ts';

/** Ops that TF.js runs asynchronously only. Source: `executor/model_analysis.ts` of tfjs-converter 4.22. */
const asyncOps = new Set([
  'Switch',
  'Merge',
  'Enter',
  'Exit',
  'NextIteration',
  'StatelessIf',
  'StatelessWhile',
  'If',
  'While',
  'NonMaxSuppressionV2',
  'NonMaxSuppressionV3',
  'NonMaxSuppressionV4',
  'NonMaxSuppressionV5',
  'Where',
  'HashTable',
  'HashTableV2',
  'LookupTableImport',
  'LookupTableImportV2',
  'LookupTableFind',
  'LookupTableFindV2',
  'LookupTableSize',
  'LookupTableSizeV2',
]);

type Model = Converter.GraphModel<string>;

export class GraphExecutor {
  readonly #graph: Graph;
  #model: Model | undefined;
  #version = -1;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  #prepare(): Model {
    if (this.#model && this.#version === this.#graph.version) return this.#model;
    this.dispose();
    requireBackend();
    const model = loadModel(this.#graph);
    // A run inside of tf.tidy must not take the weights away at its end.
    for (const weights of Object.values(model.weights)) weights.forEach((weight) => core.keep(weight));
    this.#model = model;
    this.#version = this.#graph.version;
    return model;
  }

  /**
   * Computes outputs, by their names. Who calls owns the results, except those that `isShared` names.
   * @throws UnimplementedError if an op among them is asynchronous
   */
  run(outputs: string[], feeds: Record<string, TfTensor>): TfTensor[] {
    const op = asyncOpFor(this.#graph, outputs, feeds);
    if (op !== undefined) {
      throw new UnimplementedError(
        `TensorFlow.js runs the op ${op.type} ('${op.name}') asynchronously only.`,
        'Use: await session.run(...)',
      );
    }
    const model = this.#prepare();
    return explained(() => [model.execute(feeds, outputs)].flat());
  }

  async runAsync(outputs: string[], feeds: Record<string, TfTensor>): Promise<TfTensor[]> {
    if (asyncOpFor(this.#graph, outputs, feeds) === undefined) return this.run(outputs, feeds);
    const model = this.#prepare();
    try {
      return [await model.executeAsync(feeds, outputs)].flat();
    } catch (error) {
      throw explain(error);
    }
  }

  /** Whether a result is a constant of the graph, which a later run needs. */
  isShared(tensor: TfTensor): boolean {
    return Object.values(this.#model?.weights ?? {}).some((weights) => weights.some(({ id }) => id === tensor.id));
  }

  dispose(): void {
    this.#model?.dispose();
    this.#model = undefined;
  }
}

/** A TF.js model of the graph; also the way to find what TF.js doesn't know in it. */
function loadModel(graph: Graph): Model {
  return converter.loadGraphModelSync(graph.toModelArtifacts()) as unknown as Model;
}

/** The nodes that outputs need, in the order of a depth-first walk; those that are fed end it. */
export function neededNodes(graph: Graph, outputs: readonly string[], fed: Record<string, unknown>): Set<string> {
  const seen = new Set<string>();
  const stack = outputs.map((name) => parseInput(name));
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { node, index } = next;
    if (seen.has(node) || (index === 0 ? node : `${node}:${index}`) in fed) continue;
    seen.add(node);
    for (const input of graph.getOperationByName(node).node.input ?? []) stack.push(parseInput(input));
  }
  return seen;
}

/** The first op among those that outputs need which TF.js can't run synchronously. */
export function asyncOpFor(
  graph: Graph,
  outputs: readonly string[],
  feeds: Record<string, unknown>,
): Operation | undefined {
  for (const name of neededNodes(graph, outputs, feeds)) {
    const operation = graph.getOperationByName(name);
    if (asyncOps.has(operation.type)) return operation;
  }
  return undefined;
}

function explained<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw explain(error);
  }
}

function explain(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const unknownOp = /Unknown op '([^']*)'/.exec(error.message);
  if (unknownOp) return unknownOpError(String(unknownOp[1]), undefined, error);
  return new InvalidArgumentError(`TensorFlow.js could not run the graph: ${error.message}`, undefined, {
    cause: error,
  });
}

export function unknownOpError(op: string, nodes?: readonly string[], cause?: unknown): NotFoundError {
  const where = nodes ? ` (node${nodes.length > 1 ? 's' : ''} ${nodes.slice(0, 5).join(', ')})` : '';
  return new NotFoundError(
    `Op type not registered '${op}'${where}: TensorFlow.js has no kernel for it.`,
    `Register one before loading: tf.registerOp('${op}', (node) => ...), or convert the model without it.`,
    { cause },
  );
}

interface ExecutorInternals {
  executor?: { graph?: { nodes?: Record<string, { op: string; category?: string }> } };
}

/**
 * The ops of a graph that TF.js doesn't know, by op, with their nodes. TF.js itself says so only when they are run.
 * Empty too if this version of TF.js keeps them where we don't look; then the run says it.
 */
export function unknownOps(graph: Graph): Map<string, string[]> {
  const model = loadModel(graph);
  const nodes = (model as unknown as ExecutorInternals).executor?.graph?.nodes ?? {};
  const found = new Map<string, string[]>();
  for (const [name, { op, category }] of Object.entries(nodes)) {
    if (category !== undefined || stateOps.has(op)) continue;
    found.set(op, [...(found.get(op) ?? []), name]);
  }
  model.dispose();
  return found;
}
