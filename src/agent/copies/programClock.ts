/** The program's own time, in milliseconds: what the debugger has held it for is left out. */
export class ProgramClock {
  #heldMs = 0;

  now(): number {
    return performance.now() - this.#heldMs;
  }

  /** The program goes on, after so long. */
  held(ms: number): void {
    this.#heldMs += ms;
  }
}
