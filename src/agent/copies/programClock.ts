/** The program's own time, in milliseconds: what the debugger has held it for is left out. */
import { now } from '../clock.ts';

export class ProgramClock {
  #heldMs = 0;

  now(): number {
    return now() - this.#heldMs;
  }

  /** The program goes on, after so long. */
  held(ms: number): void {
    this.#heldMs += ms;
  }
}
