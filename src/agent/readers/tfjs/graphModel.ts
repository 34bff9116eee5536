/**
 * Models that were converted from TensorFlow (`tf.loadGraphModel`): inputs, outputs and every node of the graph are
 * symbolic. A node is a plain object of the graph `model.executor.graph.nodes`; the getters `inputs` and `outputs` of the
 * model make a new object `{ name, shape, dtype }` for each at every call, which is known by its model only: programs have such
 * objects of their own. Nothing of TF.js is called.
 */
import { elementsOf, isInspectable, objectsIn, ownValue, runtimeMethod } from '../../safely.ts';
import type { Member } from '../reader.ts';
import { tensorFields, type TfDType } from './fields.ts';

export interface NodeFields {
  name: string;
  /** The op of TensorFlow, such as `MatMul`; undefined for what a model's getters `inputs` and `outputs` give. */
  op?: string;
  dtype: TfDType | undefined;
  /** null where not even the rank is known. */
  shape: (number | null)[] | null;
}

const dtypes: readonly unknown[] = ['float32', 'int32', 'bool', 'complex64', 'string'] satisfies TfDType[];

function asDType(dtype: unknown): TfDType | undefined {
  return dtypes.includes(dtype) ? (dtype as TfDType) : undefined;
}

function asShape(shape: unknown): (number | null)[] | null {
  const counts = elementsOf(shape);
  return counts?.map((count) => (typeof count === 'number' && count >= 0 ? count : null)) ?? null;
}

/** Categories of ops whose output has the type that the attribute `T` names; of others the converter doesn't say. */
const keepsType = new Set([
  'arithmetic',
  'basic_math',
  'convolution',
  'matrices',
  'normalization',
  'transformation',
  'image',
  'slice_join',
  'spectral',
]);
const integers = new Set(['ArgMax', 'ArgMin', 'Shape', 'Size', 'Rank', 'Where', 'Bincount', 'DenseBincount']);
const booleans = new Set(['All', 'Any', 'IsNan', 'IsInf', 'IsFinite']);
/** Between complex numbers and their parts; `T` is the type of what they take. */
const partsOfComplex = new Set(['Complex', 'ComplexAbs', 'Real', 'Imag']);
const leaves = new Set(['Placeholder', 'PlaceholderWithDefault', 'Const', 'Identity', 'IdentityN', 'StopGradient']);

function dtypeOf(node: object, op: string): TfDType | undefined {
  if (integers.has(op)) return 'int32';
  const category = ownValue(node, 'category');
  if (booleans.has(op) || (category === 'logical' && op !== 'Select' && op !== 'SelectV2')) return 'bool';
  const isPlain = keepsType.has(category as string) || category === 'reduction' || leaves.has(op);
  if (!isPlain) return undefined;
  if (partsOfComplex.has(op)) return rawDType(node, 'Tout');
  // The converter keeps the attributes of some ops only as TensorFlow wrote them.
  return asDType(attribute(node, 'dtype')) ?? ['dtype', 'T', 'Tparams'].map((key) => rawDType(node, key)).find(Boolean);
}

/** The types of TensorFlow, and what TF.js makes of each. Source: `parseDtypeParam` of tfjs-converter 4.22. */
const typesOfTensorflow: Record<string, TfDType> = {
  DT_FLOAT: 'float32',
  DT_HALF: 'float32',
  DT_DOUBLE: 'float32',
  DT_INT8: 'int32',
  DT_UINT8: 'int32',
  DT_INT32: 'int32',
  DT_INT64: 'int32',
  DT_BOOL: 'bool',
  DT_STRING: 'string',
  DT_COMPLEX64: 'complex64',
  DT_COMPLEX128: 'complex64',
};

function asTypeOfTensorflow(type: unknown): TfDType | undefined {
  return typeof type === 'string' && Object.hasOwn(typesOfTensorflow, type) ? typesOfTensorflow[type] : undefined;
}

/** An attribute as TensorFlow wrote it: `{ type: 'DT_FLOAT' }`. */
function rawDType(node: object, key: string): TfDType | undefined {
  const attributes = ownValue(node, 'rawAttrs');
  const attribute = isInspectable(attributes) ? ownValue(attributes, key) : undefined;
  return isInspectable(attribute) ? asTypeOfTensorflow(ownValue(attribute, 'type')) : undefined;
}

function attribute(node: object, key: string): unknown {
  const params = ownValue(node, 'attrParams');
  const param = isInspectable(params) ? ownValue(params, key) : undefined;
  return isInspectable(param) ? ownValue(param, 'value') : undefined;
}

/** What a model says of a node elsewhere: its signature of inputs and outputs, its weights of constants. */
interface Noted {
  dtype: TfDType | undefined;
  shape: (number | null)[] | null;
}
const noted = new WeakMap<object, Noted>();

function signatureEntry(entry: object): Noted {
  const dtype = ownValue(entry, 'dtype');
  const tensorShape = ownValue(entry, 'tensorShape');
  const dim = isInspectable(tensorShape) ? ownValue(tensorShape, 'dim') : undefined;
  const isUnknown = !isInspectable(tensorShape) || ownValue(tensorShape, 'unknownRank') === true;
  return {
    dtype: asTypeOfTensorflow(dtype),
    shape: isUnknown
      ? null
      : (elementsOf(dim) ?? []).map((axis) => {
          const written = isInspectable(axis) ? ownValue(axis, 'size') : undefined;
          const size = typeof written === 'string' || typeof written === 'number' ? Number(written) : NaN;
          return Number.isSafeInteger(size) && size >= 0 ? size : null;
        }),
  };
}

