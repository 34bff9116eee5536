/** What the inspector asks of graphs: what feeds one, and its values. Kernels run, and what they make is disposed. */
import type { AgentCalls, Reinterpretation, TakenFeed } from '../../protocol/agent.ts';
import { wholeSlice } from '../../tensor/slice.ts';
import { now } from '../clock.ts';
import { readers } from '../readers/index.ts';
import { nestedArrayReader } from '../readers/nestedArrays.ts';
import type { TensorReading } from '../readTensor.ts';
import { isInspectable } from '../safely.ts';
import type { StopContext } from '../source.ts';
import type { Held, StopTensors } from '../stopTensors.ts';
import { Closures } from './closures.ts';
import type { EvaluationContext, HostTensor } from './engine.ts';
import { evaluateGraph, graphInputs, isGraph, isOwner } from './evaluation.ts';
import { laterReader, LaterValues } from './laterValues.ts';
import { feedProblem } from './feedProblem.ts';
import { findOwners, graphReader } from './owners.ts';
import { resultReader } from './result.ts';
import { stringArrayReader } from './stringArrays.ts';

export class GraphCalls {
  readonly closures = new Closures();
  readonly later = new LaterValues(() => this.#contextAt(this.#held.passing()));
  readonly #held: StopTensors;
  readonly #reading: TensorReading;
  #owners: ReadonlyMap<object, string | undefined> = new Map();

  constructor(held: StopTensors, reading: TensorReading) {
    this.#held = held;
    this.#reading = reading;
  }

  /** Looks for the models and sessions that graph tensors may belong to. */
  findOwners(scopes: readonly object[]): void {
    this.#owners = findOwners({ scopes, receivers: this.#held.executing }, isOwner);
  }

  /** A handle for what can be evaluated: a graph tensor, or a model or session as a whole; null for any other value. */
  take(value: unknown): string | null {
    if (!isInspectable(value) || !isGraph(value, this.context)) return null;
    return (this.#held.take(value) ?? this.#held.described(value, graphReader)).id;
  }

  /** A handle for what can feed a graph: any tensor, and arrays of strings; for another array, what is wrong with it. */
  takeFeed(value: unknown): TakenFeed {
    const tensor = this.#held.take(value);
    if (tensor || !isInspectable(value)) return { id: tensor?.id ?? null };
    if (stringArrayReader.claims(value)) return { id: this.#held.described(value, stringArrayReader).id };
    const problem = feedProblem(value);
    return { id: null, ...(problem !== undefined && { problem }) };
  }

  inputs({ id }: AgentCalls['graphInputs']['arguments']): AgentCalls['graphInputs']['result'] {
    return graphInputs(this.#held.target(id), this.context);
  }

  evaluate({ id, feeds, stops }: AgentCalls['evaluateGraph']['arguments']): AgentCalls['evaluateGraph']['result'] {
    const start = now();
    const result = evaluateGraph(this.#held.target(id), feeds, {
      context: this.context,
      feedOf: ({ id: fed, as }) => {
        const held = this.#held.find(fed);
        return { value: this.#wholeOf(held, as), plain: held.reader === nestedArrayReader };
      },
    });
    const ms = now() - start;
    if (!('later' in result)) return { tensor: this.#held.described(result, resultReader), ms, isLater: false };
    const value = this.later.add(result, stops);
    this.#held.lasting.set(value.id, { value, reader: laterReader });
    return { tensor: this.#held.describe(value.id), ms, isLater: true };
  }

  get context(): EvaluationContext {
    return this.#contextAt(this.#held.stop);
  }

  #contextAt(stop: StopContext): EvaluationContext {
    return {
      stop,
      owners: () => [...this.#owners.keys()],
      nameOf: (owner) => this.#owners.get(owner),
      closureVariables: (fn, name) => this.closures.variables(fn, name),
      guarded: (device, run) => this.#reading.devices.guarded(device, run),
      read: (value) => {
        const reader = readers.find((candidate) => candidate.claims(value));
        if (!reader) throw new Error('The runtime gave a value that no reader knows.');
        return this.#wholeOf({ value, reader }, undefined, stop);
      },
    };
  }

  /** All values of a tensor, on the host. */
  #wholeOf(held: Held, as?: Reinterpretation, stop?: StopContext): HostTensor {
    const readable = this.#held.readableOf(held, as, stop);
    const { dtype, shape } = readable;
    const [window] = this.#reading.windows([{ readable, ranges: wholeSlice(shape) }]);
    return {
      dtype,
      shape,
      bytes: window!.bytes ?? new Uint8Array(0),
      ...(window!.strings && { strings: window!.strings }),
    };
  }

  release(keepsLater: boolean): void {
    if (!keepsLater) this.#held.lasting.clear();
    this.#owners = new Map();
    this.closures.clear();
  }
}
