/**
 * Makes Dawn's Node binding finish asynchronous work while the event loop stands still. Dawn finishes a `mapAsync` in a
 * callback, its *tick*, which it hands to `globalThis.setImmediate`; here that tick is called by hand.
 *
 * A tick that was queued before the program stopped must be found, because then Dawn queues no other one. Node keeps
 * pending immediates in a closure of its own (`immediateQueue`), which only the debugger can see; the inspector hands
 * it over. A tick that was queued before also stays where it is: it runs again after the resume, in its old place, so
 * that nothing of the program's order changes.
 */
import { TensorError } from '../../protocol/errors.ts';
import { now } from '../clock.ts';
import { isInspectable, isNative, ownValue } from '../safely.ts';

export interface ImmediateQueue {
  head: NodeImmediate | null;
}

type Callback = (...args: unknown[]) => void;
export type Wait = (isDone: () => boolean, deadlineMs: number) => boolean;

/**
 * Whether a pending immediate is Dawn's tick and not the program's. Native code alone is not enough: bound functions
 * and promise resolvers are native too, but have no prototype of their own.
 */
function isTick(callback: unknown): callback is Callback {
  // `isNative` comes first: it refuses proxies, whose traps the rest would set off.
  return (
    isNative(callback) &&
    ownValue(callback, 'name') === '' &&
    ownValue(callback, 'length') === 0 &&
    Object.getOwnPropertyDescriptor(callback, 'prototype') !== undefined
  );
}

function* pendingTicks(first: NodeImmediate | null): Generator<Callback> {
  for (let immediate = first; immediate; immediate = immediate._idleNext) {
    if (!immediate._destroyed && isTick(immediate._onImmediate)) yield immediate._onImmediate;
  }
}

/** How long ticks are called back to back before the wait between two of them grows; milliseconds. */
const spinMs = 3;
/** The wait between two ticks after that; a software device needs the processor that we would spin on. */
const waitMs = 0.2;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Node's own, so that a program which has put a function of its own in its place sees no callback of ours. */
export function nodeSetImmediate(): ((callback: Callback) => unknown) | undefined {
  return typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('timers').setImmediate;
}

export class Pump {
  /** Node's own list of immediates that were queued before the stop; the inspector sets it. */
  immediateQueue: ImmediateQueue | null = null;
  /**
   * Where Node's loop over immediates stands, if the program stopped inside it: the one that is being run, or, in a
   * microtask between two of them, the next one. It and its successors are in no queue.
   */
  running: NodeImmediate | null = null;

  /**
   * Runs `body`, which may wait for the GPU by the function that it is given: `wait(isDone, deadlineMs)` ticks until
   * `isDone` says so, and returns false if the deadline came first.
   */
  during<T>(body: (wait: Wait) => T): T {
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, 'setImmediate');
    const canPutAside = descriptor?.configurable === true || descriptor?.writable === true;
    if (!descriptor || typeof descriptor.value !== 'function' || !canPutAside) {
      throw new TensorError({
        code: 'not-readable',
        message:
          'The program has replaced setImmediate by something that cannot be put aside, so the GPU cannot be waited for.',
        help: 'Leave globalThis.setImmediate a plain property that can be assigned.',
      });
    }
    const original = descriptor.value as (callback: Callback, ...args: unknown[]) => unknown;
    // Ticks to call, and for each the queued one that it goes back to: that one runs again after the resume anyway.
    let next: { tick: Callback; queuedAs: Callback | null }[] = [
      ...pendingTicks(this.immediateQueue?.head ?? null),
      ...pendingTicks(this.running),
    ].map((tick) => ({ tick, queuedAs: tick }));
    let calling: Callback | null = null;
    const intercept = (callback: Callback, ...args: unknown[]): unknown => {
      // Whatever the program's own code queues meanwhile (an error listener that runs in a tick) waits for the resume.
      if (!isTick(callback)) return original(callback, ...args);
      next.push({ tick: callback, queuedAs: calling });
      return undefined;
    };
    // A program that promisifies it meanwhile must get Node's own promisified form; a proxy of the program's isn't asked.
    if (isInspectable(original)) Object.defineProperties(intercept, Object.getOwnPropertyDescriptors(original));
    const wait: Wait = (isDone, deadlineMs) => {
      const start = now();
      while (!isDone()) {
        const elapsed = now() - start;
        if (elapsed > deadlineMs) return false;
        if (elapsed > spinMs) Atomics.wait(sleeper, 0, 0, waitMs);
        const ticks = next;
        next = [];
        if (ticks.length === 0) {
          throw new TensorError({
            code: 'not-readable',
            message:
              'The GPU binding waits for a callback that could not be found, so its work cannot be finished while the program is paused.',
            help: 'Step once, so that the event loop turns, and read again.',
          });
        }
        for (const { tick, queuedAs } of ticks) {
          calling = queuedAs;
          tick();
        }
        calling = null;
      }
      return true;
    };
    Object.defineProperty(globalThis, 'setImmediate', { ...descriptor, value: intercept });
    try {
      return body(wait);
    } finally {
      Object.defineProperty(globalThis, 'setImmediate', descriptor);
      // Work of the program's own may still be waiting. Where a tick that was queued before the stop will run again, it
      // stands in for its successor; any other needs a place of its own, or its Dawn instance would wait for it forever.
      const queue = nodeSetImmediate() ?? original;
      for (const { tick, queuedAs } of next) if (queuedAs === null) queue(tick);
    }
  }
}
