/** What `Session.run` is asked for: any nesting of tensors, operations, sparse tensors and names. */
import { TensorTypeError } from './errors.ts';
import type { Graph } from './graph/graph.ts';
import { type Operation, stateOps, SymbolicTensor } from './graph/symbolicTensor.ts';
import type { NDArray } from './numpy/ndarray.ts';
import type { ArrayElement } from './numpy/elementFormat.ts';
import { SparseTensor, SparseTensorValue } from './sparse.ts';
import { Tensor } from './tensor.ts';

export type Fetch = Tensor | Operation | SparseTensor | string;
export type Fetches = Fetch | readonly Fetches[] | { readonly [key: string]: Fetches };

/** The result's type: it has the form of the fetches. */
export type Fetched<F> = F extends Tensor | string
  ? NDArray
  : F extends SparseTensor
    ? SparseTensorValue
    : F extends Operation
      ? null
      : { -readonly [K in keyof F]: Fetched<F[K]> };

type Value = NDArray<ArrayElement>;

/** Which nodes to run for some fetches, and how the result is put together. */
export interface FetchPlan {
  /** The executor's names of the tensors to compute. */
  tensors: string[];
  /** Assignments to make, in the order of their dependence. */
  writes: Operation[];
  /** Where the result of an assignment is asked for too: its place among the values. */
  written: Map<string, number>;
  /** @param values those of `tensors`, then those of `written` at their places */
  build(values: readonly Value[]): unknown;
}

export function parseFetches(graph: Graph, fetches: Fetches): FetchPlan {
  const tensors = new Map<string, SymbolicTensor>();
  const writes = new Map<string, Operation>();
  const wanted = new Set<string>();
  const addTensor = (tensor: SymbolicTensor): void => {
    if (stateOps.has(tensor.op.type)) {
      addWrites(tensor.op, writes);
      wanted.add(tensor.op.name);
    } else tensors.set(executorName(tensor), tensor);
  };
  walk(graph, fetches, (element) => {
    if (element instanceof SymbolicTensor) addTensor(element);
    else addWrites(element, writes);
  });
  const names = [...tensors.keys()];
  const written = new Map([...wanted].map((name, i) => [name, names.length + i]));
  const places = new Map([...names.map((name, i) => [name, i] as const), ...written]);
  return {
    tensors: names,
    writes: [...writes.values()],
    written,
    build: (values) => build(graph, fetches, (tensor) => values[places.get(executorName(tensor)) as number] as Value),
  };
}

/** Output 0 goes by the node's name. */
export function executorName({ op, index }: SymbolicTensor): string {
  return index === 0 ? op.name : `${op.name}:${index}`;
}

/** The assignments that an operation stands for: itself, or those that a group of operations waits for. */
function addWrites(operation: Operation, into: Map<string, Operation>): void {
  if (stateOps.has(operation.type)) into.set(operation.name, operation);
  for (const input of operation.node.input ?? []) {
    if (input.startsWith('^')) addWrites(operation.graph.getOperationByName(input.slice(1)), into);
  }
}

function isRecord(value: unknown): value is Record<string, Fetches> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function walk(graph: Graph, fetches: Fetches, visit: (element: SymbolicTensor | Operation) => void): void {
  if (Array.isArray(fetches)) for (const item of fetches as Fetches[]) walk(graph, item, visit);
  else if (fetches instanceof SparseTensor) sparseParts(fetches).forEach((part) => visit(elementOf(graph, part)));
  else if (isRecord(fetches)) for (const item of Object.values(fetches)) walk(graph, item, visit);
  else visit(elementOf(graph, fetches));
}

function build(graph: Graph, fetches: Fetches, valueOf: (tensor: SymbolicTensor) => Value): unknown {
  if (Array.isArray(fetches)) return (fetches as Fetches[]).map((item) => build(graph, item, valueOf));
  if (fetches instanceof SparseTensor) {
    const [indices, values, denseShape] = sparseParts(fetches).map((part) => valueOf(part as SymbolicTensor));
    return new SparseTensorValue(indices as NDArray, values as Value, denseShape as NDArray);
  }
  if (isRecord(fetches)) {
    return Object.fromEntries(Object.entries(fetches).map(([key, item]) => [key, build(graph, item, valueOf)]));
  }
  const element = elementOf(graph, fetches);
  return element instanceof SymbolicTensor ? valueOf(element) : null;
}

function sparseParts({ indices, values, denseShape }: SparseTensor): Tensor[] {
  return [indices, values, denseShape];
}

function elementOf(graph: Graph, fetch: unknown): SymbolicTensor | Operation {
  if (fetch instanceof Tensor && !(fetch instanceof SymbolicTensor)) {
    throw new TensorTypeError(
      `Fetch argument of shape [${fetch.shape?.join(', ')}] and dtype ${fetch.dtype} cannot be interpreted as a Tensor of the graph: it is an eager tensor, which has its value already.`,
      'Read it directly: tensor.numpy().',
    );
  }
  return graph.asElement(fetch);
}
