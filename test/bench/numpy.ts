/** NumPy as the other side of a benchmark: one process of the system's Python that stays for all rounds. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

const script = `
import json, sys, time
import numpy as np
scope = {'np': np}
for line in sys.stdin:
    code = compile(json.loads(line), 'bench', 'exec')
    start = time.perf_counter()
    exec(code, scope)
    print((time.perf_counter() - start) * 1000, flush=True)
`;

export class Numpy {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor() {
    this.#child = spawn('/usr/bin/python3', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** Runs statements, which see `np` and what those before have set, and answers the milliseconds that they took. */
  async run(code: string): Promise<number> {
    this.#child.stdin!.write(`${JSON.stringify(code)}\n`);
    const { value, done } = (await this.#lines.next()) as IteratorResult<string, undefined>;
    if (done) throw new Error(`NumPy failed at: ${code}`);
    return Number(value);
  }

  end(): void {
    this.#child.stdin!.end();
  }
}
