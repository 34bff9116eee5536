/**
 * Writes tensors to a file, straight from where they are: raw elements go from the device through two staging buffers
 * into the file, whatever their size.
 */
import type { FileHandle } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { FileAppender } from '../../formats/fileAppender.ts';
import { encodingForFile, formatForFile } from '../../formats/registry.ts';
import { assertFree, fileSystem, underItsName, writeWholeFile } from '../../formats/wholeFile.ts';
import { pictureRange } from '../../formats/writeTensors.ts';
import type { EncodeOptions, Format, Loss, Part, TensorHeader } from '../../formats/format.ts';
import type { AgentSparseParts, WindowRequest } from '../../protocol/agent.ts';
import { adviceOf, TensorError } from '../../protocol/errors.ts';
import type { CopyCost, DType, TensorDescriptor, TensorStatistics, TensorWarning } from '../../protocol/tensor.ts';
import { itemSize, storedDType } from '../../tensor/dtypes.ts';
import { sizeOf, unravelIndex } from '../../tensor/shape.ts';
import { parseSlice, resultShape } from '../../tensor/slice.ts';
import { noCost, type BulkReader } from '../read/bulkReader.ts';
import { elementPieces } from './elementPieces.ts';
import { reserveBlocks } from './reserveBlocks.ts';
import { sparseSources } from './sparseSources.ts';
import type { ExportRequest, TensorInspector } from '../tensorInspector.ts';

/** What exporting needs of the inspector. */
export interface Exporting {
  describe(id: string): Promise<TensorDescriptor>;
  parseId(id: string): Pick<WindowRequest, 'id' | 'as'>;
  /** What a sparse tensor is made of; null where it does not tell. */
  sparseParts(id: string): Promise<AgentSparseParts | null>;
  /** Runs something that reads; see `Inspector`. */
  reading<Value>(read: () => Promise<Value>): Promise<Value>;
  /** Over the whole tensor, reduced where it is. */
  stats(id: string, dtype?: DType): Promise<Pick<TensorStatistics, 'min' | 'max'>>;
  readStrings(window: WindowRequest): Promise<string[]>;
  bulk: BulkReader;
}

/** What a tensor of the file is made of. */
export interface Source {
  header: TensorHeader & { shape: number[] };
  /** Where the elements are: in the program, or here, where they were put together. */
  elements: WindowRequest | Uint8Array;
  byteLength: number;
  /** Looks at the elements on their way. @throws TensorError for what must not be written */
  check?(bytes: Uint8Array): void;
}

export async function exportTensors(
  request: ExportRequest,
  exporting: Exporting,
): ReturnType<TensorInspector['export']> {
  const file = resolve(request.file);
  const format = formatForFile(file);
  assertOrder(request, format);
  await assertFree(file, request.force);
  const sparse = await sparseSources(request, format, exporting);
  const sources = sparse?.sources ?? (await Promise.all(request.tensors.map((tensor) => sourceOf(tensor, exporting))));
  const headers = sources.map(({ header }) => header);
  // Encoding first: what the format refuses is said before a byte is moved.
  // The vectors of a sparse tensor have no order that one could choose.
  const options = {
    ...encodingForFile(file),
    ...(!sparse && request.encoding),
    ...(await rangeOf(format, sources, exporting)),
  };
  const parts = format.encode(headers, options);
  const written = await writeWholeFile(file, request.force, (temporary, handle) =>
    writeParts(parts, sources, { temporary, handle, request, exporting, format, options }),
  );
  return {
    export: { file, format: format.name, tensors: request.tensors.map(({ name }) => name), bytes: written.bytes },
    costs: written.costs,
    warnings: [...(sparse?.warnings ?? []), ...format.warnings(headers, options), ...written.losses],
  };
}

async function rangeOf(format: Format, [source]: readonly Source[], exporting: Exporting): Promise<EncodeOptions> {
  if (!source || source.elements instanceof Uint8Array) return {};
  const { id, as } = source.elements;
  return pictureRange(format, source.header, () => exporting.stats(id, as?.dtype));
}

