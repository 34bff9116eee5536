/**
 * TensorFlow's GraphDef in the JSON form of protocol buffers, as `tensorflowjs_converter` writes it: 64-bit integers as
 * strings, bytes and strings as base64, enums by name.
 * Source: tensorflow/core/framework/{graph,node_def,attr_value,tensor,tensor_shape,types}.proto.
 */
import { UnimplementedError } from '../errors.ts';
import { shapeText } from '../numpy/arrayText.ts';
import type { ArrayDType } from '../numpy/storage.ts';
import type { TfDType } from '../tfjs.ts';

export interface ShapeDef {
  dim?: { size?: string | number; name?: string }[] | null;
  unknownRank?: boolean | null;
}

export interface TensorProto {
  dtype?: string | number;
  tensorShape?: ShapeDef;
  /** Raw little-endian elements, base64. */
  tensorContent?: string;
  /** The strings of a DT_STRING tensor, base64 each. */
  stringVal?: string[];
}

export interface AttrValue {
  s?: string;
  i?: string | number;
  f?: number;
  b?: boolean;
  type?: string | number;
  shape?: ShapeDef;
  tensor?: TensorProto;
  func?: { name?: string };
  list?: {
    s?: string[];
    i?: (string | number)[];
    f?: number[];
    b?: boolean[];
    type?: (string | number)[];
    shape?: ShapeDef[];
  };
}

export interface NodeDef {
  name: string;
  op: string;
  /** `node`, `node:1` for a later output, `^node` for "run this first". */
  input?: string[];
  device?: string;
  attr?: Record<string, AttrValue>;
}

export interface GraphDef {
  node: NodeDef[];
  versions?: { producer?: number; minConsumer?: number };
  library?: object;
}

/** The enum DataType, by number; only names are written, but files may hold numbers. */
const dataTypes = [
  'DT_INVALID',
  'DT_FLOAT',
  'DT_DOUBLE',
  'DT_INT32',
  'DT_UINT8',
  'DT_INT16',
  'DT_INT8',
  'DT_STRING',
  'DT_COMPLEX64',
  'DT_INT64',
  'DT_BOOL',
];

const written: Record<ArrayDType, string> = {
  float16: 'DT_HALF',
  bfloat16: 'DT_BFLOAT16',
  float32: 'DT_FLOAT',
  float64: 'DT_DOUBLE',
  int8: 'DT_INT8',
  int16: 'DT_INT16',
  int32: 'DT_INT32',
  int64: 'DT_INT64',
  uint8: 'DT_UINT8',
  uint16: 'DT_UINT16',
  uint32: 'DT_UINT32',
  uint64: 'DT_UINT64',
  bool: 'DT_BOOL',
  string: 'DT_STRING',
  complex64: 'DT_COMPLEX64',
  complex128: 'DT_COMPLEX128',
};

/** What TF.js's executor computes with where a graph says these (`parseDtypeParam` in its operation mapper). */
const executed: Record<string, TfDType> = {
  DT_FLOAT: 'float32',
  DT_HALF: 'float32',
  DT_DOUBLE: 'float32',
  DT_INT32: 'int32',
  DT_INT64: 'int32',
  DT_INT8: 'int32',
  DT_UINT8: 'int32',
  DT_BOOL: 'bool',
  DT_STRING: 'string',
  DT_COMPLEX64: 'complex64',
  DT_COMPLEX128: 'complex64',
};

export function dataTypeOf(dtype: ArrayDType): string {
  return written[dtype];
}

/** The dtype of the values that a TensorProto holds; undefined for one that arrays don't have. */
export function storedDType(type: string | number | undefined): ArrayDType | undefined {
  return (Object.keys(written) as ArrayDType[]).find((dtype) => written[dtype] === type);
}

/** The dtype that TF.js computes with for a DataType; null if it has none. */
export function dtypeOf(type: string | number | undefined): TfDType | null {
  const name = typeof type === 'number' ? dataTypes[type] : type;
  return (name !== undefined && executed[name]) || null;
}

export type SymbolicShape = readonly (number | null)[] | null;

export function shapeDef(shape: SymbolicShape): ShapeDef {
  if (shape === null) return { unknownRank: true };
  return { dim: shape.map((count) => ({ size: String(count ?? -1) })) };
}

export function shapeOf(def: ShapeDef | undefined): SymbolicShape {
  if (!def || def.unknownRank) return null;
  return (def.dim ?? []).map(({ size }) => (Number(size ?? 0) < 0 ? null : Number(size ?? 0)));
}

/** `(2, None)`, `<unknown>`: a shape as TensorFlow prints it. */
export function symbolicShapeText(shape: SymbolicShape): string {
  return shape === null ? '<unknown>' : shapeText(shape);
}

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  // In pieces: an argument list has a limit.
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Attribute constructors, by their kind. */
export const attr = {
  type: (dtype: TfDType | null): AttrValue => {
    if (dtype === null) throw new UnimplementedError('The dtype of this graph tensor is not known.', 'Cast it first.');
    return { type: dataTypeOf(dtype) };
  },
  bool: (b: boolean): AttrValue => ({ b }),
  int: (i: number): AttrValue => ({ i: String(i) }),
  ints: (i: readonly number[]): AttrValue => ({ list: { i: i.map(String) } }),
  shape: (shape: SymbolicShape): AttrValue => ({ shape: shapeDef(shape) }),
};

/** `node`, `:index`, and whether it is a control input, of a NodeDef's input. */
export function parseInput(input: string): { node: string; index: number; control: boolean } {
  const control = input.startsWith('^');
  const parts = (control ? input.slice(1) : input).split(':');
  // In functions the form is node:output:index.
  return { node: parts[0] as string, index: parts.length > 1 ? Number(parts.at(-1)) || 0 : 0, control };
}
