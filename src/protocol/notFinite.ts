/** Break on NaN or Inf: what is asked for, and what the program was stopped for. */
import type { RecordedFrame } from './recorder.ts';

/** The function of the agent in which the program then stands still, as debuggers show it. */
export const notFiniteFunction = 'NaN or Inf (Tensor Debugger)';

export interface NotFiniteBreak {
  /**
   * `precise` looks at what each op has made before the program goes on: on webgpu it waits for the device after every op.
   * `deferred` leaves flags on the webgpu device, and looks at them where the program reads or has submitted a lot: it stops
   * later, and names the op all the same. On other backends both are the same.
   */
  mode: 'off' | 'precise' | 'deferred';
  /** Infinities pass; default false. */
  nanOnly?: boolean;
}

/** What the agent stops the program for. */
export interface NotFiniteReport {
  /** The op, how many it made in what, the first index, and its inputs. */
  message: string;
  /** Who called the op, innermost first. */
  frames: RecordedFrame[];
  /** The program has run on since. */
  isLater: boolean;
  /** What `tensor-debugger/runtime` runs from: its lines are not the program's, wherever it lies. */
  runtimeScript?: string;
}

/** The same for people and editors. */
export interface NotFiniteStop {
  message: string;
  /** Where the op was called, from 1; absent for code that was evaluated. */
  file?: string;
  line?: number;
  isLater: boolean;
  /** As in the report. */
  runtimeScript?: string;
}
