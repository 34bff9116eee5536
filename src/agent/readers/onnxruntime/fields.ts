/**
 * What tensors of ONNX Runtime look like from outside. Three generations of one class:
 *
 * | versions | own properties |
 * |---|---|
 * | 1.16 to 1.30 | `type`, `dims`, `size`, `dataLocation`, and `cpuData`, `gpuBufferData`, `gpuTextureData` or `mlTensorData` |
 * | up to 1.15 | `type`, `dims`, `size`, `data`: always on the host |
 * | any other | known by the accessors and methods of its prototype, and read through those that are public |
 *
 * The getter `data` throws where the values are not on the host, and `getData()` moves the tensor there; neither is used
 * as long as the properties are as above.
 */
import type { DType } from '../../../protocol/tensor.ts';
import { elementsOf, isInspectable, isObject, ownValue } from '../../safely.ts';

export const knownVersions = '1.0 to 1.30';

/** The element types of ONNX Runtime and how their values lie in memory. */
const types = {
  float32: 'float32',
  float64: 'float64',
  float16: 'float16',
  int8: 'int8',
  int16: 'int16',
  int32: 'int32',
  int64: 'int64',
  uint8: 'uint8',
  uint16: 'uint16',
  uint32: 'uint32',
  uint64: 'uint64',
  bool: 'bool',
  string: 'string',
  // Two to a byte; shown unpacked.
  int4: 'int8',
  uint4: 'uint8',
} as const satisfies Record<string, DType>;
export type OrtType = keyof typeof types;

const locations = ['none', 'cpu', 'cpu-pinned', 'texture', 'gpu-buffer', 'ml-tensor'] as const;
export type OrtLocation = (typeof locations)[number];

export interface OrtFields {
  type: OrtType;
  dims: number[];
  location: OrtLocation;
  /** What holds the values at that location. */
  data: unknown;
  /** It was read through public getters, because the class is none of those that are known. */
  viaGetters: boolean;
}

export function isOrtType(type: unknown): type is OrtType {
  return typeof type === 'string' && Object.hasOwn(types, type);
}

/** The dtype under which the values are shown. */
export function dtypeOf(type: OrtType): DType {
  return types[type];
}

function isCounts(dims: unknown[] | undefined): dims is number[] {
  return dims?.every((count) => Number.isSafeInteger(count) && (count as number) >= 0) ?? false;
}

const storage: Partial<Record<OrtLocation, string>> = {
  cpu: 'cpuData',
  'cpu-pinned': 'cpuData',
  texture: 'gpuTextureData',
  'gpu-buffer': 'gpuBufferData',
  'ml-tensor': 'mlTensorData',
};

/** Whether the program's class has the public face of ONNX Runtime's `Tensor`. */
function hasTensorFace(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (!isInspectable(prototype)) return false;
  return (
    Object.getOwnPropertyDescriptor(prototype, 'getData') !== undefined &&
    ['data', 'location', 'gpuBuffer'].every((key) => Object.getOwnPropertyDescriptor(prototype, key)?.get)
  );
}

function publicValue(value: object, key: string): unknown {
  const own = ownValue(value, key);
  if (own !== undefined) return own;
  const prototype = Object.getPrototypeOf(value) as object;
  try {
    return Object.getOwnPropertyDescriptor(prototype, key)?.get?.call(value);
  } catch {
    // It has nothing to give away: `data` throws where there are no values.
    return undefined;
  }
}

/** A class that is not known, by what its documentation promises: `location`, and `data` where that says `cpu`. */
function publicFields(value: object): OrtFields | undefined {
  if (!hasTensorFace(value)) return undefined;
  const [type, dims, location] = [
    publicValue(value, 'type'),
    elementsOf(publicValue(value, 'dims')),
    publicValue(value, 'location'),
  ];
  if (!isOrtType(type) || !isCounts(dims) || !locations.includes(location as OrtLocation)) return undefined;
  const data = location === 'cpu' ? publicValue(value, 'data') : undefined;
  return { type, dims, location: location as OrtLocation, data, viaGetters: true };
}

/** A tensor, or what transformers.js wraps around one. */
export function tensorFields(value: object): OrtFields | undefined {
  const inner = ownValue(value, 'ort_tensor');
  const tensor = isInspectable(inner) ? inner : value;
  const type = ownValue(tensor, 'type');
  const given = type === undefined || isOrtType(type) ? ownValue(tensor, 'dims') : undefined;
  const dims = isOrtType(type) ? elementsOf(given) : undefined;
  if (isOrtType(type) && isCounts(dims)) {
    const location = ownValue(tensor, 'dataLocation') as OrtLocation;
    if (locations.includes(location)) {
      const key = storage[location];
      const data = key && ownValue(tensor, key);
      const known: OrtFields = { type, dims, location, data, viaGetters: false };
      // Values on the host under another name are those of a version that is not known, too.
      return data === undefined && location === 'cpu' ? (publicFields(tensor) ?? known) : known;
    }
    const data = ownValue(tensor, 'data');
    if (isObject(data) && (ArrayBuffer.isView(data) || Array.isArray(data)) && ownValue(tensor, 'size') !== undefined) {
      return { type, dims, location: 'cpu', data, viaGetters: false };
    }
  }
  return type === undefined || given !== undefined ? publicFields(tensor) : undefined;
}
