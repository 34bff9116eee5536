/**
 * Host arrays: what `tensor.numpy()` gives. Shape, strides and dtype as NumPy has them, elements in a typed array, and
 * NumPy's printed forms. An array made by `numpy()` owns its memory; views of an array share it, as in NumPy.
 */
import { isBigInteger, isComplex, isFloat, itemSize } from '../../tensor/dtypes.ts';
import { isRowMajor, rowMajorStrides, sameShape, sizeOf } from '../../tensor/shape.ts';
import { parseSlice } from '../../tensor/slice.ts';
import { IndexError, TensorTypeError, ValueError } from '../errors.ts';
import { inspectSymbol, makeSymbol, type Inspected, type MadeFrom } from '../inspect.ts';
import { arrayRepr, arrayStr, scalarStr, shapeText } from './arrayText.ts';
import { pythonString, type ArrayElement } from './elementFormat.ts';
import { flatten, inferDType, type NestedValue } from './nested.ts';
import { optionsOf, type Given } from '../options.ts';
import {
  allocate,
  copyStorage,
  dtypeOfTypedArray,
  readElement,
  writeElement,
  type ArrayDType,
  type Storage,
  storageOver,
} from './storage.ts';

/** Nested lists of elements, the shape of the array; a bare element for a 0-d one. */
export type NestedElements<T> = T | NestedElements<T>[];

/** Where an array's elements lie in its storage. Counted in elements, not bytes. */
export interface ArrayLayout {
  shape: readonly number[];
  strides?: readonly number[];
  offset?: number;
}

/**
 * An n-dimensional array in host memory. `T` is what an element is in JavaScript: number, bigint (int64, uint64),
 * boolean, string, or [re, im].
 */
export class NDArray<T extends ArrayElement = number> {
  readonly dtype: ArrayDType;
  readonly shape: readonly number[];
  /** Elements (not bytes) from one item to the next, per axis. */
  readonly strides: readonly number[];
  /** The first element's index in `data`, counted in elements. */
  readonly offset: number;
  /** The memory itself: bits for float16 and bfloat16, pairs for complex numbers, 0 and 1 for bool. */
  readonly data: Storage;

  /** Takes `data` as it is, without a copy; `array(...)` is the ordinary way to make one. */
  constructor(data: Storage, dtype: ArrayDType, { shape, strides, offset = 0 }: ArrayLayout) {
    this.data = data;
    this.dtype = dtype;
    this.shape = Object.freeze([...shape]);
    this.strides = Object.freeze([...(strides ?? rowMajorStrides(shape))]);
    this.offset = offset;
  }

  get ndim(): number {
    return this.shape.length;
  }

  /** How many elements it has; 1 for a 0-d array. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Bytes of one element; 0 for strings. */
  get itemsize(): number {
    return itemSize(this.dtype);
  }

  get nbytes(): number {
    return this.size * this.itemsize;
  }

  /** The length of the first axis, as Python's `len`. */
  get length(): number {
    const [count] = this.shape;
    if (count === undefined) throw new TensorTypeError('len() of unsized object: a 0-d array has no length.');
    return count;
  }

