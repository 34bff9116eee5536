/**
 * The engine of TF.js as it stands at `globalThis._tfengine`: its backends, and the record that a backend keeps of each
 * tensor's data. Nothing of TF.js is called; where a record does not look as expected, the reader says so.
 *
 * | backend | record of a tensor | where the values are |
 * |---|---|---|
 * | cpu | `data.data.get(dataId)`: `{ values, complexTensorInfos }` | `values`, on the host |
 * | wasm | `dataIdMap.data.get(dataId)`: `{ memoryOffset, stringBytes }` | the WebAssembly heap |
 * | tensorflow (tfjs-node) | `tensorMap.data.get(dataId)`: `{ values }` | `values`, or TensorFlow's own memory |
 * | webgpu | `tensorMap.data.get(dataId)`: `{ values, resource, complexTensorInfos }` | `values` until a kernel needs them, then `resource`, a GPUBuffer; both after `data()` |
 */
import type { TensorDevice } from '../../../protocol/tensor.ts';
import { programGlobal } from '../../globals.ts';
import { adapterName } from '../../read/device.ts';
import { isInspectable, isPlatformObject, ownValue, platformMethod, util } from '../../safely.ts';
import type { StopContext } from '../../source.ts';
import { loadedModule } from '../loadedModules.ts';

export interface BackendRecord {
  dtype?: unknown;
  values?: unknown;
  resource?: unknown;
  memoryOffset?: unknown;
  stringBytes?: unknown;
  complexTensorInfos?: { real: { dataId: object }; imag: { dataId: object } } | null;
}

/** What a tensor's data are: one that was cast from int32 or bool to float32 may share them as they are. */
export function dtypeOfData<Given>({ dtype }: BackendRecord, ofTensor: Given): Given | 'int32' | 'bool' {
  return dtype === 'int32' || dtype === 'bool' ? dtype : ofTensor;
}

interface Backend {
  name: string;
  backend: object;
  /** The backend's record of a tensor's data. */
  recordOf: (dataId: object) => BackendRecord | undefined;
  device: TensorDevice;
}

/** A tensor's data, and the backend that holds it. */
export interface Held extends Backend {
  record: BackendRecord;
}

export function engine(): object | undefined {
  const found = programGlobal('_tfengine');
  return isInspectable(found) ? found : undefined;
}

export function engineState(): object | undefined {
  const found = engine();
  const state = found && ownValue(found, 'state');
  return isInspectable(state) ? state : undefined;
}

/** A lookup that a program cannot have replaced on the map itself, and that DataStorage would answer by moving data. */
function recordsOf(name: string, backend: object): Backend['recordOf'] {
  const storage = ownValue(backend, name === 'cpu' ? 'data' : name === 'wasm' ? 'dataIdMap' : 'tensorMap');
  const map = isInspectable(storage) ? ownValue(storage, 'data') : undefined;
  const lookup = [map, storage].find((value) => util.types.isWeakMap(value) || util.types.isMap(value));
  const get = isInspectable(lookup) ? platformMethod(lookup, 'get') : undefined;
  return (dataId) => {
    const record = get?.(dataId as never);
    return isInspectable(record) ? record : undefined;
  };
}

/** The engine's map from data to the backend that holds it: not the current one, if the program has switched. */
function backendLookup(): (dataId: object) => Backend | undefined {
  const found = engine();
  const state = engineState();
  const tensorInfo = state && ownValue(state, 'tensorInfo');
  const registry = found && ownValue(found, 'registry');
  const get = util.types.isWeakMap(tensorInfo) ? platformMethod(tensorInfo as object, 'get') : undefined;
  if (!get || !isInspectable(registry)) return () => undefined;
  const known = new Map<object, Backend>();
  for (const name of Object.keys(registry)) {
    const backend = ownValue(registry, name);
    if (!isInspectable(backend)) continue;
    known.set(backend, { name, backend, recordOf: recordsOf(name, backend), device: deviceOf(name, backend) });
  }
  return (dataId) => {
    const info = get(dataId as never);
    const backend = isInspectable(info) ? ownValue(info, 'backend') : undefined;
    return isInspectable(backend) ? known.get(backend) : undefined;
  };
}

/**
 * The same for one tensor, and cheaper: for those who ask while the program runs.
 * @param info the engine's own record of the data, for those who have it
 */
export function recordedBy(
  dataId: object,
  info = infoOf(dataId),
): { name: string; backend: object; record: BackendRecord } | undefined {
  const holder = holderIn(info);
  const record = holder && recordsOf(holder.name, holder.backend)(dataId);
  return record && { name: holder.name, backend: holder.backend, record };
}

/** The backend that holds some data, whether its records are known or not. */
export function holderOf(dataId: object): { name: string; backend: object } | undefined {
  return holderIn(infoOf(dataId));
}

