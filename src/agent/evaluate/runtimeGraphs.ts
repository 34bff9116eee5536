/** Graphs of `tensor-debugger/runtime`: its graph tensors say themselves how they are run. */
import { TensorError } from '../../protocol/errors.ts';
import type { DType, GraphInput } from '../../protocol/tensor.ts';
import { dataValue } from '../safely.ts';
import type { Evaluable, EvaluationContext, GraphEngine, HostTensor } from './engine.ts';
import { assertMicrotasks, inTfjs, inTfjsLater, type Tfjs, type TfjsTensor } from './tfjsSandbox.ts';

/** A method of the runtime's graph tensors; the number is the version of what it returns. */
const evaluationSymbol = Symbol.for('tensor-debugger.evaluation.v1');

/** What the method returns: `src/runtime/evaluation.ts` makes it. */
interface RuntimeEvaluation {
  name: string;
  inputs(): RuntimeInput[];
  missing(fed: readonly string[]): RuntimeInput[];
  input(name: string): RuntimeInput | undefined;
  /** Why it can't be run; undefined if it can. */
  refusal(fed: readonly string[]): { message: string; help: string } | undefined;
  /** Why it can be run asynchronously only, in a sentence; undefined if `run` does it. */
  asynchronous(fed: readonly string[]): string | undefined;
  run(feeds: Readonly<Record<string, object>>): object;
  runAsync(feeds: Readonly<Record<string, object>>): Promise<object>;
}

interface RuntimeInput {
  name: string;
  dtype: DType | null;
  shape: (number | null)[] | null;
}

function fedTensors(feeds: ReadonlyMap<string, HostTensor>, tfjs: Tfjs): Record<string, TfjsTensor> {
  return Object.fromEntries([...feeds].map(([name, tensor]) => [name, tfjs.tensor(tensor)]));
}

function graphInput({ name, dtype, shape }: RuntimeInput): GraphInput {
  return { name, dtype: dtype ?? 'unknown', shape };
}

export const runtimeGraphs: GraphEngine = {
  runtime: 'tensor-debugger',

  open(value, context: EvaluationContext): Evaluable | undefined {
    const method = dataValue(value, evaluationSymbol);
    if (typeof method !== 'function') return undefined;
    const evaluation = (method as (this: object) => RuntimeEvaluation).call(value);
    return {
      name: evaluation.name,
      inputs: () => evaluation.inputs().map(graphInput),
      missing: (fed) => evaluation.missing([...fed]).map(graphInput),
      input: (name) => {
        const found = evaluation.input(name);
        return found && graphInput(found);
      },
      run(feeds) {
        const refusal = evaluation.refusal([...feeds.keys()]);
        if (refusal) throw new TensorError({ code: 'not-available', ...refusal });
        const reason = evaluation.asynchronous([...feeds.keys()]);
        if (reason === undefined) return inTfjs(context, (tfjs) => tfjs.read(evaluation.run(fedTensors(feeds, tfjs))));
        assertMicrotasks();
        return {
          reason,
          start: (running) =>
            inTfjsLater(running, async (tfjs) => tfjs.read(await evaluation.runAsync(fedTensors(feeds, tfjs)))),
        };
      },
    };
  },
};
