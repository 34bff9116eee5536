/** What `Session.run` is fed: values for placeholders, or in place of any other tensor. */
import { isFloat, isInteger } from '../tensor/dtypes.ts';
import { TensorTypeError, ValueError } from './errors.ts';
import { executorName } from './fetches.ts';
import type { Graph } from './graph/graph.ts';
import { symbolicShapeText } from './graph/graphDef.ts';
import { SymbolicTensor } from './graph/symbolicTensor.ts';
import { toTfTensor } from './host.ts';
import { shapeText } from './numpy/arrayText.ts';
import type { ArrayElement } from './numpy/elementFormat.ts';
import { array, NDArray } from './numpy/ndarray.ts';
import { inferDType, flatten, type NestedValue } from './numpy/nested.ts';
import { dtypeOfTypedArray, type ArrayDType } from './numpy/storage.ts';
import { SparseTensor, SparseTensorValue } from './sparse.ts';
import { Tensor } from './tensor.ts';
import { core, isTfTensor, type TfDType, type TfTensor } from './tfjs.ts';

export type FeedKey = Tensor | SparseTensor | string;
/** What can be fed: host values. A typed array is 1-d. */
export type FeedValue = NestedValue | NDArray<ArrayElement> | SparseTensorValue;
export type Feeds =
  ReadonlyMap<FeedKey, FeedValue> | readonly (readonly [FeedKey, FeedValue])[] | { readonly [name: string]: FeedValue };

/**
 * The feeds as tensors, by the executor's names; who calls disposes them.
 * @throws TensorTypeError for a key that is no tensor of the graph, and for values of another dtype
 * @throws ValueError for values of another shape, ragged or cyclic ones
 */
export function feedTensors(graph: Graph, feeds: unknown = {}): Record<string, TfTensor> {
  const pairs = new Map<string, { tensor: SymbolicTensor; value: unknown }>();
  for (const [key, value] of entriesOf(feeds)) {
    for (const [tensor, part] of resolve(graph, key, value)) {
      const name = executorName(tensor);
      if (pairs.has(name)) throw new ValueError(`'${tensor.name}' is fed twice.`);
      pairs.set(name, { tensor, value: part });
    }
  }
  // All values are checked before the first tensor is made, so that a wrong one leaks none.
  const checked = [...pairs].map(([name, { tensor, value }]) => [name, checkedValue(tensor, value)] as const);
  const made: Record<string, TfTensor> = {};
  // Inside of the caller's tf.tidy they are ours all the same.
  for (const [name, value] of checked) made[name] = core.keep(toTfTensor(value));
  return made;
}

function entriesOf(feeds: unknown): Iterable<readonly [unknown, unknown]> {
  if (feeds instanceof Map) return feeds as Map<unknown, unknown>;
  if (Array.isArray(feeds)) {
    if (feeds.every((pair) => Array.isArray(pair) && pair.length === 2)) return feeds as [unknown, unknown][];
  } else if (typeof feeds === 'object' && feeds !== null && !(feeds instanceof Tensor)) return Object.entries(feeds);
  throw new TensorTypeError(
    'Feeds must be a Map, an array of pairs, or an object by names.',
    'For example: session.run(y, new Map([[x, [1, 2]]])), or session.run(y, { x: [1, 2] }).',
  );
}

function* resolve(graph: Graph, key: unknown, value: unknown): Generator<[SymbolicTensor, unknown]> {
  if (key instanceof SparseTensor) {
    if (!(value instanceof SparseTensorValue)) {
      throw new TensorTypeError(
        'A sparse tensor is fed with a SparseTensorValue.',
        'new SparseTensorValue(indices, values, denseShape)',
      );
    }
    yield* resolve(graph, key.indices, value.indices);
    yield* resolve(graph, key.values, value.values);
    yield* resolve(graph, key.denseShape, value.denseShape);
    return;
  }
  let element: unknown;
  try {
    element = graph.asElement(key);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TensorTypeError(`Cannot interpret feed key as Tensor: ${reason}`, undefined, { cause: error });
  }
  if (!(element instanceof SymbolicTensor)) {
    throw new TensorTypeError(`Cannot interpret feed key as Tensor: ${String(key)} is an Operation.`);
  }
  yield [element, value];
}

function checkedValue(tensor: SymbolicTensor, value: unknown): NDArray<ArrayElement> {
  const converted = converted_(tensor, value);
  const { shape } = tensor;
  const fits =
    shape === null ||
    (shape.length === converted.ndim &&
      shape.every((count, axis) => count === null || count === converted.shape[axis]));
  if (fits) return converted;
  throw new ValueError(
    `Cannot feed value of shape ${shapeText(converted.shape)} for Tensor '${tensor.name}', which has shape ${symbolicShapeText(shape)}.`,
    'Reshape the value, or make the placeholder with null where an axis may have any length.',
  );
}

function converted_(tensor: SymbolicTensor, value: unknown): NDArray<ArrayElement> {
  const { dtype, name } = tensor;
  if (value instanceof Tensor || isTfTensor(value)) {
    throw new TensorTypeError(
      `The value fed for '${name}' is a tensor; feeds are host values: numbers, nested arrays, typed arrays, NDArrays.`,
      value instanceof SymbolicTensor
        ? 'A graph tensor has no value to feed: run it first.'
        : `Feed its value: { ${JSON.stringify(name)}: await ${isTfTensor(value) ? 'convertToTensor(tensor)' : 'tensor'}.numpyAsync() }.`,
    );
  }
  const own = value instanceof NDArray ? value.dtype : dtypeOfTypedArray(value);
  if (own !== undefined) {
    if (dtype !== null && !isTaken(own, dtype)) throw wrongDType(name, dtype, own, 'Convert it: array(value).astype');
    return array<ArrayElement>(value as NDArray, dtype === null ? {} : { dtype });
  }
  const kind = kindOf(value, dtype);
  if (dtype !== null && kind !== dtype && !(kind === 'float32' && ['int32', 'complex64'].includes(dtype))) {
    throw wrongDType(name, dtype, kind, 'Feed values of that dtype, for example array(value).astype');
  }
  try {
    return array<ArrayElement>(value as NestedValue, { dtype: dtype ?? kind });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TensorTypeError(`Cannot feed '${name}' of dtype ${dtype}: ${reason}`, undefined, { cause: error });
  }
}

/** As in TensorFlow arrays of numbers are converted, except where that would drop fractions or wrap integers. */
function isTaken(own: ArrayDType, dtype: TfDType): boolean {
  if (own === dtype) return true;
  if (dtype === 'int32') return ['int8', 'int16', 'uint8', 'uint16'].includes(own);
  return (dtype === 'float32' && (isFloat(own) || isInteger(own))) || (dtype === 'complex64' && own === 'float32');
}

function kindOf(value: unknown, dtype: string | null) {
  const { elements } = flatten(value, dtype === 'complex64');
  return inferDType(elements, dtype === null || elements.length > 0 ? 'float32' : (dtype as 'float32'));
}

function wrongDType(name: string, wanted: string, got: string, how: string): TensorTypeError {
  return new TensorTypeError(
    `Cannot feed a value of dtype ${got} for Tensor '${name}', which has dtype ${wanted}.`,
    `${how}('${wanted}').`,
  );
}
