/**
 * Counts the program's own copies from devices to the host, by call site. It holds numbers and places, never a tensor: what
 * is counted lives no longer for it.
 */
import type { RecordedSite, RecorderReport, RecorderWarning } from '../../protocol/recorder.ts';
import type { TensorWarning } from '../../protocol/tensor.ts';
import { callSite, type CallSite, type RuntimeScripts } from './callSite.ts';
import { CopyBudget } from './copyBudget.ts';
import { Settlements } from './settled.ts';

export interface WatchedRuntime extends RuntimeScripts {
  name: string;
}

export interface Copied {
  runtime: WatchedRuntime;
  /** That have to be moved: none where the program gets a view, or a copy that the host has already. */
  bytes: number;
  /** Of one element: a loss. */
  isScalar: boolean;
}

/** A copy that is under way. */
export interface RunningCopy {
  end(ms: number): void;
}

export class Recorder {
  readonly #settlements = new Settlements();
  readonly #sites = new Map<string, RecordedSite>();
  readonly #warnings: RecorderWarning[] = [];
  readonly #warned = new Set<string>();
  #budget = new CopyBudget({ bytes: Infinity, ms: Infinity });
  #since = new Date();
  #failure: string | null = null;
  #notify: (text: string) => void = () => undefined;

  /** @param notify carries a warning to the debugger as soon as it is known; it is in the report too */
  configure(budget: { bytes: number; ms: number }, notify: ((text: string) => void) | undefined): void {
    this.#budget = new CopyBudget(budget);
    if (notify) this.#notify = notify;
  }

  /** A runtime that was in use already has come to our notice only now: what it did before is not in the numbers. */
  cameLate(): void {
    this.#since = new Date();
  }

  /**
   * Who is calling a conversion.
   * @param below the function of ours that the call went through
   * @param call what was called, if the runtime's own frames tell nothing better
   */
  callSite(runtime: WatchedRuntime, call: string, below: unknown): CallSite | undefined {
    return callSite(below, call, runtime);
  }

  begin(caller: CallSite, { runtime, bytes, isScalar }: Copied): RunningCopy {
    const site = this.#siteOf(caller, runtime);
    site.count++;
    site.bytes += bytes;
    return {
      end: (ms) => {
        site.ms += ms;
        const hot = this.#budget.spend(site, { bytes, ms, isScalar });
        if (hot) this.#warnAt(hot.key, () => ({ ...hot.warning(), frames: hot.site.frames }));
      },
    };
  }

  /** For an asynchronous conversion that is called right now: its time runs until its promise settles. */
  endsWithNextPromise(copy: RunningCopy): void {
    const start = performance.now();
    this.#settlements.awaitNext(() => copy.end(performance.now() - start));
  }

  /** Warns once for each call site and code. */
  warn(caller: CallSite, make: (call: string) => TensorWarning): void {
    const warning = make(caller.call);
    this.#warnAt(`${warning.code} ${caller.key}`, () => ({ ...warning, frames: caller.frames() }));
  }

  /** Recording must never reach the program, so what goes wrong here is only told to whoever asks. */
  failed(error: unknown): void {
    this.#failure ??= error instanceof Error ? (error.stack ?? error.message) : String(error);
  }

  report(): RecorderReport {
    const sites = [...this.#sites.values()];
    return { since: this.#since.toISOString(), sites, warnings: this.#warnings, failure: this.#failure };
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
