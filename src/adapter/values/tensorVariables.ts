/** Tensors as variables: one line with a preview, and children that are read when somebody looks at them. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import type { TensorInspector } from '../../inspector/tensorInspector.ts';
import type { TensorPreview } from '../../protocol/requests.ts';
import type { JsonValues, TensorDescriptor, TensorStatistics } from '../../protocol/tensor.ts';
import {
  formatBytes,
  formatMs,
  formatShape,
  formatType,
  formatWeight,
  knownShape,
  menuContext,
} from '../../tensor/preview.ts';
import { statisticsCostText, statisticsTexts } from '../../tensor/statisticsTexts.ts';
import { reportOfThrown } from '../errors.ts';
import type { Tensors } from '../tensors.ts';
import type { Container, Page } from './variables.ts';

type RemoteObject = Protocol.Runtime.RemoteObject;
type Row = DebugProtocol.Variable;
export interface TensorVariable extends Omit<Row, 'name'> {
  /** VS Code's own: what `when` clauses know as `debugProtocolVariableMenuContext`. */
  __vscodeVariableMenuContext?: string;
}

export interface FoundTensor {
  inspector: TensorInspector;
  preview: TensorPreview;
  value: RemoteObject;
}

/** What the language and Node have of their own, and is never shown as a tensor. */
const plainSubtypes = new Set<RemoteObject['subtype']>(
  'null array regexp date map set weakmap weakset iterator generator error promise webassemblymemory'.split(
    ' ',
  ) as RemoteObject['subtype'][],
);
/** Classes that are worth bringing the agent into the program for. jax-js calls its own `Array`, which is no JavaScript array. */
const tensorClasses = new Set([
  'Tensor',
  'Variable',
  'Array',
  'GPUBuffer',
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
]);

/**
 * Instances of other classes are looked at before the agent is there: a session without tensors never has one. V8 runs
 * this without side effects; `Symbol.for` and `description` would be some, so the open door's symbol is known by its text.
 */
const looksLikeTensor = `function (...values) {
  const hasDoor = (value) => {
    for (let object = value; object; object = Object.getPrototypeOf(object)) {
      if (Object.getOwnPropertySymbols(object).some((symbol) => String(symbol) === 'Symbol(tensor.inspect)')) return true;
    }
    return false;
  };
  return values.some((value) => ('dtype' in value && 'shape' in value) || hasDoor(value));
}`;

/** A client that asks for everything at once gets so many rows, and is told. */
const maxRows = 1_000;
/** Of a row that is itself an array, so many elements are shown. */
const rowPreview = 6;

export class TensorVariables {
  readonly #tensors: Tensors;
  readonly #main: CdpSession;
  readonly #add: (container: Container) => number;

  constructor(tensors: Tensors, main: CdpSession, add: (container: Container) => number) {
    this.#tensors = tensors;
    this.#main = main;
    this.#add = add;
  }

