/** Writes tensors that are read by windows, from other files or computed from them, in bounded memory. */
import { resolve } from 'node:path';
import type { ExportedFile } from '../protocol/requests.ts';
import type { TensorStatistics } from '../protocol/tensor.ts';
import { blocks } from '../tensor/blocks.ts';
import { itemSize } from '../tensor/dtypes.ts';
import type { ElementSource } from '../tensor/elementSource.ts';
import { sourceStatistics } from '../tensor/sourceStatistics.ts';
import { FileAppender } from './fileAppender.ts';
import { encodedBytes, type EncodeOptions, type Format, type TensorHeader } from './format.ts';
import { encodingForFile, formatForFile } from './registry.ts';
import { assertFree, fileSystem, writeWholeFile } from './wholeFile.ts';

const windowBytes = 4 * 2 ** 20;

/**
 * @param tensors of numbers
 * @param force replace a file that exists
 * @throws TensorError `unknown-format`, `file-exists`, `file-system`, what the format refuses, or what reading throws;
 *   nothing is left behind then
 */
export async function writeTensors(
  path: string,
  tensors: readonly ElementSource[],
  force: boolean,
): Promise<ExportedFile> {
  const file = resolve(path);
  const format = formatForFile(file);
  await assertFree(file, force);
  const headers = tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape: [...shape] }));
  const [header] = headers;
  const range = header && (await pictureRange(format, header, () => statisticsOf(tensors[0]!)));
  const options = { ...encodingForFile(file), ...range };
  const parts = format.encode(headers, options);
  const bytes = await writeWholeFile(file, force, async (_, handle) => {
    const out = new FileAppender(handle, (run) => fileSystem(file, run));
    for await (const piece of encodedBytes(parts, (index) => windowsOf(tensors[index]!))) await out.append(piece);
    await out.flush();
    return out.position;
  });
  return { file, format: format.name, tensors: tensors.map(({ name }) => name), bytes };
}

/** An image of anything but bytes goes from black at its smallest finite value to white at its largest. */
export async function pictureRange(
  format: Format,
  header: TensorHeader,
  statistics: () => Promise<Pick<TensorStatistics, 'min' | 'max'>>,
): Promise<EncodeOptions> {
  if (format.name !== 'png' || header.dtype === 'uint8' || format.refuses(header)) return {};
  const { min, max } = await statistics();
  // Nothing is finite: the format has its own way.
  return min === null || max === null ? {} : { range: { min: Number(min), max: Number(max) } };
}

async function statisticsOf(source: ElementSource): Promise<Pick<TensorStatistics, 'min' | 'max'>> {
  return (await sourceStatistics(source)).stats;
}

/** In row-major order. */
async function* windowsOf(tensor: ElementSource): AsyncGenerator<Uint8Array, void, undefined> {
  for (const ranges of blocks(tensor.shape, windowBytes / itemSize(tensor.dtype))) {
    yield (await tensor.read(ranges)) as Uint8Array;
  }
}
