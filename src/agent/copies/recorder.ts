/**
 * Counts the program's own copies from devices to the host, by call site. It holds numbers and places, never a tensor: what
 * is counted lives no longer for it.
 */
import type { RecordedSite, RecorderReport, RecorderWarning } from '../../protocol/recorder.ts';
import type { TensorWarning } from '../../protocol/tensor.ts';
import { graphMode } from '../../tensor/graphMode.ts';
import { now } from '../clock.ts';
import { callSite, type CallSite, type RuntimeScripts } from './callSite.ts';
import { CopyBudget } from './copyBudget.ts';
import { isInspectable, util } from '../safely.ts';
import { watchJaxJs } from './jaxJs.ts';
import { watchOnnxRuntime } from './onnxRuntime.ts';
import { ProgramClock } from './programClock.ts';
import { Settlements } from './settled.ts';
import { watchTfjsIn } from './tfjs.ts';
import { watchedMethods, type OnAccess } from './watch.ts';
import { watchWebGpu } from './webgpu.ts';

export interface WatchedRuntime extends RuntimeScripts {
  name: RecordedSite['runtime'];
}

export interface Copied {
  runtime: WatchedRuntime;
  /** That have to be moved: none where the program gets a view, or a copy that the host has already. */
  bytes: number;
  /**
   * Whether its time counts against the budget. That of a scalar or of an awaited copy is mostly the wait for what computes it:
   * a loss costs four bytes, however long its step takes.
   */
  spendsTime: boolean;
}

/** A copy that is under way. One that throws has no end, and has moved nothing. */
export interface RunningCopy {
  end(ms: number): void;
  /** At its place, once for each place and code. */
  warn(make: (call: string) => TensorWarning): void;
}

/** By the runtime's name in descriptors. */
const watchers = { 'jax-js': watchJaxJs, onnxruntime: watchOnnxRuntime, webgpu: watchWebGpu };

const graphRuntime: RuntimeScripts = { own: /[\\/]tensor-debugger[\\/]/, calls: new Set() };

export class Recorder {
  /** For the agent, to which a method is what it was before it was watched. */
  readonly watched = watchedMethods;
  readonly #settlements = new Settlements();
  readonly #sites = new Map<string, RecordedSite>();
  readonly #warnings: RecorderWarning[] = [];
  readonly #warned = new Set<string>();
  readonly #onTfjs: (() => void)[] = [];
  readonly #settling: (() => void)[] = [];
  #hasTfjs = false;
  readonly #classes = new WeakSet<object>();
  #evaluations = 0;
  /** For the agent. */
  readonly now = now;
  readonly clock = new ProgramClock();
  #budget = new CopyBudget({ bytes: Infinity, ms: Infinity }, this.clock);
  #since = new Date();
  #notify: (text: string) => void = () => undefined;

  /** @param notify carries a warning to the debugger as soon as it is known; it is in the report too */
  configure(budget: { bytes: number; ms: number }, notify?: (text: string) => void): void {
    this.#budget = new CopyBudget(budget, this.clock);
    if (notify) this.#notify = notify;
  }

  /** The agent evaluates: what is converted meanwhile is none of the program's copies. @returns what ends that */
  evaluating(): () => void {
    this.#evaluations++;
    return () => this.#evaluations--;
  }

  /**
   * Who is calling a conversion; undefined if that is nobody of the program.
   * @param below the function of ours that the call went through
   * @param call what was called, if the runtime's own frames tell nothing better
   */
  callSite(runtime: WatchedRuntime, call: string, below: unknown): CallSite | undefined {
    return this.#evaluations > 0 ? undefined : callSite(below, call, runtime);
  }

  begin(caller: CallSite, { runtime, bytes, spendsTime }: Copied): RunningCopy {
    const site = this.#siteOf(caller, runtime);
    site.count++;
    return {
      end: (ms) => {
        site.bytes += bytes;
        site.ms += ms;
        const hot = this.#budget.spend(site, { bytes, ms, spendsTime });
        if (hot) this.#warnAt(hot.key, () => ({ ...hot.warning(), frames: hot.site.frames }));
      },
      warn: (make) => {
        const warning = make(site.call);
        this.#warnAt(`${warning.code} ${caller.key}`, () => ({ ...warning, frames: site.frames }));
      },
    };
  }

