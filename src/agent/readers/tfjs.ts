/**
 * TensorFlow.js: tensors, variables, layer weights, symbolic tensors and TensorBuffers, on the backends cpu, wasm and
 * webgpu. Nothing of TF.js is imported and none of its methods is called. Known from 4.0 to 4.22.
 */
import type {
  RuntimeDescription,
  TensorAccess,
  TensorDevice,
  TensorLocation,
  TensorWarning,
} from '../../protocol/tensor.ts';
import { TensorError } from '../../protocol/errors.ts';
import { itemSize } from '../../tensor/dtypes.ts';
import { evaluateHelp } from '../../tensor/evaluateHelp.ts';
import { rowMajorStrides, sizeOf } from '../../tensor/shape.ts';
import { byPrototype, classNameOf, isInspectable, ownValue } from '../safely.ts';
import type { Described, NoSource, Source, StopContext } from '../source.ts';
import type { Reader } from './reader.ts';
import {
  backendOf,
  coreVersion,
  deviceOf,
  engine,
  engineState,
  find,
  partsOf,
  taped,
  webgpuDevice,
  type Held,
} from './tfjs/engine.ts';
import {
  bufferFields,
  subjectOf,
  symbolicFields,
  tensorFields,
  unknownTensorFields,
  type BufferFields,
  type SymbolicFields,
  type TensorFields,
  type TfDType,
  type UnknownTensorFields,
} from './tfjs/fields.ts';
import { graphMembers, nodeFields, type NodeFields } from './tfjs/graphModel.ts';
import { modelWeights } from './tfjs/layerWeights.ts';
import { makeTensor } from './tfjs/make.ts';
import { disposedHelp, hasValues, hostSource, notFound, sourceOf, unknownInternals } from './tfjs/values.ts';

function storedBytes(dtype: TfDType, shape: readonly number[]): number {
  return dtype === 'string' ? 0 : sizeOf(shape) * itemSize(dtype);
}

function locationOf(held: Held): TensorLocation {
  const { name, record } = held;
  if (name === 'tensorflow') return hasValues(held) ? 'host' : 'device';
  if (name !== 'webgpu') return 'host';
  const parts = partsOf(held);
  if (parts) {
    const [real, imag] = [locationOf(parts.real), locationOf(parts.imag)];
    return real === imag ? real : real === 'device' || imag === 'device' ? 'device' : 'both';
  }
  const onDevice = record.resource !== null && record.resource !== undefined;
  return hasValues(held) ? (onDevice ? 'both' : 'host') : onDevice ? 'device' : 'host';
}

const classNames = () => byPrototype(classNameOf);

/** One object for each, so that a long list is quickly seen to share them. */
const accesses = {
  disposed: { how: 'none', reason: 'The tensor was disposed.', help: disposedHelp },
  tensorflow: {
    how: 'copy',
    reason: "It lives in TensorFlow's own memory, which only its backend reads: all of it, whatever the slice.",
  },
  device: {
    how: 'copy',
    reason: 'It lives on the device; a copy to the host waits for the work that was queued before.',
  },
  wasm: { how: 'view', reason: 'It lives in the WebAssembly heap, which is host memory; dataSync() would copy it.' },
  webgpuHost: {
    how: 'view',
    reason: 'webgpu, still on host: no kernel has needed it on the device yet, or data() left a copy.',
  },
  host: { how: 'view', reason: "It is host memory; dataSync() hands out the tensor's own memory, not a copy." },
} as const satisfies Record<string, TensorAccess>;

function accessOf({ name }: Held, location: TensorLocation): TensorAccess {
  if (location === 'device') return name === 'tensorflow' ? accesses.tensorflow : accesses.device;
  return name === 'wasm' ? accesses.wasm : name === 'webgpu' ? accesses.webgpuHost : accesses.host;
}

function noAccess({ reason, help }: NoSource): TensorAccess {
  return { how: 'none', reason, help };
}

