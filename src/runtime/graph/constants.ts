/**
 * Constant values as TF.js stores weights: little-endian elements; a string as its UTF-8 bytes after their count
 * (uint32); bool one byte each; complex64 pairs of float32.
 */
import { InvalidModelError, UnimplementedError } from '../errors.ts';
import { arrayFrom, type NDArray } from '../numpy/ndarray.ts';
import type { ArrayElement } from '../numpy/elementFormat.ts';
import { allocate, type NumberStorage, type Storage } from '../numpy/storage.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { dataTypeOf, fromBase64, shapeDef, shapeOf, storedDType, toBase64, type TensorProto } from './graphDef.ts';

/** The bytes of one weight. */
export function encodeConstant(value: NDArray<ArrayElement>): ArrayBuffer {
  const storage = value.toStorage();
  if (!Array.isArray(storage)) return storage.buffer.slice(0, storage.byteLength) as ArrayBuffer;
  const texts = storage.map((text) => new TextEncoder().encode(text));
  const bytes = new Uint8Array(texts.reduce((sum, text) => sum + 4 + text.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const text of texts) {
    view.setUint32(at, text.length, true);
    bytes.set(text, at + 4);
    at += 4 + text.length;
  }
  return bytes.buffer;
}

/** `tf.make_tensor_proto`: an array as the protocol buffer that a Const node carries. */
export function tensorProtoOf(value: NDArray<ArrayElement>): TensorProto {
  const dtype = dataTypeOf(value.dtype);
  const storage = value.toStorage();
  const common = { dtype, tensorShape: shapeDef(value.shape) };
  if (Array.isArray(storage)) {
    return { ...common, stringVal: storage.map((text) => toBase64(new TextEncoder().encode(text))) };
  }
  return { ...common, tensorContent: toBase64(new Uint8Array(storage.buffer)) };
}

/** `tf.make_ndarray`: the array of such a protocol buffer. */
export function decodeConstant<T extends ArrayElement = number>(proto: TensorProto): NDArray<T> {
  const dtype = storedDType(proto.dtype);
  const shape = shapeOf(proto.tensorShape);
  if (dtype === undefined) {
    throw new UnimplementedError(`A TensorProto of ${String(proto.dtype)} can't be read here.`);
  }
  if (shape === null || shape.includes(null)) throw new InvalidModelError('A TensorProto must have a known shape.');
  const counts = shape as number[];
  if (dtype === 'string') {
    const texts = (proto.stringVal ?? []).map((text) => new TextDecoder().decode(fromBase64(text)));
    return arrayFrom<T>(assertCount(texts, texts.length, sizeOf(counts)), dtype, counts);
  }
  const bytes = fromBase64(proto.tensorContent ?? '');
  const storage = allocate(dtype, sizeOf(counts)) as NumberStorage;
  assertCount(storage, bytes.length, storage.byteLength);
  new Uint8Array(storage.buffer).set(bytes);
  return arrayFrom<T>(storage, dtype, counts);
}

function assertCount<S extends Storage>(storage: S, found: number, expected: number): S {
  if (found === expected) return storage;
  throw new InvalidModelError(
    `A TensorProto holds ${found} of ${expected} ${Array.isArray(storage) ? 'strings' : 'bytes'}.`,
  );
}