async function sourceOf({ name, id, slice }: ExportRequest['tensors'][number], exporting: Exporting): Promise<Source> {
  const tensor = await exporting.describe(id);
  const { shape } = tensor;
  if (tensor.access.how === 'none' || !shape.every((count) => count !== null)) {
    throw new TensorError({
      code: tensor.state === 'disposed' ? 'disposed' : 'not-readable',
      message: `${name} can't be written: ${tensor.access.reason ?? 'its shape is not known'}`,
      ...adviceOf(tensor.access),
    });
  }
  const ranges = parseSlice(slice ?? '', shape);
  const request: WindowRequest = { ...exporting.parseId(id), ranges };
  const dtype = storedDType(tensor.dtype);
  const header = { name, dtype, shape: resultShape(ranges) };
  const byteLength = sizeOf(header.shape) * itemSize(dtype);
  if (dtype !== 'string') return { header, elements: request, byteLength };
  return {
    header: { ...header, strings: await exporting.reading(() => exporting.readStrings(request)) },
    elements: request,
    byteLength,
  };
}

interface Writing {
  temporary: string;
  handle: FileHandle;
  request: ExportRequest;
  exporting: Exporting;
  format: Format;
  options: EncodeOptions;
}

interface Written {
  costs: CopyCost[];
  bytes: number;
  /** The first value of each tensor that the format could not hold as it is. */
  losses: TensorWarning[];
}

async function writeParts(
  parts: readonly Part[],
  sources: readonly Source[],
  { temporary, handle, request, exporting, format, options }: Writing,
): Promise<Written> {
  const total = sources.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const costs = sources.map(() => noCost);
  const losses: TensorWarning[] = [];
  const lose = (header: Source['header'], loss: Loss): void => {
    const warning = lossWarning(header, loss, format);
    if (request.loss !== 'refuse' && (request.loss !== 'refuse-strings' || header.dtype !== 'string')) {
      losses.push(warning);
      return;
    }
    throw new TensorError({
      ...warning,
      code: 'lossy-dtype',
      commandLineHelp: `${warning.help} Or write it as it is, with --force.`,
    });
  };
  for (const { header } of sources) {
    const loss = header.strings && format.stringLoss?.(header.strings);
    if (loss) lose(header, loss);
  }
  const out = new FileAppender(handle, (run) => fileSystem(request.file, run));
  let moved = 0;
  for (const part of parts) {
    if (part.kind === 'bytes') {
      await out.append(part.bytes());
      continue;
    }
    const source = sources[part.tensor]!;
    const before = moved;
    const progress = {
      signal: request.signal,
      onBytes: (bytes: number) => {
        moved = before + bytes;
        request.onProgress?.(total === 0 ? 1 : moved / total, moved);
      },
    };
    const { elements } = source;
    if (!part.order && !part.transform && !part.observe && !source.check && !(elements instanceof Uint8Array)) {
      await out.flush();
      await reserveBlocks(temporary, out.position + source.byteLength);
      const target = { file: temporary, position: out.position };
      costs[part.tensor] = await exporting
        .reading(() => exporting.bulk.writeWindow(elements, target, source.byteLength, progress))
        .catch((error: unknown) => {
          throw underItsName(error, temporary, request.file);
        });
      out.skip(source.byteLength);
      continue;
    }
    const { dtype } = source.header;
    let check = format.lossCheck(dtype, options);
    let index = 0;
    await exporting.reading(async () => {
      for await (const { bytes, cost } of elementPieces(source, part.order, exporting.bulk, progress)) {
        costs[part.tensor] = cost;
        source.check?.(bytes);
        part.observe?.(bytes);
        const loss = check?.(bytes, index);
        index += bytes.byteLength / itemSize(dtype);
        if (loss) {
          check = null;
          lose(source.header, loss);
        }
        if (!part.transform) await out.append(bytes);
        else for (const piece of part.transform.push(bytes)) await out.append(piece);
      }
    });
    for (const piece of part.transform?.end() ?? []) await out.append(piece);
  }
  await out.flush();
  return { costs, bytes: out.position, losses };
}

function lossWarning(
  { name, dtype, shape }: TensorHeader,
  { index, value, becomes }: Loss,
  format: Format,
): TensorWarning {
  return {
    code: 'lossy-dtype',
    message: `${name}[${unravelIndex(index, shape).join(', ')}] is ${value} and becomes ${becomes} in ${format.label}.`,
    help: dtype === 'string' ? 'Write .json: it keeps every string.' : 'Write .npy or .npz: they keep every bit.',
  };
}

/** @throws TensorError `invalid-argument` */
function assertOrder({ encoding, file }: ExportRequest, format: Format): void {
  if (!encoding?.fortranOrder || format.fortranOrder) return;
  throw new TensorError({
    code: 'invalid-argument',
    message: `${basename(file)} can't be in Fortran order: a ${format.extensions[0]} file has its elements in row-major order.`,
    help: 'Write .npy or .npz, or leave the order as it is.',
  });
}
