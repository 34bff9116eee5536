/**
 * How the debugger evaluates a graph tensor at a breakpoint: a method on graph tensors, behind a symbol. It runs the graph
 * in an executor of its own, so that no session sees it; variables have the values that an open session holds.
 */
import { FailedPreconditionError, NotFoundError, UnimplementedError } from './errors.ts';
import { executorName } from './fetches.ts';
import { asyncOpFor, GraphExecutor, neededNodes } from './graph/executor.ts';
import type { SymbolicShape } from './graph/graphDef.ts';
import { stateOps, SymbolicTensor } from './graph/symbolicTensor.ts';
import { getDefaultSession, openSessions } from './sessions.ts';
import { core, type TfDType, type TfTensor } from './tfjs.ts';

/** The number is the version of what the method returns. */
const evaluationSymbol: unique symbol = Symbol.for('tensor-debugger.evaluation.v1');

/** A tensor of the graph that can be fed. */
export interface EvaluationInput {
  /** The executor's name for it. */
  name: string;
  dtype: TfDType | null;
  shape: SymbolicShape;
}

export interface Evaluation {
  name: string;
  /** The placeholders that the tensor depends on. */
  inputs(): EvaluationInput[];
  /** Those of them that are needed still if these tensors are fed. */
  missing(fed: readonly string[]): EvaluationInput[];
  /** The tensor that a feed's name means: `x`, `x:0`; any tensor of the graph can be fed. */
  input(name: string): EvaluationInput | undefined;
  /** Why it can't be run without changing a session; undefined if it can. */
  refusal(fed: readonly string[]): { message: string; help: string } | undefined;
  /** Why it can be run by `runAsync` only, in a sentence; undefined if `run` does it. */
  asynchronous(fed: readonly string[]): string | undefined;
  /** Runs the graph; the result is the caller's, like everything else that was made meanwhile in the caller's scope. */
  run(feeds: Readonly<Record<string, TfTensor>>): TfTensor;
  runAsync(feeds: Readonly<Record<string, TfTensor>>): Promise<TfTensor>;
}

function evaluationOf(tensor: SymbolicTensor): Evaluation {
  const { graph } = tensor;
  const output = executorName(tensor);
  const needed = (fed: readonly string[]) =>
    [...neededNodes(graph, [output], Object.fromEntries(fed.map((name) => [name, true])))].map((name) =>
      graph.getOperationByName(name),
    );
  const placeholders = (fed: readonly string[]) =>
    needed(fed)
      .filter(({ type, name }) => type === 'Placeholder' && !graph.constants.has(name))
      .map((operation) => inputOf(operation.output(0) as SymbolicTensor))
      .reverse();
  const withVariables = (feeds: Readonly<Record<string, TfTensor>>): Record<string, TfTensor> => {
    const variables = needed(Object.keys(feeds)).filter(({ type }) => type === 'VariableV2');
    return { ...Object.fromEntries(variables.map(({ name }) => [name, variableValue(tensor, name)])), ...feeds };
  };
  return {
    name: tensor.name,
    inputs: () => placeholders([]),
    missing: placeholders,
    input(name) {
      try {
        const found = graph.asElement(name);
        return found instanceof SymbolicTensor ? inputOf(found) : undefined;
      } catch (error) {
        if (error instanceof NotFoundError) return undefined;
        throw error;
      }
    },
    refusal(fed) {
      const operations = needed(fed);
      const write = operations.find(({ type }) => stateOps.has(type));
      if (write) {
        return {
          message: `Evaluating ${tensor.name} would write a variable: it runs the op ${write.type} ('${write.name}').`,
          help: `Evaluate the value that it writes: ${write.node.input?.[1]}.`,
        };
      }
      return undefined;
    },
    asynchronous(fed) {
      const op = asyncOpFor(graph, [output], Object.fromEntries(fed.map((name) => [name, true])));
      return op && `TensorFlow.js runs the op ${op.type} ('${op.name}') asynchronously only.`;
    },
    run(feeds) {
      const executor = new GraphExecutor(graph);
      try {
        const [result] = executor.run([output], withVariables(feeds));
        // It can be one of the executor's constants, which go with it.
        return core.clone(result as TfTensor);
      } finally {
        executor.dispose();
      }
    },
    async runAsync(feeds) {
      const executor = new GraphExecutor(graph);
      try {
        const [result] = await executor.runAsync([output], withVariables(feeds));
        return core.clone(result as TfTensor);
      } finally {
        executor.dispose();
      }
    },
  };
}

function inputOf(tensor: SymbolicTensor): EvaluationInput {
  return { name: executorName(tensor), dtype: tensor.dtype, shape: tensor.shape };
}

/** A variable's value in the default session; outside of one, in the only open session that has it. */
function variableValue({ graph, name: wanted }: SymbolicTensor, name: string): TfTensor {
  const current = getDefaultSession();
  const sessions = current?.graph === graph ? [current] : openSessions(graph);
  const values = sessions.flatMap((session) => session.variableValue(name) ?? []);
  if (values.length === 1) return values[0] as TfTensor;
  const feed = `Feed it a value: ${name}=...`;
  if (values.length > 1) {
    throw new UnimplementedError(
      `${values.length} open sessions have a value for the variable '${name}', on which ${wanted} depends.`,
      `Stop inside of session.asDefault(...) of the one that is meant. Or: ${feed}`,
    );
  }
  throw new FailedPreconditionError(
    `Attempting to use uninitialized value ${name}.`,
    `No open session of the graph has run its initializer. ${feed}`,
  );
}

Object.defineProperty(SymbolicTensor.prototype, evaluationSymbol, {
  configurable: true,
  writable: true,
  value: function evaluation(this: SymbolicTensor): Evaluation {
    return evaluationOf(this);
  },
});