  /** For an asynchronous conversion that is called right now: its time runs until its promise settles. */
  endsWithNextPromise(copy: Pick<RunningCopy, 'end'>, onEnd?: () => void): void {
    const start = this.clock.now();
    this.#settlements.awaitNext(() => {
      copy.end(this.clock.now() - start);
      onEnd?.();
    });
  }

  /** Warns once for each call site and code. */
  warn(caller: CallSite, make: (call: string) => TensorWarning): void {
    const warning = make(caller.call);
    this.#warnAt(`${warning.code} ${caller.key}`, () => ({ ...warning, frames: caller.frames() }));
  }

  /** Before anybody is told: for what shows only by what comes after it. */
  beforeReport(settle: () => void): void {
    this.#settling.push(settle);
  }

  /** A handler of accesses that can do no harm: whatever goes wrong in it, the program gets its method. */
  guarded(onAccess: OnAccess): OnAccess {
    return (receiver, method, getter) => {
      try {
        return onAccess(receiver, method, getter);
      } catch (error) {
        this.failed(error);
        return method;
      }
    };
  }

  /** Watches a class of a runtime, given by its prototype. Nothing happens if it is watched already. */
  watchClass(name: keyof typeof watchers, prototype: unknown): boolean {
    if (!isInspectable(prototype) || this.#classes.has(prototype)) return false;
    this.#classes.add(prototype);
    return watchers[name](prototype, this);
  }

  /** Watches the class that this tensor is of, or that its own class extends. */
  watchClassOf(name: keyof typeof watchers, tensor: object): boolean {
    let prototype: unknown = Object.getPrototypeOf(tensor);
    while (isInspectable(prototype)) {
      if (this.watchClass(name, prototype)) return true;
      prototype = Object.getPrototypeOf(prototype);
    }
    return false;
  }

  /**
   * The agent has come across a tensor. Where its class has gone unnoticed so far, what was done with it before is not in the
   * numbers: they begin now.
   */
  cameAcross(name: string, tensor: object): void {
    if (!Object.hasOwn(watchers, name) || !isInspectable(tensor)) return;
    if (this.watchClassOf(name as keyof typeof watchers, tensor)) this.#since = new Date();
  }

  /** The program has stopped in a `vm` context: what was copied there before is not in the numbers. */
  cameAcrossContext(global: object): void {
    try {
      if (watchTfjsIn(this, global)) this.#since = new Date();
    } catch (error) {
      this.failed(error);
    }
  }

  /** Calls back when TF.js is there: at once, or when it is loaded. */
  whenTfjs(callback: () => void): void {
    if (this.#hasTfjs) callback();
    else this.#onTfjs.push(callback);
  }

  tfjsIsThere(): void {
    this.#hasTfjs = true;
    for (const callback of this.#onTfjs.splice(0)) callback();
  }

  /** `tensor-debugger/runtime` itself says when a conversion was tried that needs eager mode. */
  triedInGraphMode(name: string, call: string, below: unknown): void {
    try {
      const caller = callSite(below, call, graphRuntime);
      const what = 'graph tensor of tensor-debugger';
      const help = `Run it in the session that you have for its graph: await session.run('${name}'); or in a new one, new Session(tensor.graph) with the tensor that you called ${call}() on. Or build it in eager mode, outside of the graph.`;
      if (caller) this.warn(caller, () => graphMode({ call, name, what, help }));
    } catch (error) {
      this.failed(error);
    }
  }

  /** A fault of ours must never reach the program. The first one is told. */
  failed(error: unknown): void {
    const what = util.types.isNativeError(error) ? (error.stack ?? error.message) : String(error);
    // The message and the innermost frame.
    const where = what.split('\n', 2).map((line) => line.trim());
    this.#warnAt('fault', () => ({
      code: 'debugger-fault',
      message: `Tensor Debugger failed while it watched the program: ${where.join(' ')}`,
      help: 'The program is unharmed, but copies and tracked values may be missing from here on. Please report this with the message above.',
      frames: [],
    }));
  }

  report(): RecorderReport {
    for (const settle of this.#settling) settle();
    const sites = [...this.#sites.values()];
    return { since: this.#since.toISOString(), sites, warnings: this.#warnings };
  }

  #siteOf(caller: CallSite, { name }: WatchedRuntime): RecordedSite {
    let site = this.#sites.get(caller.key);
    if (!site) {
      site = { runtime: name, call: caller.call, frames: caller.frames(), count: 0, bytes: 0, ms: 0 };
      this.#sites.set(caller.key, site);
    }
    return site;
  }

  #warnAt(place: string, make: () => RecorderWarning): void {
    if (this.#warned.has(place)) return;
    this.#warned.add(place);
    const warning = make();
    this.#warnings.push(warning);
    this.#notify(JSON.stringify(warning));
  }
}