  /** One element; negative indices count from the end. */
  get(...index: number[]): T {
    return readElement(this.data, this.dtype, this.#at(index)) as T;
  }

  /** Writes one element: `a.set(5, 0, 1)` is NumPy's `a[0, 1] = 5`. */
  set(value: T | number, ...index: number[]): void {
    writeElement(this.data, this.dtype, this.#at(index), value);
  }

  #at(index: readonly number[]): number {
    if (index.length !== this.ndim) {
      throw new IndexError(
        `An element of shape ${shapeText(this.shape)} has ${this.ndim} indices, got ${index.length}.`,
        this.ndim === 0 ? 'Use item().' : 'Use slice() for a part of it, for example a.slice("0").',
      );
    }
    let at = this.offset;
    index.forEach((given, axis) => {
      const count = this.shape[axis] as number;
      const i = given < 0 ? given + count : given;
      if (!Number.isInteger(i) || i < 0 || i >= count) {
        throw new IndexError(`index ${given} is out of bounds for axis ${axis} with size ${count}`);
      }
      at += i * (this.strides[axis] as number);
    });
    return at;
  }

  /** The only element of an array of size 1, as a JavaScript value. */
  item(): T {
    if (this.size !== 1) throw new ValueError('can only convert an array of size 1 to a JavaScript scalar');
    return readElement(this.data, this.dtype, this.offset) as T;
  }

  /** A view by NumPy's basic slicing: `a.slice('0, ::2')`. It shares this array's memory. */
  slice(text: string): NDArray<T> {
    const ranges = parseSlice(text, this.shape);
    const offset = ranges.reduce((sum, range, axis) => sum + range.start * (this.strides[axis] as number), this.offset);
    const kept = ranges.map((range, axis) => ({ range, axis })).filter(({ range }) => !range.dropped);
    return new NDArray<T>(this.data, this.dtype, {
      shape: kept.map(({ range }) => range.count),
      strides: kept.map(({ range, axis }) => range.step * (this.strides[axis] as number)),
      offset,
    });
  }

  /** A view with the axes in another order, `transpose(1, 0)` or `transpose([1, 0])`, by default reversed. */
  transpose(...order: number[] | [axes: readonly number[]]): NDArray<T> {
    const axes = order[0] === undefined ? this.shape.map((_, axis) => this.ndim - 1 - axis) : order.flat();
    if (
      !sameShape(
        [...axes].sort((a, b) => a - b),
        [...this.shape.keys()],
      )
    ) {
      throw new ValueError(`axes [${axes.join(', ')}] don't name each of the ${this.ndim} axes once`);
    }
    return new NDArray<T>(this.data, this.dtype, {
      shape: axes.map((axis) => this.shape[axis] as number),
      strides: axes.map((axis) => this.strides[axis] as number),
      offset: this.offset,
    });
  }

  get T(): NDArray<T> {
    return this.transpose();
  }

  /**
   * The same elements in another shape, `reshape(2, 3)` or `reshape([2, 3])`; one axis may be -1. A view if the array is
   * row-major, otherwise a copy.
   */
  reshape(...counts: number[] | [shape: readonly number[]]): NDArray<T> {
    const shape = counts.flat();
    const known = sizeOf(shape.filter((count) => count !== -1));
    const wanted = shape.map((count) => (count === -1 ? this.size / known : count));
    if (sizeOf(wanted) !== this.size || wanted.some((count) => !Number.isInteger(count) || count < 0)) {
      throw new ValueError(`cannot reshape array of size ${this.size} into shape ${shapeText(shape)}`);
    }
    const dense = isRowMajor(this.shape, this.strides) ? this : this.copy();
    return new NDArray<T>(dense.data, this.dtype, { shape: wanted, offset: dense.offset });
  }

  /** All elements in one axis; a view if the array is row-major. */
  ravel(): NDArray<T> {
    return this.reshape(this.size);
  }

  /** An array of its own memory, row-major. */
  copy(): NDArray<T> {
    return new NDArray<T>(this.toStorage(), this.dtype, { shape: this.shape });
  }

  /** A copy of the elements in row-major order, in the typed array of the dtype. */
  toStorage(): Storage {
    if (isRowMajor(this.shape, this.strides)) return copyStorage(this.data, this.offset, this.size, this.dtype);
    const storage = allocate(this.dtype, this.size);
    let at = 0;
    for (const element of this.values()) writeElement(storage, this.dtype, at++, element);
    return storage;
  }

  /**
   * A copy in another dtype. As in NumPy a float becomes an integer by dropping its fraction, and integers wrap; a NaN
   * or an infinity, which NumPy turns into an arbitrary integer, is refused.
   */
  astype<U extends ArrayElement = number>(dtype: ArrayDType): NDArray<U> {
    const storage = allocate(dtype, this.size);
    let at = 0;
    for (const element of this.values()) writeElement(storage, dtype, at++, castElement(element, this.dtype, dtype));
    return new NDArray<U>(storage, dtype, { shape: this.shape });
  }

  /** The elements in row-major order. */
  *values(): Generator<T, void, undefined> {
    yield* this.#walk(0, this.offset);
  }

  *#walk(axis: number, at: number): Generator<T, void, undefined> {
    if (axis === this.ndim) {
      yield readElement(this.data, this.dtype, at) as T;
      return;
    }
    for (let i = 0; i < (this.shape[axis] as number); i++) {
      yield* this.#walk(axis + 1, at + i * (this.strides[axis] as number));
    }
  }

  /** Along the first axis, as in NumPy: elements of a 1-d array, otherwise views. */
  *[Symbol.iterator](): Generator<T | NDArray<T>, void, undefined> {
    if (this.ndim === 0) throw new TensorTypeError('iteration over a 0-d array');
    for (let i = 0; i < this.length; i++) yield this.ndim === 1 ? this.get(i) : this.slice(String(i));
  }

  /** Nested JavaScript arrays. */
  tolist(): NestedElements<T> {
    if (this.ndim === 0) return this.item();
    return Array.from(this, (item) => (item instanceof NDArray ? item.tolist() : item));
  }

  /** Same shape and equal elements; dtypes may differ, NaN is unequal to itself. */
  equals(other: NDArray<ArrayElement>): boolean {
    if (!sameShape(this.shape, other.shape)) return false;
    const others = other.values();
    for (const element of this.values()) {
      const against = others.next().value as ArrayElement;
      const same = Array.isArray(element)
        ? Array.isArray(against) && element[0] === against[0] && element[1] === against[1]
        : // Numbers and bigints compare by value.
          // eslint-disable-next-line eqeqeq
          element == against;
      if (!same) return false;
    }
    return true;
  }

  /** `[[1 2]\n [3 4]]`: what Python's `print` shows. */
  toString(): string {
    return arrayStr(this);
  }

  /** `array([[1, 2],\n       [3, 4]], dtype=int32)`: what Python's prompt shows. */
  repr(): string {
    return arrayRepr(this);
  }