function describeTensor(value: object, fields: TensorFields, stop: StopContext): Described {
  const { dtype, shape, dataId, disposed, name: label } = fields;
  const found = find(dataId, stop);
  const location = found ? locationOf(found) : 'host';
  const device: TensorDevice = (found ?? backendOf(dataId, stop))?.device ?? { type: 'unknown' };
  const warnings: TensorWarning[] = [];
  if (disposed) {
    warnings.push({
      code: 'disposed',
      message: `${subjectOf(fields)} was disposed; its values are gone, and any use of it will throw "Tensor is disposed."`,
      help: disposedHelp,
    });
  }
  const tape = stop.withoutGradients ? null : stop.once('tfjs.tape', taped);
  const described: Described = {
    runtime: 'tfjs',
    kind: 'eager',
    className: stop.once('tfjs.classNames', classNames)(value) || 'Tensor',
    dtype,
    shape: [...shape],
    strides: rowMajorStrides(shape),
    offset: 0,
    layout: 'strided',
    byteLength: storedBytes(dtype, shape),
    device,
    location,
    state: disposed
      ? 'disposed'
      : found && location === 'device' && stop.isExecuting(found.backend)
        ? 'pending'
        : 'live',
    access: disposed ? accesses.disposed : found ? accessOf(found, location) : noAccess(notFound(dataId, stop)),
    warnings,
  };
  // Spreads in the literal would cost a list of thousands more than all the rest.
  if (label !== undefined) described.label = label;
  if (dtype === 'bool' && described.access.how === 'copy' && found?.name === 'webgpu') {
    described.storedByteLength = 4 * described.byteLength;
  }
  if (tape) described.gradient = tape.has(fields.id);
  return described;
}

const unknownTensor = unknownInternals('a tensor');

/** Nothing but what its public properties say. */
function describeUnknown(value: object, { dtype, shape, name: label }: UnknownTensorFields): Described {
  return {
    runtime: 'tfjs',
    kind: 'eager',
    className: classNameOf(value) || 'Tensor',
    ...(label !== undefined && { label }),
    dtype,
    shape: [...shape],
    byteLength: storedBytes(dtype, shape),
    device: { type: 'unknown' },
    location: 'host',
    state: 'live',
    access: noAccess(unknownTensor),
    warnings: [],
  };
}

function noValueOf({ name }: SymbolicFields) {
  return {
    reason: `${name ?? 'It'} is a symbolic tensor of the Layers API: it describes what a layer will compute, and has no value until the model runs.`,
    help: 'Look at the result of model.predict(input) instead, or at the tensors that go into it.',
  };
}

