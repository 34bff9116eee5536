/**
 * TensorFlow.js: tensors, variables, layer weights, symbolic tensors and TensorBuffers, on the backends cpu, wasm and
 * webgpu. Nothing of TF.js is imported and none of its methods is called: its engine stands at `globalThis._tfengine`,
 * and each backend keeps its data in a map of plain records. Known from 4.0 to 4.22; where a record does not look as
 * expected, the reader says so and reads nothing.
 *
 * | backend | record of a tensor | where the values are |
 * |---|---|---|
 * | cpu | `data.data.get(dataId)`: `{ values, complexTensorInfos }` | `values`, on the host |
 * | wasm | `dataIdMap.data.get(dataId)`: `{ memoryOffset, stringBytes }` | the WebAssembly heap |
 * | webgpu | `tensorMap.data.get(dataId)`: `{ values, resource, complexTensorInfos }` | `values` until a kernel needs them, then `resource`, a GPUBuffer; both after `data()` |
 */
import { TensorError } from '../../protocol/errors.ts';
import type { DType, RuntimeDescription, TensorDevice, TensorLocation, TensorWarning } from '../../protocol/tensor.ts';
import { itemSize } from '../../tensor/dtypes.ts';
import { adapterName } from '../read/device.ts';
import { classNameOf, isInspectable, isPlatformObject, ownValue, platformMethod, platformValue } from '../safely.ts';
import type { ComplexSource, Described, DeviceSource, HostSource, NoSource, Source, StopContext } from '../source.ts';
import { hostMemory } from './hostArrays.ts';
import type { Member, Reader } from './reader.ts';

type TfDType = 'float32' | 'int32' | 'bool' | 'complex64' | 'string';

/** What all of these have in common: plain data properties, the same in every version we know. */
interface TensorFields {
  dtype: TfDType;
  shape: number[];
  dataId: object;
  disposed: boolean;
  id: number;
  name?: string;
}

interface BackendRecord {
  values?: unknown;
  resource?: unknown;
  memoryOffset?: unknown;
  stringBytes?: unknown;
  complexTensorInfos?: { real: { dataId: object }; imag: { dataId: object } };
}

const tfDTypes: readonly string[] = ['float32', 'int32', 'bool', 'complex64', 'string'] satisfies TfDType[];

function engine(): object | undefined {
  const found = ownValue(globalThis, '_tfengine');
  return isInspectable(found) ? found : undefined;
}

function engineState(): object | undefined {
  const found = engine();
  const state = found && ownValue(found, 'state');
  return isInspectable(state) ? state : undefined;
}

/** The tensor behind a value: itself, or the variable that a layer's weight wraps. */
function unwrap(value: object): object {
  const inner = ownValue(value, 'val');
  return isInspectable(inner) && ownValue(value, 'originalName') !== undefined ? inner : value;
}

function fieldsOf(value: object): TensorFields | undefined {
  const tensor = unwrap(value);
  const dtype = ownValue(tensor, 'dtype');
  const shape = ownValue(tensor, 'shape');
  const dataId = ownValue(tensor, 'dataId');
  const disposed = ownValue(tensor, 'isDisposedInternal');
  if (typeof dtype !== 'string' || !tfDTypes.includes(dtype) || typeof disposed !== 'boolean') return undefined;
  if (!Array.isArray(shape) || !isInspectable(dataId)) return undefined;
  const name = ownValue(tensor, 'name');
  return {
    dtype: dtype as TfDType,
    shape: shape as number[],
    dataId,
    disposed,
    id: ownValue(tensor, 'id') as number,
    ...(typeof name === 'string' && { name }),
  };
}

function isSymbolic(value: object): boolean {
  return (
    ownValue(value, 'sourceLayer') !== undefined &&
    ownValue(value, 'callArgs') !== undefined &&
    Array.isArray(ownValue(value, 'shape')) &&
    tfDTypes.includes(ownValue(value, 'dtype') as string)
  );
}

function isTensorBuffer(value: object): boolean {
  return (
    tfDTypes.includes(ownValue(value, 'dtype') as string) &&
    Array.isArray(ownValue(value, 'shape')) &&
    Array.isArray(ownValue(value, 'strides')) &&
    isInspectable(ownValue(value, 'values')) &&
    ownValue(value, 'dataId') === undefined
  );
}