  /** One entry per value, undefined where it is no tensor. All are read in one go. */
  async describe(values: readonly (RemoteObject | undefined)[]): Promise<(TensorVariable | undefined)[]> {
    const previews = await this.previews(values);
    return previews.map((found) => found && this.#variable(found.inspector, found.preview, found.value));
  }

  /** The same, not yet as variables. */
  async previews(values: readonly (RemoteObject | undefined)[]): Promise<(FoundTensor | undefined)[]> {
    const candidates = values.filter((value) => value !== undefined).filter(mayBeTensor);
    if (candidates.length === 0 || !(await this.#isWorthwhile(candidates))) return [];
    const inspector = await this.#tensors.inspector();
    const previews = await inspector.preview(candidates.map(({ objectId = '' }) => objectId));
    const byId = new Map(candidates.map(({ objectId }, index) => [objectId, previews[index]]));
    return values.map((value) => {
      const preview = value && byId.get(value.objectId);
      return preview ? { inspector, preview, value } : undefined;
    });
  }

  async #isWorthwhile(candidates: readonly RemoteObject[]): Promise<boolean> {
    if (this.#tensors.inUse || candidates.some(hasTensorClass)) return true;
    // A proxy is not touched; only the agent knows how to look behind one.
    const others = candidates.filter(({ subtype }) => subtype !== 'proxy');
    const [first] = others;
    if (!first) return false;
    const { result, exceptionDetails } = await this.#main.send('Runtime.callFunctionOn', {
      objectId: first.objectId ?? '',
      functionDeclaration: looksLikeTensor,
      arguments: others.map(({ objectId = '' }) => ({ objectId })),
      throwOnSideEffect: true,
      returnByValue: true,
      silent: true,
    });
    return !exceptionDetails && result.value === true;
  }

  /** The values of a tensor as a variable of its own, for answers that are about nothing else. */
  values(inspector: TensorInspector, tensor: TensorDescriptor): Omit<Row, 'name' | 'value'> {
    const length = tensor.shape[0];
    return {
      type: formatType(tensor.dtype, tensor.shape),
      variablesReference: tensor.shape.length === 0 ? 0 : this.#elements(inspector, tensor, []),
      ...(typeof length === 'number' && { indexedVariables: length, namedVariables: 0 }),
      memoryReference: tensor.id,
    };
  }

  #variable(inspector: TensorInspector, preview: TensorPreview, object: RemoteObject): TensorVariable {
    const { tensor, text } = preview;
    return {
      value: text,
      type: tensor.className,
      variablesReference: this.#add({
        kind: 'lazy',
        children: () => Promise.resolve(this.#children(inspector, preview, object)),
      }),
      ...(tensor.access.how !== 'none' && { memoryReference: tensor.id }),
      __vscodeVariableMenuContext: menuContext(tensor),
    };
  }

  #children(inspector: TensorInspector, { tensor, cost }: TensorPreview, object: RemoteObject): Row[] {
    const { device, location, access, warnings } = tensor;
    const rows: Row[] = [
      row('dtype', tensor.dtype),
      row('shape', formatShape(knownShape(tensor))),
      row('device', `${device.type}${device.name === undefined ? '' : ` (${device.name})`}, on ${location}`),
    ];
    if (tensor.state !== 'live') rows.push(row('state', tensor.state));
    rows.push(row('copy cost', costText(tensor, cost)));
    if (access.how === 'none') {
      rows.push(row('values', [access.reason, access.help].filter(Boolean).join(' ') || 'not readable'));
    } else {
      rows.push(
        { ...row('statistics', 'expand to compute'), variablesReference: this.#statistics(inspector, tensor) },
        {
          ...this.values(inspector, tensor),
          name: 'values',
          value: formatType(tensor.dtype, tensor.shape),
          ...(tensor.shape.length === 0 && { variablesReference: this.#elements(inspector, tensor, []) }),
        },
      );
    }
    if (warnings.length > 0) {
      const children = warnings.map(({ code, message, help }) => row(code, `${message} ${help}`));
      rows.push({
        ...row('warnings', warnings.map(({ code }) => code).join(', ')),
        variablesReference: this.#add({ kind: 'lazy', children: () => Promise.resolve(children) }),
      });
    }
    rows.push({
      ...row('object', object.description ?? tensor.className),
      presentationHint: { visibility: 'internal' },
      variablesReference: this.#add({ kind: 'object', object, path: undefined }),
    });
    return rows;
  }

  #statistics(inspector: TensorInspector, tensor: TensorDescriptor): number {
    return this.#add({
      kind: 'lazy',
      children: async () => statisticsRows(await inspector.stats(tensor.id, {})),
    });
  }

  /** The elements behind some leading indices, one page at a time; one read per page. */
  #elements(inspector: TensorInspector, tensor: TensorDescriptor, prefix: readonly number[]): number {
    return this.#add({
      kind: 'lazy',
      children: async (page, filter) => {
        if (filter === 'named') return [];
        return this.#page(inspector, tensor, prefix, page);
      },
    });
  }

  async #page(
    inspector: TensorInspector,
    tensor: TensorDescriptor,
    prefix: readonly number[],
    page: Page | undefined,
  ): Promise<Row[]> {
    const rest = tensor.shape.slice(prefix.length);
    const length = rest[0];
    if (length === undefined || length === null) {
      const { values } = await inspector.read(tensor.id, { slice: '...' });
      return [row('value', elementText(values))];
    }
    const start = Math.min(page?.start ?? 0, length);
    const wanted = page && page.count > 0 ? page.count : length - start;
    const end = Math.min(length, start + Math.min(wanted, page && page.count > 0 ? wanted : maxRows));
    if (end === start) return [];
    const inner = rest.slice(1).map((count, axis, { length: rank }) => {
      return `:${Math.min(count ?? 0, axis === rank - 1 ? rowPreview : 1)}`;
    });
    const slice = [...prefix, `${start}:${end}`, ...inner].join(', ');
    const { values } = await inspector.read(tensor.id, { slice });
    const rows = (values as JsonValues[]).map((value, offset): Row => {
      const name = String(start + offset);
      if (inner.length === 0) return row(name, elementText(value));
      const next = rest[1];
      return {
        ...row(name, nestedText(value, rest.slice(1))),
        variablesReference: this.#elements(inspector, tensor, [...prefix, start + offset]),
        ...(typeof next === 'number' && { indexedVariables: next, namedVariables: 0 }),
      };
    });
    if (end < start + wanted && end < length) rows.push(row('…', `${length - end} more; ask for them page by page`));
    return rows;
  }
}

