/**
 * ONNX Runtime (onnxruntime-node, onnxruntime-web, onnxruntime-common) and transformers.js: tensors wherever they are, and
 * what sessions take and give. Nothing of the runtime is called, so that no tensor moves; see `onnxruntime/fields.ts` for
 * the one exception, a version that is not known.
 */
import type { DType, RuntimeDescription, TensorAccess, TensorDevice } from '../../protocol/tensor.ts';
import { itemSize } from '../../tensor/dtypes.ts';
import { rowMajorStrides, sizeOf } from '../../tensor/shape.ts';
import { assertReadable } from '../read/pieces.ts';
import { adviceOf, TensorError } from '../../protocol/errors.ts';
import { classNameOf, isInspectable, isPlatformObject, ownValue } from '../safely.ts';
import type { Described, NoSource, Source, StopContext } from '../source.ts';
import { hostMemory } from './hostArrays.ts';
import { loadedModule, ownPath } from './loadedModules.ts';
import { dtypeOf, knownVersions, tensorFields, type OrtFields, type OrtType } from './onnxruntime/fields.ts';
import { makeTensor } from './onnxruntime/make.ts';
import { isOfSession, sessionKind, sessionMembers, valueFields, type ValueFields } from './onnxruntime/sessions.ts';
import type { Reader } from './reader.ts';

/** What was met so far in this program; its objects are not kept. */
const met = { node: false, web: false, tensors: false };

const packed: readonly OrtType[] = ['int4', 'uint4'];

/** How the bytes of a type lie in memory: bool is a byte, float16 may be in a Uint16Array. */
function storedDType(type: OrtType): DType {
  return type === 'bool' ? 'uint8' : dtypeOf(type);
}

function none(code: NoSource['code'], reason: string, help: string): NoSource {
  return { how: 'none', code, reason, help };
}

function unknownInternals(what: string): NoSource {
  return none(
    'not-readable',
    `${what} is not where ONNX Runtime ${knownVersions} keeps it.`,
    'Read it in the program with `await tensor.getData()`, and report the version of ONNX Runtime.',
  );
}

/** Two elements to a byte, the first in the lower half (the ONNX specification, TensorProto.raw_data). */
function unpack(bytes: Uint8Array, count: number, signed: boolean): Uint8Array {
  const unpacked = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const half = (bytes[i >> 1]! >> (i % 2 ? 4 : 0)) & 15;
    unpacked[i] = signed && half > 7 ? half - 16 : half;
  }
  return unpacked;
}

function hostSource({ type, dims, data }: OrtFields): Source {
  const size = sizeOf(dims);
  if (type === 'string') {
    const isWhole = isInspectable(data) && Array.isArray(data) && data.length === size;
    return isWhole
      ? { how: 'strings', shape: dims, values: data as string[] }
      : unknownInternals('The array of its strings');
  }
  const memory = isInspectable(data) ? hostMemory(data) : undefined;
  if (!memory) return unknownInternals('Its data');
  if (memory.detached) {
    return none(
      'disposed',
      `The ${memory.className} that holds its values is gone: transferred away (postMessage, structuredClone or transfer()).`,
      'Stop before that, or copy the data with slice() first.',
    );
  }
  const layout = { dtype: storedDType(type), shape: dims, strides: rowMajorStrides(dims), offset: 0 };
  if (packed.includes(type)) {
    if (memory.bytes.byteLength < Math.ceil(size / 2)) return unknownInternals('Its data');
    return { how: 'host', bytes: unpack(memory.bytes, size, type === 'int4'), layout };
  }
  if (memory.bytes.byteLength < size * itemSize(layout.dtype)) return unknownInternals('Its data');
  return { how: 'host', bytes: memory.bytes, layout };
}

function sourceOf(fields: OrtFields, stop: StopContext): Source {
  const { type, dims, location, data } = fields;
  switch (location) {
    case 'none':
      return none('disposed', disposed, disposedHelp);
    case 'cpu':
    case 'cpu-pinned':
      return hostSource(fields);
    case 'gpu-buffer': {
      if (packed.includes(type)) {
        return none(
          'not-readable',
          `${type} has two elements to a byte, and on the device they can't be told apart.`,
          'Read its buffer as bytes: `tensor.gpuBufferData as uint8`.',
        );
      }
      if (!isPlatformObject(data, 'GPUBuffer')) return unknownInternals('Its GPU buffer');
      const layout = { dtype: storedDType(type), shape: dims, strides: rowMajorStrides(dims), offset: 0 };
      return { how: 'webgpu', devices: [...stop.devices()], buffer: data as GPUBuffer, byteOffset: 0, layout };
    }
    case 'texture':
      return none(
        'not-readable',
        'Its values are in a WebGL texture, which can be read only by the program, by drawing it.',
        'Use the execution provider webgpu, wasm or cpu while debugging, or `await tensor.getData()` before this line.',
      );
    case 'ml-tensor':
      return none(
        'not-readable',
        'Its values are in an MLTensor of WebNN, which gives them away only asynchronously.',
        'Ask for the output on the host (preferredOutputLocation: "cpu"), or `await tensor.getData()` before this line.',
      );
  }
}

const disposed = 'The tensor was disposed: its location is "none".';
const disposedHelp = 'Read it before dispose(); outputs of session.run() stay until they are disposed.';

