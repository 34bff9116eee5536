/** Files against NumPy: a tensor from the device to .npy, a table as CSV, the first cells of a large .npy. */
import {
  mkdtempSync,
  openSync,
  ftruncateSync,
  closeSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npyHeader } from '../../src/formats/npyHeader.ts';
import { openTensorFile } from '../../src/formats/openTensorFile.ts';
import { PausedProgram } from '../support/pausedProgram.ts';
import { median, medianRatio, timed, type Figure } from './measure.ts';
import { Numpy } from './numpy.ts';

async function withNumpy<Result>(run: (numpy: Numpy, folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'tensor-bench-'));
  const numpy = new Numpy();
  try {
    return await run(numpy, folder);
  } finally {
    numpy.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The most resident memory since the last reset, in bytes (Linux). */
function peakMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

function resetPeak(pid: number): number {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return peakMemory(pid);
}

const mebibyte = 2 ** 20;

/** Export of a whole tensor from the device, against `numpy.save` of as many bytes from host memory. */
export function exportFigures(): Promise<Figure[]> {
  return withNumpy(async (numpy, folder) => {
    const [exported, saved, program, inspector]: [number[], number[], number[], number[]] = [[], [], [], []];
    await numpy.run(`x = np.full((8192, 8192), 0.25, np.float32)`);
    const env = { BENCH_KIND: 'export', BENCH_ROUNDS: '7', BENCH_SHAPE: '[8192, 8192]' };
    const paused = await PausedProgram.start('bench/webgpu.mjs', { env });
    try {
      for (let round = 0; round < Number(env.BENCH_ROUNDS); round++) {
        const { id } = await paused.inspector.evaluate(paused.top, 'tensor', { throwOnSideEffect: true });
        const [file, other] = [join(folder, 'tensor.npy'), join(folder, 'numpy.npy')];
        const pids = [paused.process.pid!, process.pid] as const;
        const before = pids.map(resetPeak);
        const { ms } = await timed(() =>
          paused.inspector.export({ file, force: true, tensors: [{ name: 'tensor', id }] }),
        );
        const growth = pids.map((pid, index) => peakMemory(pid) - before[index]!);
        rmSync(file);
        const numpyMs = await numpy.run(`np.save(${JSON.stringify(other)}, x)`);
        rmSync(other);
        await paused.resume();
        // The first one warms both up.
        if (round === 0) continue;
        exported.push(ms);
        saved.push(numpyMs);
        program.push(growth[0]!);
        inspector.push(growth[1]!);
      }
    } finally {
      await paused.end();
    }
    const memory = (name: string, whose: string, growth: number[]): Figure => ({
      name,
      sides: `peak growth of ${whose} while 256 MiB are exported, MiB / 64 MiB`,
      ratio: Math.max(...growth) / (64 * mebibyte),
      target: 1,
      goal: 'at most',
      detail: `${(Math.max(...growth) / mebibyte).toFixed(1)} MiB`,
    });
    return [
      {
        name: 'export, time',
        sides: '256 MiB from the device to .npy / numpy.save of as many from host memory',
        ratio: medianRatio(exported, saved),
        target: 1.3,
        goal: 'at most',
        detail: `${median(exported).toFixed(0)} ms / ${median(saved).toFixed(0)} ms`,
      },
      memory('export, memory', 'the program', program),
      memory('export, memory here', 'the debugger', inspector),
    ];
  });
}

/** A table of random values from a stopped program to .csv, against `numpy.savetxt` of the same. */
export function csvFigures(): Promise<Figure[]> {
  return withNumpy(async (numpy, folder) => {
    const figures: Figure[] = [];
    const paused = await PausedProgram.start('bench/table.mjs');
    try {
      for (const dtype of ['float32', 'float64']) {
        const [ours, theirs]: [number[], number[]] = [[], []];
        const { id } = await paused.inspector.evaluate(paused.top, dtype, { throwOnSideEffect: true });
        const tensors = [{ name: dtype, id }];
        const source = join(folder, `${dtype}.npy`);
        await paused.inspector.export({ file: source, force: true, tensors });
        await numpy.run(`x = np.load(${JSON.stringify(source)})`);
        for (let round = 0; round < 5; round++) {
          const { ms } = await timed(() =>
            paused.inspector.export({ file: join(folder, 'ours.csv'), force: true, tensors }),
          );
          const numpyMs = await numpy.run(
            `np.savetxt(${JSON.stringify(join(folder, 'theirs.csv'))}, x, delimiter=',')`,
          );
          if (round === 0) continue;
          ours.push(ms);
          theirs.push(numpyMs);
        }
        figures.push({
          name: `CSV, ${dtype}`,
          sides: `numpy.savetxt / export of 1,000 x 1,000 to .csv`,
          ratio: medianRatio(theirs, ours),
          target: 5,
          goal: 'at least',
          detail: `${median(theirs).toFixed(0)} ms / ${median(ours).toFixed(0)} ms`,
        });
      }
    } finally {
      await paused.end();
    }
    return figures;
  });
}

/** A .npy of 4 GiB (sparse on disk: its zeros are read like any other bytes), and the first cells that the viewer shows. */
export function openingFigures(): Promise<Figure[]> {
  return withNumpy(async (numpy, folder) => {
    const path = join(folder, 'large.npy');
    const head = npyHeader('<f4', [32768, 32768]);
    const file = openSync(path, 'w');
    writeSync(file, head);
    ftruncateSync(file, head.length + 4 * 2 ** 30);
    closeSync(file);
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let round = 0; round < 60; round++) {
      const { ms, value: opened } = await timed(async () => {
        const large = await openTensorFile(path);
        await large.read(large.tensors[0]!.tensor.id, { slice: ':64, :16', encoding: 'bytes' });
        return large;
      });
      await opened.dispose();
      const numpyMs = await numpy.run(`x = np.load(${JSON.stringify(path)}, mmap_mode='r'); w = np.array(x[:64, :16])`);
      if (round < 10) continue;
      ours.push(ms);
      theirs.push(numpyMs);
    }
    return [
      {
        name: 'opening 4 GiB',
        sides: "a .npy to its first 64 x 16 cells / numpy.load(mmap_mode='r') and the same window",
        ratio: medianRatio(ours, theirs),
        target: 2,
        goal: 'at most',
        detail: `${median(ours).toFixed(2)} ms / ${median(theirs).toFixed(2)} ms`,
      },
    ];
  });
}