/** A node of a graph, or what the getters `inputs` and `outputs` of a model give. */
export function nodeFields(value: object): NodeFields | undefined {
  const name = ownValue(value, 'name');
  if (typeof name !== 'string') return undefined;
  const op = ownValue(value, 'op');
  if (
    typeof op === 'string' &&
    isInspectable(ownValue(value, 'attrParams')) &&
    Array.isArray(ownValue(value, 'children'))
  ) {
    const known = noted.get(value);
    const shape = leaves.has(op) ? asShape(attribute(value, 'shape')) : null;
    return { name, op, dtype: known?.dtype ?? dtypeOf(value, op), shape: known?.shape ?? shape };
  }
  return tensorInfo(value, name);
}

/** The nodes of the models that were met in this program. They are the program's, and not kept from being collected. */
const met = new Map<string, WeakRef<object>[]>();

function meet(nodes: readonly object[]): void {
  for (const node of nodes) {
    const name = ownValue(node, 'name') as string;
    const known = (met.get(name) ?? []).filter((reference) => reference.deref());
    if (!known.some((reference) => reference.deref() === node)) known.push(new WeakRef(node));
    met.set(name, known);
  }
}

/** `{ name, shape, dtype }`, with the very shape and dtype of a model's input or output: then it is known what that is. */
function tensorInfo(value: object, name: string): NodeFields | undefined {
  if (!met.has(name) || Object.getOwnPropertyNames(value).length !== 3) return undefined;
  const node = met
    .get(name)!
    .map((reference) => reference.deref())
    .find((node) => node && ['shape', 'dtype'].every((key) => attribute(node, key) === ownValue(value, key)));
  if (!node) return undefined;
  const { op: _, ...fields } = nodeFields(node)!;
  return fields;
}

interface GraphParts {
  executor: object;
  nodes: object;
  inputs: object[];
  outputs: object[];
  signature: object | undefined;
}

function partsOf(container: object): GraphParts | undefined {
  const executor = ownValue(container, 'executor');
  const graph = isInspectable(executor) ? ownValue(executor, 'graph') : undefined;
  const nodes = isInspectable(graph) ? ownValue(graph, 'nodes') : undefined;
  if (!isInspectable(executor) || !isInspectable(graph) || !isInspectable(nodes)) return undefined;
  if (!runtimeMethod(executor, 'execute')) return undefined;
  const signature = ownValue(container, 'signature');
  return {
    executor,
    nodes,
    inputs: objectsIn(graph, 'inputs'),
    outputs: objectsIn(graph, 'outputs'),
    signature: isInspectable(signature) ? signature : undefined,
  };
}

/** Remembers what the signature says of the nodes that it names: `MatMul:0` is the first output of `MatMul`. */
function noteSignature({ nodes, signature }: GraphParts): void {
  for (const side of ['inputs', 'outputs']) {
    const entries = signature && ownValue(signature, side);
    if (!isInspectable(entries)) continue;
    for (const key of Object.keys(entries)) {
      const entry = ownValue(entries, key);
      const name = isInspectable(entry) ? ownValue(entry, 'name') : undefined;
      if (!isInspectable(entry) || typeof name !== 'string') continue;
      const node = ownValue(nodes, name.replace(/:0$/, ''));
      if (isInspectable(node)) noted.set(node, signatureEntry(entry));
    }
  }
}

function noteConstant(node: unknown, weights: readonly object[]): void {
  const [weight, another] = weights;
  const fields = weight && !another ? tensorFields(weight) : undefined;
  if (fields && isInspectable(node)) noted.set(node, { dtype: fields.dtype, shape: [...fields.shape] });
}

/** Inputs, outputs, weights, and then the nodes between them, under the expressions that read each. */
export function graphMembers(container: object): Member[] | undefined {
  const parts = partsOf(container);
  if (!parts) return undefined;
  noteSignature(parts);
  const { executor, nodes, inputs, outputs } = parts;
  meet([...inputs, ...outputs]);
  const members: Member[] = [
    ...inputs.map((value, index) => ({ path: `.inputs[${index}]`, value })),
    ...outputs.map((value, index) => ({ path: `.outputs[${index}]`, value })),
  ];
  const weights = ownValue(executor, '_weightMap');
  if (isInspectable(weights)) {
    for (const name of Object.keys(weights)) {
      noteConstant(ownValue(nodes, name), objectsIn(weights, name));
      objectsIn(weights, name).forEach((value, index) =>
        members.push({ path: `.weights[${JSON.stringify(name)}][${index}]`, value }),
      );
    }
  }
  const ends = new Set([...inputs, ...outputs]);
  for (const name of Object.keys(nodes)) {
    const node = ownValue(nodes, name);
    // The value of a constant is a weight.
    if (!isInspectable(node) || ends.has(node) || ownValue(node, 'op') === 'Const') continue;
    members.push({ path: `.executor.graph.nodes[${JSON.stringify(name)}]`, value: node });
  }
  return members;
}
