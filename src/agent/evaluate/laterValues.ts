/**
 * Values of engines that compute asynchronously only. They are started when the program goes on, with what was fed at the
 * stop, and are kept on the host until the program runs on from the first stop at which all of them are there.
 *
 * The start is a timer of Node's own, the one thing that this adds to the program: in a task of its own no microtask of
 * the program waits, so two runs of one session don't mix, which onnxruntime-web could not bear.
 */
import { TensorError, type ErrorReport } from '../../protocol/errors.ts';
import type { EvaluatedValue } from '../../protocol/requests.ts';
import type { DType } from '../../protocol/tensor.ts';
import { now } from '../clock.ts';
import type { Reader } from '../readers/reader.ts';
import type { Described, Source } from '../source.ts';
import type { EvaluationContext, EvaluationNote, LaterValue } from './engine.ts';
import { evaluationFailed } from './evaluation.ts';
import { asOwnWork } from './ownWork.ts';
import { resultReader, type EvaluationResult } from './result.ts';

/** What is known before it has been run. */
export interface LaterEvaluation {
  runtime: string;
  name: string;
  note: EvaluationNote;
  dtype: DType;
  shape: (number | null)[];
  unknownRank?: true;
  later: LaterValue;
}

interface Promised {
  id: string;
  evaluation: LaterEvaluation;
  outcome: EvaluationResult | TensorError | null;
}

/** Node's own, captured before a program (or its fake timers) can replace it. */
const nodeTimeout = typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('timers').setTimeout;

export class LaterValues {
  readonly #context: () => EvaluationContext;
  #send: (json: string) => void = () => undefined;
  #lastId = 0;
  /** What the program is stopped for; '' if it is not. */
  #stoppedFor = '';

  /** @param context of a program that runs */
  constructor(context: () => EvaluationContext) {
    this.#context = context;
  }

  /** `send` tells the debugger that a value is there. */
  connect(send: (json: string) => void): void {
    this.#send = send;
  }

  get stoppedFor(): string {
    return this.#stoppedFor;
  }

  /** @param stops the program is stopped when the value is there, or has failed to come */
  add(evaluation: LaterEvaluation, stops: boolean): Promised {
    if (!nodeTimeout) {
      throw new TensorError({
        code: 'not-available',
        message: `${evaluation.later.reason} Starting that later takes the timers of Node, which this program has not.`,
      });
    }
    const held: Promised = { id: `later${++this.#lastId}`, evaluation, outcome: null };
    nodeTimeout(() => void this.#run(held, stops), 0);
    return held;
  }

  /** Never rejects: the program goes on behind it. */
  async #run(held: Promised, stops: boolean): Promise<void> {
    const { name, runtime, note, later } = held.evaluation;
    const start = now();
    const ms = () => now() - start;
    try {
      // What it does behind its first wait, an engine that shares the runtime with the program sets apart itself.
      const value = await asOwnWork(() => later.start(this.#context()));
      held.outcome = { ...value, runtime, name, note: note('after the program had gone on') };
    } catch (error) {
      held.outcome = evaluationFailed(name, error);
    }
    try {
      this.#tell(held, ms());
      if (!stops) return;
      this.#stoppedFor = name;
      isThere();
      this.#stoppedFor = '';
    } catch {
      // The connection has gone, and with it whoever waits for the value.
    }
  }

  #tell({ id, evaluation: { name }, outcome }: Promised, ms: number): void {
    const error: ErrorReport | undefined = outcome instanceof TensorError ? outcome.toReport() : undefined;
    this.#send(JSON.stringify({ id, name, ms, ...(error && { error }) } satisfies EvaluatedValue));
  }
}

/** The debugger stops here. */
function isThere(): void {
  // eslint-disable-next-line no-debugger -- that is what it is for
  debugger;
}

const waits = 'Its value comes after the program has gone on, and can be read at the next stop.';

function absence({ evaluation, outcome }: Promised): { code: ErrorReport['code']; reason: string; help: string } {
  if (outcome instanceof TensorError) {
    return { code: outcome.code, reason: outcome.message, help: outcome.help ?? 'Evaluate it again.' };
  }
  return { code: 'pending', reason: evaluation.later.reason, help: waits };
}

/** Reads later values; it claims nothing, for no program has one. */
export const laterReader: Reader = {
  claims: () => false,

  describe(value, stop): Described {
    const held = value as Promised;
    const { evaluation, outcome } = held;
    if (outcome && !(outcome instanceof TensorError)) return resultReader.describe(outcome, stop);
    const { reason, help } = absence(held);
    return {
      runtime: evaluation.runtime,
      kind: 'array',
      className: 'Evaluated',
      label: evaluation.name,
      dtype: evaluation.dtype,
      shape: [...evaluation.shape],
      ...(evaluation.unknownRank && { unknownRank: true }),
      byteLength: 0,
      device: { type: 'cpu' },
      location: 'host',
      state: outcome ? 'uninitialised' : 'pending',
      access: { how: 'none', reason, help },
      warnings: [],
    };
  },

  source(value, stop): Source {
    const held = value as Promised;
    const { outcome } = held;
    if (outcome && !(outcome instanceof TensorError)) return resultReader.source(outcome, stop);
    return { how: 'none', ...absence(held) };
  },
};
