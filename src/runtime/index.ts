/**
 * `tensor-debugger/runtime`: TensorFlow's eager and graph semantics in TypeScript, on TensorFlow.js and its kernels.
 *
 *     import * as tf from 'tensor-debugger/runtime';
 *     const a = tf.constant([[1, 2], [3, 4]], { dtype: 'int32' });
 *     console.log(tf.add(a, 1).numpy());
 *
 * docs/runtime.md explains it and holds examples, which are tests.
 */
import './describe.ts';
import './evaluation.ts';

export { Tensor } from './tensor.ts';
export { EagerTensor } from './eager/eagerTensor.ts';
export { SymbolicTensor, Operation } from './graph/symbolicTensor.ts';
export { EagerVariable, SymbolicVariable, Variable, type VariableOptions } from './variable.ts';
export { SparseTensor, SparseTensorValue, sparsePlaceholder } from './sparse.ts';
export { Graph, getDefaultGraph } from './graph/graph.ts';
export {
  graphFromArtifacts,
  graphFromModel,
  loadGraph,
  saveGraph,
  type ModelJson,
  type WeightBytes,
} from './graph/load.ts';
export type { AttrValue, GraphDef, NodeDef, TensorProto } from './graph/graphDef.ts';
export { Session, InteractiveSession } from './session.ts';
export { getDefaultSession, type EvalOptions, type SessionLike } from './sessions.ts';
export type { AxisOption, Given, NameOption } from './options.ts';
export type { Feeds, FeedKey, FeedValue } from './feeds.ts';
export type { Fetch, Fetched, Fetches } from './fetches.ts';

export { array, NDArray, NumPyScalar, type ArrayOptions } from './numpy/ndarray.ts';
export type { ArrayElement } from './numpy/elementFormat.ts';
export type { ArrayDType } from './numpy/storage.ts';
export { makeNdarray, makeTensorProto } from './tensorProto.ts';

export { constant, convertToTensor, type ConstantOptions, type HostValue, type TensorInput } from './convert.ts';
export * from './ops/math.ts';
export * from './ops/shape.ts';
export { fill, ones, placeholder, placeholderWithDefault, random, range, sparse, zeros } from './ops/creation.ts';

export { tracedFunction, tracedFunction as function, config, type TracedFunction } from './function.ts';
export { executingEagerly, executionMode } from './mode.ts';
export { compat, globalVariablesInitializer, keras } from './compat.ts';
export { explainMissingNumpy } from './explain.ts';
export { inspectSymbol, type Inspected } from './inspect.ts';
export type { TfDType as DType } from './tfjs.ts';
export * from './errors.ts';

/** The dtypes that tensors can have. */
export const float32 = 'float32';
export const int32 = 'int32';
export const bool = 'bool';
export const string = 'string';
export const complex64 = 'complex64';