/** `access` as a source of values says it: what a description may promise without reading. */
function accessOf(fields: OrtFields, source: Source): TensorAccess {
  if (source.how === 'none') return { how: 'none', reason: source.reason, ...adviceOf(source) };
  const { type, location, viaGetters } = fields;
  if (source.how === 'webgpu') {
    try {
      assertReadable(source.buffer);
    } catch (error) {
      if (!(error instanceof TensorError)) throw error;
      return { how: 'none', reason: error.message, ...adviceOf(error) };
    }
    return {
      how: 'copy',
      reason: 'It lives in a GPU buffer; the copy leaves its location as it is, which getData() would change to "cpu".',
    };
  }
  const unpacked = packed.includes(type) ? ` Its ${type} elements, two to a byte, are shown as ${dtypeOf(type)}.` : '';
  const getters = viaGetters
    ? ` This version of ONNX Runtime is not known (${knownVersions} are): it was read through its public properties.`
    : '';
  const pinned =
    location === 'cpu-pinned' ? 'pinned host memory' : "host memory; data hands out the tensor's own, not a copy";
  return { how: 'view', reason: `It is ${pinned}.${unpacked}${getters}` };
}

function describeTensor(value: object, fields: OrtFields, stop: StopContext): Described {
  const { type, dims, location } = fields;
  const source = sourceOf(fields, stop);
  const dtype = dtypeOf(type);
  const onDevice = location === 'gpu-buffer' || location === 'texture' || location === 'ml-tensor';
  const gone = source.how === 'none' && source.code === 'disposed';
  return {
    runtime: 'onnxruntime',
    kind: 'eager',
    className: classNameOf(value) || 'Tensor',
    dtype,
    shape: [...dims],
    strides: rowMajorStrides(dims),
    offset: 0,
    layout: 'strided',
    byteLength: sizeOf(dims) * itemSize(dtype),
    device: {
      type:
        location === 'gpu-buffer'
          ? 'webgpu'
          : location === 'texture'
            ? 'webgl'
            : location === 'ml-tensor'
              ? 'unknown'
              : 'cpu',
      ...(location === 'ml-tensor' && { name: 'WebNN' }),
    },
    location: onDevice ? 'device' : 'host',
    state: gone ? 'disposed' : 'live',
    access: accessOf(fields, source),
    warnings: gone ? [{ code: 'disposed', message: source.reason, ...adviceOf(source) }] : [],
  };
}

function noValueOf({ name, axes, type }: ValueFields) {
  const sizes = axes.length > 0 ? ` Its axes ${axes.join(', ')} get a size when the session runs.` : '';
  const narrow = packed.includes(type as OrtType) ? ` Its elements are ${type}.` : '';
  return {
    reason: `${name} is what a session takes or gives: it has a dtype and a shape, and no value until the session runs.${sizes}${narrow}`,
    help: 'Look at the tensors that session.run() takes and returns.',
  };
}

function describeValue(fields: ValueFields): Described {
  const { reason, help } = noValueOf(fields);
  return {
    runtime: 'onnxruntime',
    kind: 'symbolic',
    className: 'ValueMetadata',
    label: fields.name,
    dtype: fields.dtype,
    shape: fields.shape,
    byteLength: 0,
    device: { type: 'unknown' },
    location: 'host',
    state: 'uninitialised',
    access: { how: 'none', reason, help },
    warnings: [{ code: 'symbolic-no-value', message: reason, help }],
  };
}

export const onnxruntimeReader: Reader = {
  claims(value) {
    const isTensor = tensorFields(value) !== undefined;
    met.tensors ||= isTensor;
    return isTensor || (isOfSession(value) && valueFields(value) !== undefined);
  },

  describe(value, stop) {
    const fields = tensorFields(value);
    return fields ? describeTensor(value, fields, stop) : describeValue(valueFields(value)!);
  },

  source(value, stop): Source {
    const fields = tensorFields(value);
    if (fields) return sourceOf(fields, stop);
    return { how: 'none', code: 'not-readable', ...noValueOf(valueFields(value)!) };
  },

  make(value, values) {
    const fields = tensorFields(value);
    if (fields) return makeTensor(value, fields, values);
    const { reason, help } = noValueOf(valueFields(value)!);
    throw new TensorError({ code: 'not-available', message: reason, help });
  },

  members(container) {
    const kind = sessionKind(container);
    if (!kind) return undefined;
    met[kind] = true;
    return sessionMembers(container);
  },

  runtimes(): RuntimeDescription[] {
    const common = loadedModule(/[\\/]onnxruntime-common[\\/]dist[\\/]cjs[\\/]env-impl\.js$/);
    const versions = common && ownPath(common, 'env', 'versions');
    const node = met.node || loadedModule(/[\\/]onnxruntime-node[\\/]dist[\\/]index\.js$/) !== undefined;
    const { web, tensors } = met;
    if (!common && !node && !web && !tensors) return [];
    const described = (backend: string, device?: TensorDevice): RuntimeDescription => {
      const version = isInspectable(versions)
        ? (ownValue(versions, backend) ?? ownValue(versions, 'common'))
        : undefined;
      return {
        name: 'onnxruntime',
        // A session is a graph; only what goes in and comes out has values.
        mode: 'graph',
        backend,
        ...(device && { device }),
        ...(typeof version === 'string' && { version }),
      };
    };
    return [
      ...(node ? [described('node', { type: 'native', name: 'ONNX Runtime' })] : []),
      ...(web ? [described('web', { type: 'wasm' })] : []),
      ...(node || web ? [] : [described('common')]),
    ];
  },
};
