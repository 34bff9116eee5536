/** Files against NumPy: a tensor from the device to .npy, a table as CSV, the first cells of a large .npy. */
import { openSync, ftruncateSync, closeSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { npyHeader } from '../../src/formats/npyHeader.ts';
import { SourceReader } from '../../src/extension/viewer/sourceReader.ts';
import { openTensorFile } from '../../src/formats/openTensorFile.ts';
import { PausedProgram } from '../support/pausedProgram.ts';
import { peakGrowth } from '../support/peakMemory.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { median, medianRatio, timed, type Figure } from './measure.ts';
import { Numpy } from './numpy.ts';

async function withNumpy<Result>(run: (numpy: Numpy, folder: string) => Promise<Result>): Promise<Result> {
  const folder = temporaryFolder();
  const numpy = new Numpy();
  try {
    return await run(numpy, folder);
  } finally {
    numpy.end();
  }
}

const mebibyte = 2 ** 20;

/**
 * Export of a whole tensor from the device: its time against `numpy.save` of as many bytes from host memory, and the memory
 * that it takes, also to formats that look at every element.
 */
export function exportFigures(): Promise<Figure[]> {
  return withNumpy(async (numpy, folder) => {
    const [exported, saved]: [number[], number[]] = [[], []];
    // By ending: the growth of the program, and of the debugger.
    const growth = { npy: [] as number[][], npz: [] as number[][], csv: [] as number[][] };
    const rounds = 7;
    await numpy.run(`x = np.full((8192, 8192), 0.25, np.float32)`);
    const env = { BENCH_KIND: 'export', BENCH_ROUNDS: String(rounds), BENCH_SHAPE: '[8192, 8192]' };
    const paused = await PausedProgram.start('bench/webgpu.mjs', { env });
    const pids = [paused.process.pid!, process.pid];
    try {
      for (let round = 0; round < rounds; round++) {
        const { id } = await paused.inspector.evaluate(paused.top, 'tensor', { throwOnSideEffect: true });
        const tensors = [{ name: 'tensor', id }];
        const write = async (ending: keyof typeof growth): Promise<number> => {
          const file = join(folder, `tensor.${ending}`);
          let time = 0;
          const grown = await peakGrowth(pids, async () => {
            time = (await timed(() => paused.inspector.export({ file, force: true, tensors }))).ms;
          });
          rmSync(file);
          // The first one warms up what they all need.
          if (round > 0) growth[ending].push(grown);
          return time;
        };
        const other = join(folder, 'numpy.npy');
        const ms = await write('npy');
        const numpyMs = await numpy.run(`np.save(${JSON.stringify(other)}, x)`);
        rmSync(other);
        await write('npz');
        // The same at every round, and seconds each.
        if (round === 1) await write('csv');
        await paused.resume();
        if (round === 0) continue;
        exported.push(ms);
        saved.push(numpyMs);
      }
    } finally {
      await paused.end();
    }
    const memory = (ending: keyof typeof growth): Figure[] =>
      ['the program', 'the debugger'].map((whose, index) => {
        const most = Math.max(...growth[ending].map((grown) => grown[index]!));
        return {
          name: index === 0 ? `.${ending}, memory` : `.${ending}, memory here`,
          sides: `peak growth of ${whose} while 256 MiB are exported, MiB / 64 MiB`,
          ratio: most / (64 * mebibyte),
          target: 1,
          goal: 'at most',
          detail: `${(most / mebibyte).toFixed(1)} MiB`,
        };
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
      ...memory('npy'),
      ...memory('npz'),
      ...memory('csv'),
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
        const tensor = { id: large.tensors[0]!.tensor.id };
        await new SourceReader(large).request('tensor/read', { tensor, slice: ':64, :16', encoding: 'bytes' });
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