function mayBeTensor({ type, subtype, className, objectId }: RemoteObject): boolean {
  if (type !== 'object' || objectId === undefined || plainSubtypes.has(subtype)) return false;
  return subtype === 'proxy' || (className !== 'Object' && className !== 'Buffer');
}

function hasTensorClass({ subtype, className = '' }: RemoteObject): boolean {
  return (
    subtype === 'typedarray' || subtype === 'arraybuffer' || subtype === 'dataview' || tensorClasses.has(className)
  );
}

function row(name: string, value: string): Row {
  return { name, value, variablesReference: 0 };
}

function costText({ access, dtype, byteLength }: TensorDescriptor, cost: TensorPreview['cost']): string {
  const weight = formatWeight({ dtype, byteLength });
  if (access.how === 'view') return `none: the values are in this process${weight === undefined ? '' : ` (${weight})`}`;
  if (!cost) return access.reason ?? 'not measured';
  const { bytes, queueMs, transferMs, wholeBytes, wholeMsEstimate } = cost;
  return (
    `${formatBytes(bytes)} in ${formatMs(queueMs + transferMs)} for this preview; ` +
    `all of it: ${formatBytes(wholeBytes)}, about ${formatMs(wholeMsEstimate)}`
  );
}

function statisticsRows(stats: TensorStatistics): Row[] {
  const { count, zeros, nan, posInf, negInf, firstNotFinite, where } = stats;
  const { min, max, mean, std } = statisticsTexts(stats);
  return [
    row('count', String(count)),
    row('min', min),
    row('max', max),
    row('mean', mean),
    row('std', std),
    row('zeros', String(zeros)),
    row('NaN', String(nan)),
    row('+Infinity', String(posInf)),
    row('-Infinity', String(negInf)),
    ...(firstNotFinite === null ? [] : [row('first not finite', `element ${firstNotFinite}`)]),
    row('computed on', `${where}, ${statisticsCostText(stats)}`),
  ];
}

function elementText(value: JsonValues | undefined): string {
  if (Array.isArray(value)) {
    const [re, im] = value;
    return `${String(re)} + ${String(im)}i`;
  }
  return String(value);
}

/** What was read of a row, with `...` where the row goes on. */
function nestedText(value: JsonValues, shape: readonly (number | null)[]): string {
  if (!Array.isArray(value) || shape.length === 0) return elementText(value);
  const items = (value as JsonValues[]).map((item) => nestedText(item, shape.slice(1)));
  if (items.length < (shape[0] ?? 0)) items.push('...');
  return `[${items.join(', ')}]`;
}

/** A tensor that can't be shown must not take the other variables with it. */
export function failureText(error: unknown): string {
  return reportOfThrown(error).message;
}