  toJSON(): unknown {
    return JSON.parse(
      JSON.stringify(this.tolist(), (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    );
  }

  /** Number() takes an array of size 1; a string is the printed form. */
  [Symbol.toPrimitive](hint: string): number | bigint | string | boolean {
    if (hint === 'string' || (hint === 'default' && this.ndim > 0)) return this.toString();
    if (this.size !== 1) throw new TensorTypeError('only size-1 arrays can be converted to JavaScript scalars');
    const value = this.item();
    if (Array.isArray(value)) throw new TensorTypeError("can't convert a complex number to a real one");
    return hint === 'number' ? Number(value) : value;
  }

  /** What the debugger shows: the array's own memory, nothing is copied. */
  [inspectSymbol](): Inspected {
    const { dtype, shape, strides, offset, data } = this;
    return {
      dtype,
      shape: [...shape],
      strides: [...strides],
      offset,
      data,
      runtime: 'tensor-debugger',
      kind: 'array',
      state: 'live',
    };
  }

  /** A new array of these values, for the debugger. */
  [makeSymbol]({ dtype, shape, data }: MadeFrom): NDArray<T> {
    return arrayFrom<T>(storageOver(dtype as Exclude<ArrayDType, 'string'>, data), dtype as ArrayDType, shape);
  }

  /** `console.log` shows what Python's prompt does. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.repr();
  }
}

/**
 * A 0-d result: one value with a dtype. `Number(x)` takes it, arithmetic does too, it prints as the bare value, and it
 * is immutable, as NumPy's scalars are.
 */
export class NumPyScalar<T extends ArrayElement = number> extends NDArray<T> {
  constructor(data: Storage, dtype: ArrayDType, offset = 0) {
    super(data, dtype, { shape: [], offset });
  }

  override set(): void {
    throw new TensorTypeError(`'${this.dtype}' object does not support item assignment: a scalar is immutable.`);
  }

  override repr(): string {
    const value = this.item();
    return typeof value === 'string' ? pythonString(value) : scalarStr(value, this.dtype);
  }
}

/** An array around storage that nobody else holds: a scalar if it is 0-d. */
export function arrayFrom<T extends ArrayElement = number>(
  data: Storage,
  dtype: ArrayDType,
  shape: readonly number[],
): NDArray<T> {
  return shape.length === 0 ? new NumPyScalar<T>(data, dtype) : new NDArray<T>(data, dtype, { shape });
}

function castElement(element: ArrayElement, from: ArrayDType, to: ArrayDType): ArrayElement {
  if (to === 'string') return typeof element === 'string' ? element : scalarStr(element, from);
  if (typeof element === 'string') return Number(element);
  const real = Array.isArray(element) && !isComplex(to) ? element[0] : element;
  if (isFloat(to) || isComplex(to) || to === 'bool' || Array.isArray(real)) return real;
  if (typeof real === 'number' && real - real !== 0) throw new ValueError(`cannot convert float ${real} to ${to}`);
  const integer = BigInt(typeof real === 'number' ? Math.trunc(real) : real);
  const bits = 8 * itemSize(to);
  const wrapped = to.startsWith('u') ? BigInt.asUintN(bits, integer) : BigInt.asIntN(bits, integer);
  return isBigInteger(to) ? wrapped : Number(wrapped);
}

export interface ArrayOptions {
  dtype?: ArrayDType;
}

/** A tensor, which says itself where it has no value, or can't be read without waiting. */
interface HasNumpy {
  numpy(): NDArray<ArrayElement>;
}

function hasNumpy(value: unknown): value is HasNumpy {
  return typeof value === 'object' && value !== null && 'numpy' in value && typeof value.numpy === 'function';
}

/**
 * `np.array`: a host array of its own memory from nested arrays, a typed array, another array or a tensor. JavaScript
 * numbers make float64 (that is what they are), bigints int64.
 */
export function array<T extends ArrayElement = number>(
  value: NestedValue | NDArray<ArrayElement> | HasNumpy,
  ...given: Given<ArrayOptions, ['dtype']>
): NDArray<T> {
  const options = optionsOf<ArrayOptions>('array', given, ['dtype']);
  const { dtype } = options;
  if (value instanceof NDArray) {
    return (dtype === undefined || dtype === value.dtype ? value.copy() : value.astype(dtype)) as unknown as NDArray<T>;
  }
  if (hasNumpy(value)) return array<T>(value.numpy(), options);
  const own = dtypeOfTypedArray(value);
  if (own !== undefined) {
    const copy = new NDArray<ArrayElement>((value as Float32Array).slice(), own, {
      shape: [(value as Float32Array).length],
    });
    return (dtype === undefined || dtype === own ? copy : copy.astype(dtype)) as unknown as NDArray<T>;
  }
  const { shape, elements } = flatten(value, dtype !== undefined && isComplex(dtype));
  const type = dtype ?? inferDType(elements, 'float64');
  const storage = allocate(type, elements.length);
  elements.forEach((element, at) => writeElement(storage, type, at, element));
  return new NDArray<T>(storage, type, { shape });
}
