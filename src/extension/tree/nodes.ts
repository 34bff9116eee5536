/** The rows of the Tensors view. Ids say where a row stands, so that it stays expanded from one stop to the next. */
import type { ListedContainer, ListedTensor, ProgramWarning, TensorListing } from '../../protocol/requests.ts';
import type { RuntimeDescription, TensorStatistics } from '../../protocol/tensor.ts';
import { formatBytes, formatMs, formatShape, formatWeight } from '../../tensor/preview.ts';
import { statisticsTexts } from '../../tensor/statisticsTexts.ts';
import type { TensorReader } from '../sources/tensorSource.ts';

export interface TensorNode extends ListedTensor {
  kind: 'tensor';
  id: string;
  /** Its own part of the expression, below its container's row. */
  name?: string;
  source: TensorReader;
  isPinned?: true;
}

/** In which more tensors lie, too deep for the scope's own list; they are listed when somebody opens it. */
export interface ContainerNode extends ListedContainer {
  kind: 'container';
  id: string;
  name?: string;
  source: TensorReader;
  frameId: number;
}

/** Rows under a name; asked for when somebody opens it. */
export interface GroupNode {
  kind: 'group';
  id: string;
  name: string;
  value?: string;
  icon: string;
  isOpen: boolean;
  children: () => Node[] | Promise<Node[]>;
}

export type Node =
  | { kind: 'runtime'; id: string; runtime: RuntimeDescription }
  | { kind: 'warning'; id: string; warning: ProgramWarning }
  | GroupNode
  | { kind: 'scope'; id: string; name: string; rows: (TensorNode | ContainerNode)[] }
  | TensorNode
  | ContainerNode
  | { kind: 'statistics'; id: string; of: TensorNode }
  /** A pinned expression that is no tensor here. */
  | { kind: 'unpinnable'; id: string; expression: string; reason: string; help?: string }
  /** A line of the program. */
  | { kind: 'place'; id: string; name: string; value: string; tooltip: string; file: string; line: number }
  /** `help` says what to do about it, where the value is that there is none. */
  | { kind: 'detail'; id: string; name: string; value: string; tooltip?: string; help?: string };

interface Frame {
  source: TensorReader;
  frameId: number;
}

/** The runtimes, then the scopes of the frame. */
export function frameNodes(frame: Frame, listing: TensorListing): Node[] {
  const scopes = new Map<string, (TensorNode | ContainerNode)[]>();
  for (const row of listedNodes(frame, listing)) {
    const inScope = scopes.get(row.scope) ?? [];
    scopes.set(row.scope, inScope);
    inScope.push({ ...row, id: `${row.scope}/${row.id}` });
  }
  return withDistinctIds([
    ...listing.runtimes.map((runtime): Node => ({ kind: 'runtime', id: `runtime/${runtime.name}`, runtime })),
    ...[...scopes].map(([name, rows]): Node => {
      return { kind: 'scope', id: `scope/${name}`, name, rows: withDistinctIds(rows) };
    }),
    ...truncatedNodes(listing),
  ]);
}

/** What is in a container. */
export function containerChildren({ id, expression, ...frame }: ContainerNode, listing: TensorListing): Node[] {
  const rows = listedNodes(frame, listing).map((row) => ({
    ...row,
    name: row.expression.slice(expression.length).replace(/^\./, ''),
  }));
  return [...rows, ...truncatedNodes(listing)].map((row) => ({ ...row, id: `${id}/${row.id}` }));
}

function listedNodes(
  { source, frameId }: Frame,
  { tensors, containers }: TensorListing,
): (TensorNode | ContainerNode)[] {
  return [
    ...tensors.map((listed): TensorNode => ({ kind: 'tensor', id: listed.expression, source, ...listed })),
    ...containers.map((listed): ContainerNode => {
      return { kind: 'container', id: listed.expression, source, frameId, ...listed };
    }),
  ];
}

function truncatedNodes({ tensors, truncated }: TensorListing): Node[] {
  if (!truncated) return [];
  return [{ kind: 'detail', id: 'truncated', name: '…', value: `only the first ${tensors.length} are listed` }];
}

/** Two closures may have a variable of the same name. */
function withDistinctIds<T extends Node>(nodes: readonly T[]): T[] {
  const seen = new Map<string, number>();
  return nodes.map((node) => {
    const count = seen.get(node.id) ?? 0;
    seen.set(node.id, count + 1);
    return count === 0 ? node : { ...node, id: `${node.id}#${count}` };
  });
}

/**
 * What there is to know about a tensor without reading it.
 * @param values the row of its values, where it has any
 */
export function tensorChildren(node: TensorNode, values: Node | undefined): Node[] {
  const { id, tensor } = node;
  const detail = (name: string, value: string, tooltip?: string): Node => ({
    kind: 'detail',
    id: `${id}/${name}`,
    name,
    value,
    ...(tooltip !== undefined && { tooltip }),
  });
  const { access, device, location, strides, offset, state, label } = tensor;
  const rows: Node[] = [];
  if (values) rows.push(values, { kind: 'statistics', id: `${id}/statistics`, of: node });
  else {
    const { reason = 'none here', help } = access;
    rows.push({ ...detail('values', reason), ...(help !== undefined && { help }) });
  }
  const weight = formatWeight(tensor);
  rows.push(
    detail('dtype', tensor.dtype),
    detail('shape', formatShape(tensor.shape)),
    detail('device', device.name === undefined ? device.type : `${device.type} (${device.name})`),
    detail('location', locationText[location]),
    ...(weight === undefined ? [] : [detail('bytes', weight, `${tensor.byteLength} bytes`)]),
    detail('class', tensor.className),
  );
  if (tensor.denseByteLength !== undefined) rows.push(detail('bytes if dense', formatBytes(tensor.denseByteLength)));
  if (label !== undefined) rows.push(detail('label', label));
  if (strides) rows.push(detail('strides', `[${strides.join(', ')}]${offset ? `, offset ${offset}` : ''}`));
  if (state !== 'live') rows.push(detail('state', state));
  return [
    ...tensor.warnings.map((warning): Node => ({ kind: 'warning', id: `${id}/${warning.code}`, warning })),
    ...rows,
  ];
}

export const locationText = {
  host: 'on the host',
  device: 'on the device',
  both: 'on the device, with a copy on the host',
} as const;

export function statisticsChildren(id: string, stats: TensorStatistics): Node[] {
  const { cost } = stats;
  const { min, max, mean, std } = statisticsTexts(stats);
  const rows: [string, string][] = [
    ['min', min],
    ['max', max],
    ['mean', mean],
    ['std', std],
    ['zeros', String(stats.zeros)],
    ['NaN', String(stats.nan)],
    ['Infinity', `${stats.posInf} positive, ${stats.negInf} negative`],
    ['computed', `on the ${stats.where} over ${stats.count} elements, ${formatMs(cost.queueMs + cost.transferMs)}`],
  ];
  return rows.map(([name, value]) => ({ kind: 'detail', id: `${id}/${name}`, name, value }));
}