/** A lookup that a program cannot have replaced on the map itself, and that DataStorage would answer by moving data. */
function recordOf(storage: unknown, dataId: object): BackendRecord | undefined {
  if (!isInspectable(storage)) return undefined;
  const map = ownValue(storage, 'data');
  const lookup =
    map instanceof WeakMap ? map : storage instanceof Map || storage instanceof WeakMap ? storage : undefined;
  const get = lookup && platformMethod(lookup, 'get');
  return get?.(dataId as never) as BackendRecord | undefined;
}

interface Backend {
  name: string;
  backend: object;
  storage: unknown;
  device: TensorDevice;
}

/** The engine's map from data to the backend that holds it: not the current one, if the program has switched. */
function backendLookup(): (dataId: object) => Backend | undefined {
  const found = engine();
  const state = engineState();
  const tensorInfo = state && ownValue(state, 'tensorInfo');
  const registry = found && ownValue(found, 'registry');
  const get = tensorInfo instanceof WeakMap ? platformMethod(tensorInfo, 'get') : undefined;
  if (!get || !isInspectable(registry)) return () => undefined;
  const known = new Map<object, Backend>();
  for (const name of Object.keys(registry)) {
    const backend = ownValue(registry, name);
    if (!isInspectable(backend)) continue;
    known.set(backend, { name, backend, storage: storageOf(name, backend), device: deviceOf(name, backend) });
  }
  return (dataId) => {
    const info = get(dataId as never);
    const backend = isInspectable(info) ? ownValue(info, 'backend') : undefined;
    return isInspectable(backend) ? known.get(backend) : undefined;
  };
}

function storageOf(name: string, backend: object): unknown {
  return ownValue(backend, name === 'cpu' ? 'data' : name === 'wasm' ? 'dataIdMap' : 'tensorMap');
}

interface Found extends Backend {
  record: BackendRecord;
}

function find(dataId: object, stop: StopContext): Found | undefined {
  const held = stop.once('tfjs.backends', backendLookup)(dataId);
  const record = held && recordOf(held.storage, dataId);
  return held && record && { ...held, record };
}

function deviceOf(name: string, backend: object): TensorDevice {
  switch (name) {
    case 'cpu':
    case 'wasm':
    case 'webgl':
      return { type: name };
    case 'webgpu': {
      const device = ownValue(backend, 'device');
      const adapter = isPlatformObject(device, 'GPUDevice') ? adapterName(device as GPUDevice) : undefined;
      return { type: 'webgpu', ...(adapter !== undefined && { name: adapter }) };
    }
    case 'tensorflow':
      return { type: 'native', name: 'TensorFlow' };
    default:
      return { type: 'unknown', name };
  }
}

function storedBytes(dtype: TfDType, size: number): number {
  return dtype === 'string' ? 0 : size * itemSize(dtype);
}

