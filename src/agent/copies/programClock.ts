/** The program's own time, in milliseconds: what the debugger has held it for is left out. */
import { now } from '../clock.ts';

export class ProgramClock {
  #heldMs = 0;
  /** At a stop, the time at which the program stopped: what settles while it is read takes no longer. */
  #stoppedAt: number | undefined;

  now(): number {
    return this.#stoppedAt ?? now() - this.#heldMs;
  }

  /** The program stopped so long ago. */
  stopped(ms: number): void {
    this.#stoppedAt = now() - this.#heldMs - ms;
  }

  /** The program goes on, after so long. */
  held(ms: number): void {
    this.#stoppedAt = undefined;
    this.#heldMs += ms;
  }
}
