/**
 * Models that were converted from TensorFlow (`tf.loadGraphModel`): every node of `model.executor.graph` can be run and fed.
 * A node does not know its model, which therefore has to be in sight of the stopped functions.
 * Source: `executor/graph_executor.ts` of tfjs-converter 4.22.
 */
import { TensorError } from '../../protocol/errors.ts';
import type { GraphInput } from '../../protocol/tensor.ts';
import { isDType } from '../../tensor/dtypes.ts';
import { dataValue, elementsOf, isInspectable, objectsIn, ownValue, textOf } from '../safely.ts';
import type { Evaluable, EvaluationContext, GraphEngine, HostTensor } from './engine.ts';
import { onlyOutput } from './onlyOutput.ts';
import { assertMicrotasks, inTfjs, inTfjsLater, type Tfjs, type TfjsTensor } from './tfjsSandbox.ts';

interface Executor {
  execute(inputs: Record<string, TfjsTensor>, outputs: string[]): TfjsTensor[];
  executeAsync(inputs: Record<string, TfjsTensor>, outputs: string[]): Promise<TfjsTensor[]>;
  clonedTensorsMap?: unknown;
  keepIntermediateTensors?: unknown;
}

/** A graph model that was found, with the parts that are looked at. */
interface Model {
  model: object;
  executor: object;
  nodes: object;
}

/** Categories of ops that TF.js decides about while it runs. Source: `executor/model_analysis.ts`. */
const dynamicOps = new Set(
  (
    'Switch Merge Enter Exit NextIteration StatelessIf StatelessWhile If While NonMaxSuppressionV2 NonMaxSuppressionV3 ' +
    'NonMaxSuppressionV5 Where HashTable HashTableV2 LookupTableImport LookupTableImportV2 LookupTableFind ' +
    'LookupTableFindV2 LookupTableSize LookupTableSizeV2'
  ).split(' '),
);

function modelOf(container: object): Model | undefined {
  const executor = ownValue(container, 'executor');
  const graph = isInspectable(executor) ? ownValue(executor, 'graph') : undefined;
  const nodes = isInspectable(graph) ? ownValue(graph, 'nodes') : undefined;
  if (!isInspectable(executor) || !isInspectable(nodes)) return undefined;
  return typeof dataValue(executor, 'execute') === 'function' ? { model: container, executor, nodes } : undefined;
}

function isNode(value: object): boolean {
  return (
    typeof ownValue(value, 'name') === 'string' &&
    typeof ownValue(value, 'op') === 'string' &&
    Array.isArray(ownValue(value, 'children')) &&
    isInspectable(ownValue(value, 'attrParams'))
  );
}

/** What the getters `inputs` and `outputs` of a model make for each: `{ name, shape, dtype }`. */
function isTensorInfo(value: object): boolean {
  const keys = Object.getOwnPropertyNames(value);
  return (
    keys.length === 3 && keys.includes('shape') && keys.includes('dtype') && typeof ownValue(value, 'name') === 'string'
  );
}

function nodeOf({ nodes }: Model, name: string): object | undefined {
  const node = Object.hasOwn(nodes, name) ? ownValue(nodes, name) : undefined;
  return isInspectable(node) ? node : undefined;
}

function nameOf(node: object): string {
  return textOf(node, 'name');
}

/** The nodes that one depends on, itself included; those that are fed end the walk. */
function needed(node: object, fed: ReadonlySet<string>): object[] {
  const seen = new Set<object>();
  const visit = (next: object): void => {
    if (seen.has(next) || fed.has(nameOf(next))) return;
    seen.add(next);
    objectsIn(next, 'inputs').forEach(visit);
  };
  visit(node);
  return [...seen];
}

function attribute(node: object, key: string): unknown {
  const parameters = ownValue(node, 'attrParams');
  const parameter = isInspectable(parameters) ? ownValue(parameters, key) : undefined;
  return isInspectable(parameter) ? ownValue(parameter, 'value') : undefined;
}

/** As the executor will check it: an attribute that it has, it holds against a feed. */
function inputOf(node: object): GraphInput {
  const dtype = attribute(node, 'dtype');
  const shape = elementsOf(attribute(node, 'shape'));
  return {
    name: nameOf(node),
    dtype: typeof dtype === 'string' && isDType(dtype) ? dtype : 'unknown',
    shape: shape?.map((count) => (typeof count === 'number' && count >= 0 ? count : null)) ?? null,
  };
}