function infoOf(dataId: object): unknown {
  const state = engineState();
  const tensorInfo = state && ownValue(state, 'tensorInfo');
  const get = util.types.isWeakMap(tensorInfo) ? platformMethod(tensorInfo as object, 'get') : undefined;
  return get?.(dataId as never);
}

function holderIn(info: unknown): { name: string; backend: object } | undefined {
  const backend = isInspectable(info) ? ownValue(info, 'backend') : undefined;
  if (!isInspectable(backend)) return undefined;
  const name = nameOf(backend);
  return name === undefined ? undefined : { name, backend };
}

const names = new WeakMap<object, string>();

function nameOf(backend: object): string | undefined {
  const known = names.get(backend);
  if (known !== undefined) return known;
  const found = engine();
  const registry = found && ownValue(found, 'registry');
  if (!isInspectable(registry)) return undefined;
  const name = Object.keys(registry).find((candidate) => ownValue(registry, candidate) === backend);
  if (name !== undefined) names.set(backend, name);
  return name;
}

/** The backends whose records are known, by the names under which TF.js registers them. */
export const knownBackends: readonly string[] = ['cpu', 'wasm', 'webgpu', 'tensorflow'];

/** The backend that holds a tensor's data, whether its records are known or not. */
export function backendOf(dataId: object, stop: StopContext): Backend | undefined {
  return stop.once('tfjs.backends', backendLookup)(dataId);
}

export function find(dataId: object, stop: StopContext): Held | undefined {
  const backend = backendOf(dataId, stop);
  if (!backend || !knownBackends.includes(backend.name)) return undefined;
  // What tfjs-node keeps of a tensor is only looked at for values that are still on the host.
  const record = backend.recordOf(dataId) ?? (backend.name === 'tensorflow' ? {} : undefined);
  if (!record) return undefined;
  // A spread would cost a list of thousands more than the lookup itself.
  const { name, backend: instance, recordOf, device } = backend;
  return { name, backend: instance, recordOf, device, record };
}

/** Real and imaginary part of a complex tensor; the cpu backend keeps them for itself, so the engine doesn't know them. */
export function partsOf({ record, ...backend }: Held): { real: Held; imag: Held } | undefined {
  const { real, imag } = record.complexTensorInfos ?? {};
  const realRecord = real && backend.recordOf(real.dataId);
  const imagRecord = imag && backend.recordOf(imag.dataId);
  return (
    realRecord && imagRecord && { real: { ...backend, record: realRecord }, imag: { ...backend, record: imagRecord } }
  );
}

export function webgpuDevice(backend: object): GPUDevice | undefined {
  const device = ownValue(backend, 'device');
  return isPlatformObject(device, 'GPUDevice') ? (device as GPUDevice) : undefined;
}

export function deviceOf(name: string, backend: object): TensorDevice {
  switch (name) {
    case 'cpu':
    case 'wasm':
    case 'webgl':
      return { type: name };
    case 'webgpu': {
      const device = webgpuDevice(backend);
      const adapter = device && adapterName(device);
      return { type: 'webgpu', ...(adapter !== undefined && { name: adapter }) };
    }
    case 'tensorflow':
      return { type: 'native', name: 'TensorFlow' };
    default:
      return { type: 'unknown', name };
  }
}

/** The tape that is being recorded, or was last; undefined where none is. */
function activeTape(): unknown[] | undefined {
  const state = engineState();
  const tape = state && ownValue(state, 'activeTape');
  return Array.isArray(tape) ? tape : undefined;
}

/** The nodes of that tape: what each op took and gave. */
export function* tapedOps(): Generator<{ node: object; inputs: object[]; outputs: object[] }> {
  for (const node of activeTape() ?? []) {
    if (isInspectable(node)) yield { node, inputs: tensorsIn(node, 'inputs'), outputs: tensorsIn(node, 'outputs') };
  }
}

function tensorsIn(node: object, name: 'inputs' | 'outputs'): object[] {
  const group = ownValue(node, name);
  if (!isInspectable(group)) return [];
  return Object.keys(group)
    .map((key) => ownValue(group, key))
    .filter(isInspectable);
}

/** Ids of the tensors on the tape; null where none is. */
export function taped(): ReadonlySet<number> | null {
  if (!activeTape()) return null;
  const ids = new Set<number>();
  for (const { inputs, outputs } of tapedOps()) {
    for (const tensor of [...inputs, ...outputs]) {
      const id = ownValue(tensor, 'id');
      if (typeof id === 'number') ids.add(id);
    }
  }
  return ids;
}

/**
 * The version of TF.js. Its engine doesn't hold it, but the module does, and in Node TF.js is CommonJS whoever imports it,
 * so that it stands in the loader's cache; undefined where a bundler has swallowed it.
 */
export function coreVersion(): string | undefined {
  const core = loadedModule(/[\\/]@tensorflow[\\/]tfjs-core[\\/]dist[\\/]tf-core/);
  const version = core && ownValue(core, 'version_core');
  return typeof version === 'string' ? version : undefined;
}