function rowMajor(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

const disposedHelp =
  'Read it before dispose(), or before the end of its tf.tidy(); tf.keep() keeps a tensor past the tidy.';

function unknownInternals(name: string): NoSource {
  return {
    how: 'none',
    code: 'not-readable',
    reason: `The data of this tensor is not where the ${name} backend of TF.js 4.0 to 4.22 keeps it.`,
    help: 'Read it in the program with `await tensor.data()`, and report the version of TF.js.',
  };
}

/** Host values of a backend as bytes in the tensor's dtype, as TF.js itself would convert them. */
function hostSource(values: unknown, dtype: TfDType, shape: number[]): Source | undefined {
  if (dtype === 'string') {
    const strings = isInspectable(values) && Array.isArray(values) ? values : undefined;
    return strings && { how: 'strings', shape, values: strings as (string | Uint8Array)[] };
  }
  if (!isInspectable(values)) return undefined;
  const layout = { shape, strides: rowMajor(shape), offset: 0 };
  const memory = hostMemory(values);
  if (memory) return { how: 'host', bytes: memory.bytes, layout: { ...layout, dtype: memory.dtype } };
  if (!Array.isArray(values)) return undefined;
  const converted =
    dtype === 'int32'
      ? Int32Array.from(values)
      : dtype === 'bool'
        ? Uint8Array.from(values)
        : Float32Array.from(values);
  return {
    how: 'host',
    bytes: new Uint8Array(converted.buffer),
    layout: { ...layout, dtype: dtype === 'bool' ? 'uint8' : dtype === 'int32' ? 'int32' : 'float32' },
  };
}

function wasmSource({ backend, record }: Found, dtype: TfDType, shape: number[]): Source | undefined {
  if (dtype === 'string') return hostSource(record.stringBytes, dtype, shape);
  const wasm = ownValue(backend, 'wasm');
  const heap = isInspectable(wasm) ? (ownValue(wasm, 'HEAPU8') as unknown) : undefined;
  if (!isInspectable(heap) || typeof record.memoryOffset !== 'number') return undefined;
  const memory = hostMemory(heap);
  const stored: DType = dtype === 'bool' ? 'uint8' : dtype;
  const byteLength = sizeOf(shape) * itemSize(stored);
  if (!memory || record.memoryOffset + byteLength > memory.bytes.byteLength) return undefined;
  const bytes = memory.bytes.subarray(record.memoryOffset, record.memoryOffset + byteLength);
  return { how: 'host', bytes, layout: { dtype: stored, shape, strides: rowMajor(shape), offset: 0 } };
}

function webgpuSource(
  { backend, record }: Found,
  dtype: TfDType,
  shape: number[],
  stop: StopContext,
): Source | undefined {
  if (!isPlatformObject(record.resource, 'GPUBuffer')) return undefined;
  const device = ownValue(backend, 'device');
  if (!isPlatformObject(device, 'GPUDevice')) return undefined;
  return {
    how: 'webgpu',
    device: device as GPUDevice,
    buffer: record.resource as GPUBuffer,
    byteOffset: 0,
    // On the device TF.js keeps booleans as int32.
    layout: { dtype: dtype === 'bool' ? 'int32' : dtype, shape, strides: rowMajor(shape), offset: 0 },
    flush: () => flush(backend, device as GPUDevice, stop),
  };
}

/**
 * Submits what the backend has recorded but not submitted. Its own `submitQueue()` would free what it must not yet, and
 * `endComputePassEncoder()` shows in `tf.memory()`; this leaves every field as the next kernel expects it.
 */
function flush(backend: object, device: GPUDevice, stop: StopContext): void {
  const encoder = ownValue(backend, 'commandEncoder');
  const pass = ownValue(backend, 'computePassEncoder');
  if (!isInspectable(encoder) && !isInspectable(pass)) return;
  const queue = platformValue(device, 'queue') as object;
  const end = isInspectable(pass) ? platformMethod(pass, 'end') : undefined;
  const finish = isInspectable(encoder) ? platformMethod(encoder, 'finish') : undefined;
  const submit = platformMethod(queue, 'submit');
  const create = platformMethod(device, 'createCommandEncoder');
  if (stop.isExecuting(backend)) {
    throw new TensorError({
      code: 'pending',
      message:
        'The program stopped inside the webgpu backend of TF.js, while it is recording commands; submitting them now would break it.',
      help: 'Step out of TF.js, or stop at a line of your own; the tensor can be read there.',
    });
  }
  if ((isInspectable(pass) && !end) || !finish || !submit || !create) {
    throw new TensorError({
      code: 'pending',
      message:
        'Commands that make this tensor are recorded but not submitted, and the program has replaced the WebGPU methods that submit them.',
      help: 'Read it after the program itself has awaited data() of any tensor.',
    });
  }
  const fields = backend as { commandEncoder: unknown; computePassEncoder: unknown };
  end?.();
  if (isInspectable(pass)) fields.computePassEncoder = null;
  submit([finish()] as never);
  fields.commandEncoder = create();
}

function sourceOf(dataId: object, dtype: TfDType, shape: number[], stop: StopContext): Source {
  const found = find(dataId, stop);
  if (!found) {
    return {
      how: 'none',
      code: 'disposed',
      reason: 'TF.js no longer holds the data of this tensor: it was disposed.',
      help: disposedHelp,
    };
  }
  const { name, record } = found;
  if (name === 'wasm') return wasmSource(found, dtype, shape) ?? unknownInternals(name);
  if (name !== 'cpu' && name !== 'webgpu') {
    return {
      how: 'none',
      code: 'not-readable',
      reason: `Tensors of the TF.js backend "${name}" can't be read at a breakpoint.`,
      help: 'Use the backend webgpu, wasm or cpu while debugging: await tf.setBackend("cpu").',
    };
  }
  if (dtype === 'complex64' && record.complexTensorInfos) {
    const part = (info: { dataId: object }) => sourceOf(info.dataId, 'float32', shape, stop);
    const real = part(record.complexTensorInfos.real);
    const imag = part(record.complexTensorInfos.imag);
    return isStrided(real) && isStrided(imag)
      ? ({ how: 'complex', real, imag } satisfies ComplexSource)
      : unknownInternals(name);
  }
  // Host values are what the program's own data() would return, without asking the device.
  if (record.values !== null && record.values !== undefined) {
    return hostSource(record.values, dtype, shape) ?? unknownInternals(name);
  }
  if (sizeOf(shape) === 0) {
    const empty = hostSource([], dtype, shape);
    if (empty) return empty;
  }
  if (name === 'webgpu') return webgpuSource(found, dtype, shape, stop) ?? unknownInternals(name);
  return unknownInternals(name);
}

function isStrided(source: Source): source is HostSource | DeviceSource {
  return source.how === 'host' || source.how === 'webgpu';
}

function locationOf({ name, record }: Found, stop: StopContext): TensorLocation {
  if (name !== 'webgpu' && name !== 'webgl') return name === 'tensorflow' ? 'device' : 'host';
  const parts = record.complexTensorInfos;
  if (parts) {
    const real = find(parts.real.dataId, stop);
    if (real && real.record !== record) return locationOf(real, stop);
  }
  const onHost = record.values !== null && record.values !== undefined;
  const onDevice = record.resource !== null && record.resource !== undefined;
  return onHost && onDevice ? 'both' : onDevice ? 'device' : 'host';
}

function isPending({ name, backend }: Found, location: TensorLocation, stop: StopContext): boolean {
  if (name !== 'webgpu' || location !== 'device') return false;
  return isInspectable(ownValue(backend, 'commandEncoder')) && stop.isExecuting(backend);
}

/** Ids of the tensors on the tape that is being recorded; null where none is. */
function taped(): ReadonlySet<number> | null {
  const state = engineState();
  const tape = state && ownValue(state, 'activeTape');
  if (!Array.isArray(tape)) return null;
  const ids = new Set<number>();
  const add = (tensors: unknown) => {
    if (!isInspectable(tensors)) return;
    for (const key of Object.keys(tensors)) {
      const tensor = ownValue(tensors, key);
      const id = isInspectable(tensor) ? ownValue(tensor, 'id') : undefined;
      if (typeof id === 'number') ids.add(id);
    }
  };
  for (const node of tape as unknown[]) {
    if (!isInspectable(node)) continue;
    add(ownValue(node, 'inputs'));
    add(ownValue(node, 'outputs'));
  }
  return ids;
}

function describeTensor(value: object, fields: TensorFields, stop: StopContext): Described {
  const { dtype, shape, dataId, disposed, name: label } = fields;
  const size = sizeOf(shape);
  const found = find(dataId, stop);
  const gone = disposed || !found;
  const location = found ? locationOf(found, stop) : 'host';
  const device: TensorDevice = found?.device ?? { type: 'unknown' };
  const warnings: TensorWarning[] = [];
  const named = label ?? `this ${dtype}[${shape.join(', ')}]`;
  if (gone) {
    warnings.push({
      code: 'disposed',
      message: `${named} was disposed; its values are gone, and any use of it will throw "Tensor is disposed."`,
      help: disposedHelp,
    });
  }
  const tape = stop.once('tfjs.tape', taped);
  return {
    runtime: 'tfjs',
    kind: 'eager',
    className: classNameOf(value) || 'Tensor',
    ...(label !== undefined && { label }),
    dtype,
    shape: [...shape],
    strides: rowMajor(shape),
    offset: 0,
    layout: 'strided',
    byteLength: storedBytes(dtype, size),
    device,
    location,
    state: gone ? 'disposed' : isPending(found, location, stop) ? 'pending' : 'live',
    access: gone
      ? { how: 'none', reason: 'The tensor was disposed.', help: disposedHelp }
      : location === 'device'
        ? {
            how: 'copy',
            reason: 'It lives on the device; a copy to the host waits for the work that was queued before.',
          }
        : found.name === 'wasm'
          ? { how: 'view', reason: 'It lives in the WebAssembly heap, which is host memory; dataSync() would copy it.' }
          : found.name === 'webgpu'
            ? {
                how: 'view',
                reason: 'webgpu, still on host: no kernel has needed it on the device yet, or data() left a copy.',
              }
            : { how: 'view', reason: "It is host memory; dataSync() hands out the tensor's own memory, not a copy." },
    ...(tape && { gradient: tape.has(fields.id) }),
    warnings,
  };
}

function describeSymbolic(value: object): Described {
  const shape = (ownValue(value, 'shape') as (number | null)[]).map((n) => n ?? null);
  const dtype = ownValue(value, 'dtype') as DType;
  const name = ownValue(value, 'name');
  const label = typeof name === 'string' ? name : undefined;
  const reason = `${label ?? 'It'} is a symbolic tensor of the Layers API: it describes what a layer will compute, and has no value until the model runs.`;
  const help = 'Look at the result of model.predict(input) instead, or at the tensors that go into it.';
  return {
    runtime: 'tfjs',
    kind: 'symbolic',
    className: classNameOf(value) || 'SymbolicTensor',
    ...(label !== undefined && { label }),
    dtype,
    shape,
    byteLength: 0,
    device: { type: 'unknown' },
    location: 'host',
    state: 'uninitialised',
    access: { how: 'none', reason, help },
    warnings: [{ code: 'symbolic-no-value', message: reason, help }],
  };
}

function describeBuffer(value: object): Described {
  const shape = ownValue(value, 'shape') as number[];
  const dtype = ownValue(value, 'dtype') as TfDType;
  return {
    runtime: 'tfjs',
    kind: 'array',
    className: 'TensorBuffer',
    dtype,
    shape: [...shape],
    strides: rowMajor(shape),
    offset: 0,
    layout: 'strided',
    byteLength: storedBytes(dtype, sizeOf(shape)),
    device: { type: 'cpu' },
    location: 'host',
    state: 'live',
    access: { how: 'view', reason: 'A TensorBuffer is host memory; toTensor() makes a tensor of it.' },
    warnings: [],
  };
}

export const tfjsReader: Reader = {
  claims: (value) => fieldsOf(value) !== undefined || isSymbolic(value) || isTensorBuffer(value),

  describe(value, stop) {
    const fields = fieldsOf(value);
    if (fields) return describeTensor(value, fields, stop);
    return isSymbolic(value) ? describeSymbolic(value) : describeBuffer(value);
  },

  source(value, stop): Source {
    const fields = fieldsOf(value);
    if (fields) {
      if (fields.disposed) {
        return { how: 'none', code: 'disposed', reason: 'The tensor was disposed.', help: disposedHelp };
      }
      return sourceOf(fields.dataId, fields.dtype, fields.shape, stop);
    }
    if (isSymbolic(value)) {
      const { access } = describeSymbolic(value);
      return { how: 'none', code: 'not-readable', reason: access.reason!, help: access.help! };
    }
    const shape = ownValue(value, 'shape') as number[];
    return (
      hostSource(ownValue(value, 'values'), ownValue(value, 'dtype') as TfDType, shape) ??
      unknownInternals('TensorBuffer')
    );
  },

  runtimes(): RuntimeDescription[] {
    const found = engine();
    const state = engineState();
    if (!found || !state) return [];
    const backendName = ownValue(found, 'backendName');
    const backend = ownValue(found, 'backendInstance');
    const tensors = ownValue(state, 'numTensors');
    const bytes = ownValue(state, 'numBytes');
    return [
      {
        name: 'tfjs',
        mode: 'eager',
        ...(typeof backendName === 'string' && { backend: backendName }),
        ...(typeof backendName === 'string' && isInspectable(backend) && { device: deviceOf(backendName, backend) }),
        ...(typeof tensors === 'number' && typeof bytes === 'number' && { memory: { tensors, bytes } }),
      },
    ];
  },

  /** A Layers model: its weights under the names that `model.weights` would give, without calling that getter. */
  members(container): Member[] | undefined {
    const layers = ownValue(container, 'layers');
    if (!Array.isArray(layers) || !Array.isArray(ownValue(container, '_trainableWeights'))) return undefined;
    const trainable: object[] = [];
    const rest: object[] = [];
    for (const layer of layers as unknown[]) {
      if (!isInspectable(layer)) continue;
      const learns = ownValue(layer, 'trainable_') !== false;
      for (const weight of weightsOf(layer, '_trainableWeights')) (learns ? trainable : rest).push(weight);
      rest.push(...weightsOf(layer, '_nonTrainableWeights'));
    }
    return [...trainable, ...rest].map((value, index) => ({ path: `.weights[${index}]`, value }));
  },

  devices(): GPUDevice[] {
    const found = engine();
    const registry = found && ownValue(found, 'registry');
    const backend = isInspectable(registry) ? ownValue(registry, 'webgpu') : undefined;
    const device = isInspectable(backend) ? ownValue(backend, 'device') : undefined;
    return isPlatformObject(device, 'GPUDevice') ? [device as GPUDevice] : [];
  },
};

function weightsOf(layer: object, key: string): object[] {
  const weights = ownValue(layer, key);
  return Array.isArray(weights) ? (weights as unknown[]).filter(isInspectable) : [];
}