/** A feed may go by the signature's name for an input. */
function signatureName({ model, executor }: Model, name: string): string | undefined {
  for (const holder of [model, executor]) {
    const signature = ownValue(holder, holder === model ? 'signature' : '_signature');
    const inputs = isInspectable(signature) ? ownValue(signature, 'inputs') : undefined;
    const entry = isInspectable(inputs) && Object.hasOwn(inputs, name) ? ownValue(inputs, name) : undefined;
    const target = isInspectable(entry) ? ownValue(entry, 'name') : undefined;
    if (typeof target === 'string') return target;
  }
  return undefined;
}

function evaluableNode(found: Model, node: object, context: EvaluationContext): Evaluable {
  const name = nameOf(node);
  const placeholders = (fed: ReadonlySet<string>) =>
    needed(node, fed)
      .filter((each) => ownValue(each, 'op') === 'Placeholder')
      .map(inputOf);
  return {
    name,
    inputs: () => placeholders(new Set()),
    missing: placeholders,
    input(asked) {
      const plain = (text: string): string => text.replace(/:0$/, '');
      const target = nodeOf(found, plain(asked)) ?? nodeOf(found, plain(signatureName(found, asked) ?? ''));
      return target && inputOf(target);
    },
    run(feeds) {
      const dynamic = needed(node, new Set(feeds.keys())).find((each) =>
        dynamicOps.has(ownValue(each, 'op') as string),
      );
      const executor = found.executor as Executor;
      if (!dynamic) return inTfjs(context, (tfjs) => execute(executor, name, feeds, tfjs));
      assertMicrotasks();
      const where = nameOf(dynamic) === name ? '' : ` because of its input ${nameOf(dynamic)}`;
      return {
        reason: `TensorFlow.js runs ${name} asynchronously only${where} (op ${textOf(dynamic, 'op')}).`,
        start: (running) => inTfjsLater(running, (tfjs) => executeLater(executor, name, feeds, tfjs)),
      };
    },
  };
}

function execute(executor: Executor, name: string, feeds: ReadonlyMap<string, HostTensor>, tfjs: Tfjs): HostTensor {
  const fed = fedTensors(feeds, tfjs);
  const restore = putKeptAside(executor);
  try {
    return tfjs.read(executor.execute(fed, [`${name}:0`])[0] as object);
  } finally {
    restore();
  }
}

async function executeLater(
  executor: Executor,
  name: string,
  feeds: ReadonlyMap<string, HostTensor>,
  tfjs: Tfjs,
): Promise<HostTensor> {
  const fed = fedTensors(feeds, tfjs);
  const restore = putKeptAside(executor);
  try {
    const [result] = await executor.executeAsync(fed, [`${name}:0`]);
    return tfjs.read(result as object);
  } finally {
    restore();
  }
}

/** With the output's number a name can't be taken for one of the signature. */
function fedTensors(feeds: ReadonlyMap<string, HostTensor>, tfjs: Tfjs): Record<string, TfjsTensor> {
  return Object.fromEntries([...feeds].map(([input, value]) => [`${input}:0`, tfjs.tensor(value)]));
}

/** Intermediate tensors that the program has asked to keep would be disposed. @returns what puts them back */
function putKeptAside(executor: Executor): () => void {
  const { clonedTensorsMap, keepIntermediateTensors } = executor;
  executor.clonedTensorsMap = undefined;
  return () => Object.assign(executor, { clonedTensorsMap, keepIntermediateTensors });
}

export const tfjsGraphModels: GraphEngine = {
  runtime: 'tfjs',

  owns: (container) => modelOf(container) !== undefined,

  open(value, context): Evaluable | undefined {
    const whole = modelOf(value);
    if (whole)
      return evaluableNode(
        whole,
        onlyOutput(objectsIn(ownValue(whole.executor, 'graph') as object, 'outputs')),
        context,
      );
    const isInfo = isTensorInfo(value);
    if (!isInfo && !isNode(value)) return undefined;
    const name = nameOf(value);
    const models = context.owners().flatMap((owner) => modelOf(owner) ?? []);
    const having = models.filter((model) => (isInfo ? nodeOf(model, name) : nodeOf(model, name) === value));
    const [found, other] = [...new Map(having.map((model) => [model.executor, model])).values()];
    if (found && !other) return evaluableNode(found, nodeOf(found, name) as object, context);
    throw new TensorError({
      code: 'no-graph',
      message: found
        ? `${having.length} models in sight of the stopped functions have a node ${name}.`
        : `The model that ${name} is a node of is in no variable of the stopped functions.`,
      help: found
        ? `Name the node itself: model.executor.graph.nodes[${JSON.stringify(name)}].`
        : 'Stop where the model is in a variable of a function on the stack, or in one of its objects.',
    });
  },
};
