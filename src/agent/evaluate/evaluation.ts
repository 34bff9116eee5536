/**
 * Evaluating symbolic tensors at a stop. It runs kernels of the program's own runtime, so it happens only when somebody
 * asks; what it makes is disposed before it returns, but for the value, which is host memory of the agent.
 */
import type { AgentFeed } from '../../protocol/agent.ts';
import { reportOf, TensorError } from '../../protocol/errors.ts';
import type { GraphInput } from '../../protocol/tensor.ts';
import { formatType, knownShape } from '../../tensor/preview.ts';
import type { Described } from '../source.ts';
import { isLater, type Evaluable, type EvaluationContext, type EvaluationNote, type GraphEngine } from './engine.ts';
import { checkedFeeds, type Feed } from './feeds.ts';
import type { LaterEvaluation } from './laterValues.ts';
import type { EvaluationResult } from './result.ts';
import { jaxArrays } from './jaxArrays.ts';
import { onnxSessions } from './onnxSessions.ts';
import { asOwnWork } from './ownWork.ts';
import { runtimeGraphs } from './runtimeGraphs.ts';
import { tfjsGraphModels } from './tfjsGraphModels.ts';
import { tfjsLayers } from './tfjsLayers.ts';

/** In the order in which they are asked. A new engine is one file and one line here. */
const engines: readonly GraphEngine[] = [runtimeGraphs, tfjsLayers, tfjsGraphModels, onnxSessions, jaxArrays];

/** Whether symbolic tensors may belong to the object: a model, a session. */
export function isOwner(value: object): boolean {
  return engines.some((engine) => engine.owns?.(value));
}

/** Whether some engine evaluates the value, be it that something is missing for it. */
export function isGraph(value: object, context: EvaluationContext): boolean {
  try {
    return engines.some((engine) => engine.open(value, context) !== undefined);
  } catch (error) {
    if (error instanceof TensorError) return true;
    throw error;
  }
}

/** Values of a handle, and whether they are plain numbers. */
export type FeedReader = (feed: Extract<AgentFeed, { id: string }>) => Pick<Feed, 'value' | 'plain'>;

/** What a layer or an op of the program's own does beside computing (printing, counting), it has done once more. */
const graphNote: EvaluationNote = (when) =>
  `the graph for it ${when}, layers and ops that the program has defined included.`;

interface Target {
  value: object;
  described: Described;
}

export function graphInputs(target: Target, context: EvaluationContext): GraphInput[] {
  return open(target, context).evaluable.inputs();
}

/** @throws TensorError `invalid-feed`, `evaluation-failed`, and what reading the feeds may say */
export function evaluateGraph(
  target: Target,
  feeds: readonly AgentFeed[],
  { context, feedOf }: { context: EvaluationContext; feedOf: FeedReader },
): EvaluationResult | LaterEvaluation {
  const { evaluable, runtime } = open(target, context);
  const checked = checkedFeeds(
    evaluable,
    feeds.map((feed) => ({ name: feed.name, ...('id' in feed ? feedOf(feed) : fedValues(feed)) })),
  );
  const { name, note = graphNote } = evaluable;
  const value = evaluationOf(name, () => evaluable.run(checked));
  if (!isLater(value)) return { ...value, runtime, name, note: note('at this stop') };
  const { kind, state, dtype, shape, unknownRank } = target.described;
  // Of a model or session as a whole, which output it gives is known when it has run.
  const isTyped = kind === 'symbolic' || state === 'pending';
  const type = isTyped
    ? { dtype, shape, ...(unknownRank && { unknownRank }) }
    : { dtype: 'unknown' as const, shape: [], unknownRank: true as const };
  return { runtime, name, note, ...type, later: value };
}

function open({ value, described }: Target, context: EvaluationContext): { evaluable: Evaluable; runtime: string } {
  for (const engine of engines) {
    const evaluable = engine.open(value, context);
    if (evaluable) return { evaluable, runtime: engine.runtime };
  }
  const { className, dtype, kind, runtime, access } = described;
  if (kind === 'symbolic') {
    throw new TensorError({
      code: 'invalid-argument',
      message: `This symbolic ${className} of ${runtime} can't be evaluated from outside: its runtime has no graph that could be run.`,
      help: 'Stop where the function that traces it has returned, and look at its result.',
    });
  }
  if (access.how === 'none') {
    const { reason = `This ${className} of ${runtime} can't be read.`, help } = access;
    throw new TensorError({ code: 'not-readable', message: reason, ...(help !== undefined && { help }) });
  }
  throw new TensorError({
    code: 'invalid-argument',
    message: `${formatType(dtype, knownShape(described))} is no graph tensor: it has its value, and feeds would change nothing.`,
    help: 'Read it without feeds.',
  });
}

function fedValues(feed: Exclude<AgentFeed, { id: string }>): Pick<Feed, 'value' | 'plain'> {
  const { dtype, shape, plain, base64 = '', strings } = feed;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return { value: { dtype, shape, bytes, ...(strings && { strings }) }, plain };
}

function evaluationOf<Value>(name: string, run: () => Value): Value {
  try {
    return asOwnWork(run);
  } catch (error) {
    throw evaluationFailed(name, error);
  }
}

/** What a runtime threw, as an error of ours. */
export function evaluationFailed(name: string, error: unknown): TensorError {
  if (error instanceof TensorError) return error;
  // The runtimes' own errors may carry a help line, and then their messages end with it.
  const { message } = reportOf(error);
  return new TensorError(
    {
      code: 'evaluation-failed',
      message: `Evaluating ${name} failed: ${message}`,
      help: 'The program was left as it was; what had been made was disposed.',
    },
    { cause: error },
  );
}
