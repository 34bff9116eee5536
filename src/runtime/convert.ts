/** From whatever a program has to a tensor, in the mode that it is in. */
import { EagerTensor } from './eager/eagerTensor.ts';
import { TensorTypeError, ValueError } from './errors.ts';
import { FuncGraph } from './graph/funcGraph.ts';
import { getDefaultGraph, type Graph } from './graph/graph.ts';
import { SymbolicTensor } from './graph/symbolicTensor.ts';
import { assertAlive, toTfTensor } from './host.ts';
import { executingEagerly } from './mode.ts';
import { shapeText } from './numpy/arrayText.ts';
import type { ArrayElement } from './numpy/elementFormat.ts';
import { array, NDArray, type NestedElements } from './numpy/ndarray.ts';
import { flatten, inferDType, type NestedValue } from './numpy/nested.ts';
import { dtypeOfTypedArray, type ArrayDType } from './numpy/storage.ts';
import { countsOf, optionsOf, type Given, type NameOption } from './options.ts';
import { sizeOf } from '../tensor/shape.ts';
import { Tensor } from './tensor.ts';
import { assertKnown, isTfTensor, requireTfDType, type TfDType, type TfTensor } from './tfjs.ts';

/** What ops take: tensors of this runtime or of TF.js, and host values. */
export type TensorInput = Tensor | TfTensor | HostValue;
export type HostValue = NestedValue | NDArray<ArrayElement> | NestedElements<number>;

export interface ConvertOptions extends NameOption {
  /** Default: float32 for numbers, bool for booleans, string for strings; typed arrays and NDArrays keep theirs. */
  dtype?: TfDType;
}

export interface ConstantOptions extends ConvertOptions {
  /** Default: the value's own. A single value fills any shape. */
  shape?: readonly number[];
}

/** A host value as an array, of any dtype; numbers are float32. Always a copy. */
export function arrayOf(
  value: HostValue,
  { dtype, shape }: { dtype?: ArrayDType; shape?: readonly number[] } = {},
): NDArray<ArrayElement> {
  const isTyped = value instanceof NDArray || dtypeOfTypedArray(value) !== undefined;
  const wanted = dtype ?? (isTyped ? undefined : inferDType(flatten(value).elements, 'float32'));
  const result = array<ArrayElement>(value, wanted && { dtype: wanted });
  return shape === undefined ? result : shaped(result, shape);
}

/** A host value as an array of a dtype that TF.js has. Always a copy. */
export function hostArray(value: HostValue, options: ConstantOptions = {}): NDArray<ArrayElement> {
  if (options.dtype !== undefined) requireTfDType(options.dtype);
  const result = arrayOf(value, options);
  requireTfDType(result.dtype);
  return result;
}

function shaped(value: NDArray<ArrayElement>, given: readonly number[]): NDArray<ArrayElement> {
  const shape = countsOf(given);
  const size = sizeOf(shape);
  if (value.size === size) return value.reshape(...shape);
  if (value.size !== 1) {
    throw new TensorTypeError(
      `Eager execution of constant with unsupported shape: ${value.size} elements can't fill shape (${shape.join(', ')}).`,
    );
  }
  const filled = array<ArrayElement>(new Array(size).fill(value.item()) as NestedValue, { dtype: value.dtype });
  return filled.reshape(...shape);
}

/**
 * `tf.constant`: a tensor of host values, by a copy. In graph mode a Const node. A number is float32, as everywhere in
 * TF.js, unless a dtype is named: JavaScript does not tell 1 from 1.0.
 */
export function constant(value: HostValue, ...given: Given<ConstantOptions, ['dtype', 'shape', 'name']>): Tensor {
  if ((value as unknown) instanceof Tensor || isTfTensor(value)) {
    throw new TensorTypeError('constant() takes host values, not a tensor.', 'Use convertToTensor(tensor).');
  }
  const options = optionsOf<ConstantOptions>('constant', given, ['dtype', 'shape', 'name']);
  const host = hostArray(value, options);
  return executingEagerly() ? new EagerTensor(toTfTensor(host)) : getDefaultGraph().addConstant(host, options.name);
}

/** `tf.convert_to_tensor`. A TF.js tensor is wrapped without a copy, with a life of its own; a tensor stays itself. */
export function convertToTensor(value: TensorInput, ...given: Given<ConvertOptions, ['dtype']>): Tensor {
  const options = optionsOf<ConvertOptions>('convertToTensor', given, ['dtype'], ['name']);
  if (isTfTensor(value)) {
    assertKnown(value);
    assertAlive(value);
    // A clone shares the data and counts on its own, so that disposing one leaves the other.
    return convertToTensor(new EagerTensor(value.clone()), options);
  }
  if (!(value instanceof Tensor)) return constant(value, options);
  const { dtype } = options;
  if (dtype !== undefined && value.dtype !== null && value.dtype !== dtype) {
    throw new ValueError(
      `Tensor conversion requested dtype ${dtype} for Tensor with dtype ${value.dtype}: ${value.toString()}`,
      `Convert the values: cast(tensor, '${dtype}').`,
    );
  }
  return executingEagerly() || value instanceof SymbolicTensor ? value : inGraph(getDefaultGraph(), value);
}

/** An operand of a graph op, as a tensor of that graph. */
export function inGraph(graph: Graph, value: TensorInput, options: ConstantOptions = {}): SymbolicTensor {
  if (value instanceof SymbolicTensor) return graph instanceof FuncGraph ? graph.capture(value) : value;
  if (value instanceof EagerTensor || isTfTensor(value)) {
    const eager = isTfTensor(value) ? new EagerTensor(value) : value;
    if (graph instanceof FuncGraph) return graph.capture(eager);
    throw new TensorTypeError(
      `Attempting to capture an EagerTensor without building a function: it has shape ${shapeText(eager.shape)} and dtype ${eager.dtype}.`,
      'A graph takes values: constant(tensor.numpy()) puts this one in, a placeholder lets each run feed its own.',
    );
  }
  return graph.addConstant(hostArray(value as HostValue, options), options.name);
}
