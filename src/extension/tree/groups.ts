/** The parts of the Tensors view beside the frame's own variables: pinned expressions, memory by device, copies, warnings. */
import { reportOf } from '../../protocol/errors.ts';
import type { Copies, ProgramWarning, TensorListing } from '../../protocol/requests.ts';
import type { TensorDescriptor } from '../../protocol/tensor.ts';
import { formatBytes, formatMs } from '../../tensor/preview.ts';
import type { TensorReader } from '../sources/tensorSource.ts';
import type { Node } from './nodes.ts';

export const copiesId = 'copies';

/** One row per expression, evaluated in the frame without side effects. */
export async function pinnedNodes(
  source: TensorReader,
  frameId: number,
  expressions: readonly string[],
): Promise<Node[]> {
  return Promise.all(
    expressions.map(async (expression): Promise<Node> => {
      const id = `pinned/${expression}`;
      try {
        const { tensor } = await source.request('tensor/describe', { tensor: { expression, frameId } });
        return { kind: 'tensor', id, expression, scope: 'Pinned', tensor, source, isPinned: true };
      } catch (error) {
        const { message, help } = reportOf(error, 'not-available');
        return { kind: 'unpinnable', id, expression, reason: message, ...(help !== undefined && { help }) };
      }
    }),
  );
}

/** What the runtimes say that they hold, and what of the frame lives where. */
export function deviceNodes({ runtimes, tensors }: TensorListing): Node[] {
  const rows: Node[] = [];
  for (const { name, backend, device, memory } of runtimes) {
    if (!memory) continue;
    rows.push({
      kind: 'detail',
      id: `devices/runtime/${name}`,
      name: backend ?? device?.type ?? 'unknown',
      value: `${countText(memory.tensors)}, ${formatBytes(memory.bytes)} held by ${name}`,
      tooltip: `${name} says that it holds ${countText(memory.tensors)}, ${memory.bytes} bytes${device?.name === undefined ? '' : `, on ${device.name}`}.`,
    });
  }
  const places = new Map<string, { count: number; bytes: number }>();
  // One tensor may be in several variables.
  const distinct = new Map(tensors.map(({ tensor }) => [tensor.id, tensor]));
  for (const tensor of distinct.values()) {
    const place = placeOf(tensor);
    if (place === undefined) continue;
    const { count, bytes } = places.get(place) ?? { count: 0, bytes: 0 };
    places.set(place, { count: count + 1, bytes: bytes + tensor.byteLength });
  }
  for (const [place, { count, bytes }] of places) {
    const value = `${countText(count)}, ${formatBytes(bytes)} in this frame`;
    rows.push({ kind: 'detail', id: `devices/frame/${place}`, name: place, value });
  }
  return rows;
}

function placeOf({ state, location, device, kind }: TensorDescriptor): string | undefined {
  if (state !== 'live' || kind === 'symbolic' || kind === 'tracer') return undefined;
  return location === 'host' ? 'host' : device.type;
}

function countText(count: number): string {
  return count === 1 ? '1 tensor' : `${count} tensors`;
}

/** The program's own copies from devices, the costly lines first. */
export async function copyNodes(source: TensorReader): Promise<Node[]> {
  let copies: Copies;
  try {
    copies = await source.request('tensor/copies', {});
  } catch (error) {
    return [
      { kind: 'detail', id: 'copies/failed', name: 'not known', value: reportOf(error, 'not-available').message },
    ];
  }
  const { since, sites } = copies;
  if (since === null) {
    return [{ kind: 'detail', id: 'copies/none', name: 'not recorded', value: 'no runtime whose copies are counted' }];
  }
  const start = new Date(since).toLocaleTimeString();
  if (sites.length === 0) return [{ kind: 'detail', id: 'copies/none', name: 'none', value: `since ${start}` }];
  return [...sites]
    .sort((a, b) => b.ms - a.ms || b.bytes - a.bytes)
    .map(({ file, line, call, count, bytes, ms }): Node => {
      const value = `${call} × ${count} · ${formatBytes(bytes)} · ${formatMs(ms)}`;
      return {
        kind: 'place',
        id: `copies/${file}:${line}/${call}`,
        name: `${file.replace(/^.*[\\/]/, '')}:${line}`,
        value,
        tooltip: `${file}:${line}\n${call} copied ${count} times since ${start}: ${bytes} bytes, ${formatMs(ms)} until the values were there.`,
        file,
        line,
      };
    });
}

export function warningNodes(warnings: readonly ProgramWarning[]): Node[] {
  return warnings.map((warning) => ({
    kind: 'warning',
    id: `warning/${warning.code}/${warning.file ?? ''}:${warning.line ?? ''}`,
    warning,
  }));
}