function describeSymbolic(value: object, fields: SymbolicFields): Described {
  const { dtype, shape, name: label } = fields;
  const { reason, help } = noValueOf(fields);
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

function noNodeValueOf({ name, op, shape }: NodeFields) {
  const what = op === undefined || op === 'Placeholder' ? 'an input or output' : `the result of ${op}`;
  const unknown = shape === null ? ' Not even its rank is known before.' : '';
  return {
    reason: `${name} is ${what} of a graph model: it has no value until the model is executed.${unknown}`,
    advice: evaluateHelp(undefined, `In the program: model.execute(inputs, ${JSON.stringify(name)}).`),
  };
}

function describeNode(fields: NodeFields): Described {
  const { name, op, dtype, shape } = fields;
  const { reason, advice } = noNodeValueOf(fields);
  return {
    runtime: 'tfjs',
    kind: 'symbolic',
    className: op ?? 'TensorInfo',
    label: name,
    dtype: dtype ?? 'unknown',
    shape: shape ?? [],
    ...(shape === null && { unknownRank: true as const }),
    byteLength: 0,
    device: { type: 'unknown' },
    location: 'host',
    state: 'uninitialised',
    access: { how: 'none', reason, ...advice },
    warnings: [{ code: 'symbolic-no-value', message: reason, ...advice }],
  };
}

function describeBuffer({ dtype, shape }: BufferFields): Described {
  return {
    runtime: 'tfjs',
    kind: 'array',
    className: 'TensorBuffer',
    dtype,
    shape: [...shape],
    strides: rowMajorStrides(shape),
    offset: 0,
    layout: 'strided',
    byteLength: storedBytes(dtype, shape),
    device: { type: 'cpu' },
    location: 'host',
    state: 'live',
    access: { how: 'view', reason: 'A TensorBuffer is host memory; toTensor() makes a tensor of it.' },
    warnings: [],
  };
}

export const tfjsReader: Reader = {
  claims: (value) =>
    tensorFields(value) !== undefined ||
    symbolicFields(value) !== undefined ||
    bufferFields(value) !== undefined ||
    nodeFields(value) !== undefined ||
    unknownTensorFields(value) !== undefined,

  describe(value, stop) {
    const fields = tensorFields(value);
    if (fields) return describeTensor(value, fields, stop);
    const symbolic = symbolicFields(value);
    if (symbolic) return describeSymbolic(value, symbolic);
    const buffer = bufferFields(value);
    if (buffer) return describeBuffer(buffer);
    const node = nodeFields(value);
    return node ? describeNode(node) : describeUnknown(value, unknownTensorFields(value)!);
  },

  source(value, stop): Source {
    const fields = tensorFields(value);
    if (fields?.disposed) {
      return { how: 'none', code: 'disposed', reason: 'The tensor was disposed.', help: disposedHelp };
    }
    if (fields) return sourceOf(fields.dataId, fields.dtype, fields.shape, stop);
    const symbolic = symbolicFields(value);
    if (symbolic) return { how: 'none', code: 'not-readable', ...noValueOf(symbolic) };
    const buffer = bufferFields(value);
    if (buffer) return hostSource(buffer.values, buffer.dtype, buffer.shape) ?? unknownInternals('a TensorBuffer');
    const node = nodeFields(value);
    if (!node) return unknownTensor;
    const { reason, advice } = noNodeValueOf(node);
    return { how: 'none', code: 'not-readable', reason, ...advice };
  },

  make(value, values, stop) {
    const fields = tensorFields(value);
    if (fields) return makeTensor(value, fields, values, stop);
    if (unknownTensorFields(value)) {
      throw new TensorError({
        code: 'not-available',
        message: unknownTensor.reason,
        help: 'Make the new one in the debug console, with tf.tensor(...), and report the version of TF.js.',
      });
    }
    throw new TensorError({
      code: 'not-available',
      message: `A ${classNameOf(value)} of TF.js can't be replaced from a file.`,
      help: 'Tensors and variables can.',
    });
  },

  runtimes(): RuntimeDescription[] {
    const found = engine();
    const state = engineState();
    const version = coreVersion();
    // A version that keeps its engine elsewhere is there all the same.
    if (!found && version === undefined) return [];
    const [backendName, backend] = ['backendName', 'backendInstance'].map((key) => found && ownValue(found, key));
    const [tensors, bytes] = ['numTensors', 'numBytes'].map((key) => state && ownValue(state, key));
    return [
      {
        name: 'tfjs',
        mode: 'eager',
        ...(version !== undefined && { version }),
        ...(typeof backendName === 'string' && { backend: backendName }),
        ...(typeof backendName === 'string' && isInspectable(backend) && { device: deviceOf(backendName, backend) }),
        ...(typeof tensors === 'number' && typeof bytes === 'number' && { memory: { tensors, bytes } }),
      },
    ];
  },

  /** A graph model: its inputs, outputs, weights and nodes. A Layers model: its weights. */
  members: (container) => graphMembers(container) ?? modelWeights(container),

  devices(): GPUDevice[] {
    const found = engine();
    const registry = found && ownValue(found, 'registry');
    const backend = isInspectable(registry) ? ownValue(registry, 'webgpu') : undefined;
    const device = isInspectable(backend) ? webgpuDevice(backend) : undefined;
    return device ? [device] : [];
  },
};
