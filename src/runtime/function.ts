/**
 * `tf.function`: a TypeScript function is called once per signature with graph tensors, and from then on the graph runs
 * in its place. Inside of it a tensor has no value, so `numpy()` explains itself there.
 */
import { convertToTensor, type TensorInput } from './convert.ts';
import { EagerTensor } from './eager/eagerTensor.ts';
import { TensorTypeError, ValueError } from './errors.ts';
import { executorName } from './fetches.ts';
import { GraphExecutor } from './graph/executor.ts';
import { FuncGraph } from './graph/funcGraph.ts';
import { SymbolicTensor } from './graph/symbolicTensor.ts';
import { assertAlive } from './host.ts';
import { executingEagerly } from './mode.ts';
import { NDArray } from './numpy/ndarray.ts';
import { Tensor } from './tensor.ts';
import { core, isTfTensor, type TfTensor } from './tfjs.ts';

let runEagerly = false;

export const config = {
  /** `tf.config.run_functions_eagerly`: then traced functions are plain calls, and `numpy()` works inside. */
  runFunctionsEagerly(value: boolean): void {
    runEagerly = value;
  },
  functionsRunEagerly: (): boolean => runEagerly,
};

/** What a function was traced to, for one signature. */
interface Trace {
  graph: FuncGraph;
  executor: GraphExecutor;
  inputs: SymbolicTensor[];
  /** The function's result, with the graph's tensors in it. */
  result: unknown;
  outputs: SymbolicTensor[];
}

/** How often a signature was traced is told by `traceCount`; tensors and arrays trace by dtype and shape. */
export type TracedFunction<A extends unknown[], R> = ((...args: A) => R) & { readonly traceCount: number };

/**
 * @param fn takes tensors (or what becomes one) and plain options; returns tensors, or arrays and objects of them
 */
export function tracedFunction<A extends unknown[], R>(fn: (...args: A) => R): TracedFunction<A, R> {
  const traces = new Map<string, Trace>();
  const call = (...args: A): R => {
    // Within another graph it is a part of that one.
    if (runEagerly || !executingEagerly()) return fn(...args);
    const own: EagerTensor[] = [];
    const tensors = args.map((arg) => eagerArgument(arg, own));
    const key = JSON.stringify(
      tensors.map((tensor, i) => (tensor ? [tensor.dtype, tensor.shape] : { value: plain(args[i]) })),
    );
    let trace = traces.get(key);
    if (trace === undefined) traces.set(key, (trace = traceCall(fn, args, tensors)));
    try {
      return runTrace(trace, tensors) as R;
    } finally {
      own.forEach((tensor) => tensor.dispose());
    }
  };
  return Object.defineProperty(call, 'traceCount', { get: () => traces.size }) as TracedFunction<A, R>;
}

function plain(value: unknown): unknown {
  if (typeof value === 'object' || typeof value === 'function' || typeof value === 'undefined') {
    try {
      const text: unknown = JSON.stringify(value);
      return text ?? typeof value;
    } catch (error) {
      throw new TensorTypeError("A traced function's argument is neither a tensor nor plain data.", undefined, {
        cause: error,
      });
    }
  }
  return typeof value === 'bigint' ? `${value}n` : value;
}

/** Tensors and typed host data become inputs; numbers, strings and options are part of the signature. */
function eagerArgument(arg: unknown, own: EagerTensor[]): EagerTensor | undefined {
  if (arg instanceof EagerTensor) {
    assertAlive(arg.tensor);
    return arg;
  }
  if (arg instanceof SymbolicTensor)
    throw new TensorTypeError(`A graph tensor, '${arg.name}', is no argument in eager mode.`);
  if (!(arg instanceof NDArray) && !isTfTensor(arg) && !ArrayBuffer.isView(arg)) return undefined;
  const tensor = convertToTensor(arg as TensorInput) as EagerTensor;
  own.push(tensor);
  return tensor;
}

function traceCall<A extends unknown[], R>(
  fn: (...args: A) => R,
  args: A,
  tensors: readonly (EagerTensor | undefined)[],
): Trace {
  const graph = new FuncGraph();
  const inputs = tensors.map((tensor, i) => tensor && graph.addInput(tensor.dtype, tensor.shape, `arg${i}`));
  const outputs: SymbolicTensor[] = [];
  const result = graph.asDefault(() => {
    const returned: unknown = fn(...(args.map((arg, i) => inputs[i] ?? arg) as A));
    if (returned instanceof Promise) {
      throw new ValueError('A traced function must not be async: its graph would be incomplete.');
    }
    return mapTensors(returned, (tensor) => {
      const output = graph.capture(tensor);
      outputs.push(output);
      return output;
    });
  });
  return {
    graph,
    executor: new GraphExecutor(graph),
    inputs: inputs.filter((input) => input !== undefined),
    result,
    outputs,
  };
}

function runTrace(
  { graph, executor, inputs, result, outputs }: Trace,
  args: readonly (EagerTensor | undefined)[],
): unknown {
  const given = args.filter((arg) => arg !== undefined);
  const feeds: Record<string, TfTensor> = {};
  inputs.forEach((input, i) => (feeds[input.op.name] = (given[i] as EagerTensor).tensor));
  for (const [value, input] of graph.captures) {
    const { tensor } = value as EagerTensor;
    assertAlive(tensor);
    feeds[input.op.name] = tensor;
  }
  const values = outputs.length === 0 ? [] : executor.run(outputs.map(executorName), feeds);
  // A result that is an input or a constant itself gets a life of its own.
  const shared = new Set(Object.values(feeds).map(({ id }) => id));
  const seen = new Set<number>();
  const owned = values.map((value) => {
    const mustClone = shared.has(value.id) || seen.has(value.id) || executor.isShared(value);
    seen.add(value.id);
    return new EagerTensor(mustClone ? core.clone(value) : value);
  });
  let next = 0;
  return mapTensors(result, () => owned[next++] as EagerTensor);
}

function mapTensors(value: unknown, map: (tensor: Tensor) => Tensor): unknown {
  if (value instanceof Tensor) return map(value);
  if (isTfTensor(value)) return map(new EagerTensor(value));
  if (Array.isArray(value)) return value.map((item) => mapTensors(item, map));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTensors(item, map)]));
}
