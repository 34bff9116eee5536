/** What the objects of TF.js look like from outside: plain data properties, the same in every version from 4.0 to 4.22. */
import { elementsOf, isInspectable, isObject, ownValue, plainValue, runtimeMethod, util } from '../../safely.ts';

export type TfDType = 'float32' | 'int32' | 'bool' | 'complex64' | 'string';

export interface TensorFields {
  dtype: TfDType;
  shape: number[];
  dataId: object;
  disposed: boolean;
  id: number;
  name?: string;
}

export type UnknownTensorFields = Pick<TensorFields, 'dtype' | 'shape' | 'name'>;

export interface BufferFields {
  dtype: TfDType;
  shape: number[];
  values: object;
}

export interface SymbolicFields {
  dtype: TfDType;
  shape: (number | null)[];
  name?: string;
}

const dtypes: readonly string[] = ['float32', 'int32', 'bool', 'complex64', 'string'] satisfies TfDType[];

/** Every look at an object is cheap, since every object in scope is asked; so dtype and shape come first. */
function typeOf(value: object): { dtype: TfDType; shape: unknown[] } | undefined {
  const dtype = plainValue(value, 'dtype');
  if (typeof dtype !== 'string' || !dtypes.includes(dtype)) return undefined;
  const shape = elementsOf(plainValue(value, 'shape'));
  return shape && { dtype: dtype as TfDType, shape };
}

function nameOf(value: object): { name?: string } {
  const name = plainValue(value, 'name');
  return typeof name === 'string' ? { name } : {};
}

/** What a sentence about a tensor begins with. A variable that nobody has named, TF.js names by a number. */
export function subjectOf({ name, dtype, shape }: UnknownTensorFields): string {
  return name !== undefined && !/^\d+$/.test(name) ? name : `This ${dtype}[${shape.join(', ')}]`;
}

/** The variable that a layer's weight wraps; any other value itself. */
function unwrapped(value: object): object {
  const inner = plainValue(value, 'val');
  return isInspectable(inner) && plainValue(value, 'originalName') !== undefined ? inner : value;
}

/** A tensor or variable, or the variable that a layer's weight wraps. */
export function tensorFields(value: object): TensorFields | undefined {
  if (util.types.isProxy(value)) return undefined;
  const tensor = unwrapped(value);
  const type = typeOf(tensor);
  const dataId = type && plainValue(tensor, 'dataId');
  if (!type || !isObject(dataId)) return undefined;
  const disposed = plainValue(tensor, 'isDisposedInternal');
  if (typeof disposed !== 'boolean') return undefined;
  const id = plainValue(tensor, 'id') as number;
  const { dtype, shape } = type;
  const fields: TensorFields = { dtype, shape: shape as number[], dataId, disposed, id };
  const name = plainValue(tensor, 'name');
  if (typeof name === 'string') fields.name = name;
  return fields;
}

/** The methods by which TF.js itself tells a tensor: `instanceof tf.Tensor` asks for these, and for nothing else. */
const methodsOfTensors = ['data', 'dataSync', 'throwIfDisposed'];

/** A tensor of a version that keeps its state elsewhere: what is public of it, `dtype` and `shape`. */
export function unknownTensorFields(value: object): UnknownTensorFields | undefined {
  if (util.types.isProxy(value)) return undefined;
  const tensor = unwrapped(value);
  const type = typeOf(tensor);
  if (!type || !methodsOfTensors.every((name) => runtimeMethod(tensor, name))) return undefined;
  return { dtype: type.dtype, shape: type.shape as number[], ...nameOf(tensor) };
}

/** A tensor of the Layers API, which has no value before the model runs. */
export function symbolicFields(value: object): SymbolicFields | undefined {
  if (ownValue(value, 'sourceLayer') === undefined || ownValue(value, 'callArgs') === undefined) return undefined;
  const type = typeOf(value);
  return (
    type && {
      dtype: type.dtype,
      shape: type.shape.map((count) => (typeof count === 'number' ? count : null)),
      ...nameOf(value),
    }
  );
}

/** What `tf.buffer()` makes. */
export function bufferFields(value: object): BufferFields | undefined {
  const values = ownValue(value, 'values');
  if (!isInspectable(values) || !Array.isArray(ownValue(value, 'strides'))) return undefined;
  const type = ownValue(value, 'dataId') === undefined ? typeOf(value) : undefined;
  return type && { dtype: type.dtype, shape: type.shape as number[], values };
}
