/** Eager tensors: a TF.js tensor with TensorFlow's way of reading it. */
import { UnimplementedError } from '../errors.ts';
import { assertAlive, toHost, toHostAsync, toTfTensor, viewOf } from '../host.ts';
import { inspectSymbol, makeSymbol, type Inspected, type MadeFrom } from '../inspect.ts';
import { noteEagerTensor } from '../mode.ts';
import { shapeText } from '../numpy/arrayText.ts';
import type { ArrayElement } from '../numpy/elementFormat.ts';
import { arrayFrom, type NDArray } from '../numpy/ndarray.ts';
import { storageOver } from '../numpy/storage.ts';
import { Tensor } from '../tensor.ts';
import { backendOf, core, isAsyncOnly, requireTfDType, type TfDType, type TfTensor } from '../tfjs.ts';

/** A text of several lines begins on a line of its own, as TensorFlow prints it. */
const onOwnLines = (text: string): string => (text.includes('\n') ? `\n${text}` : text);

/** A tensor with a value. `tensor` is the TF.js tensor that holds it: `tf.tidy` and TF.js's ops take it. */
export class EagerTensor extends Tensor {
  readonly tensor: TfTensor;
  readonly dtype: TfDType;
  readonly shape: readonly number[];

  /** Takes the tensor over, without a copy: disposing one disposes the other. */
  constructor(tensor: TfTensor) {
    super();
    this.tensor = tensor;
    this.dtype = requireTfDType(tensor.dtype);
    this.shape = tensor.shape;
    noteEagerTensor();
  }

  get size(): number {
    return this.tensor.size;
  }

  get isDisposed(): boolean {
    return this.tensor.isDisposed;
  }

  /** The name of the TF.js backend that holds it. */
  get device(): string {
    return backendOf(this.tensor);
  }

  numpy<T extends ArrayElement = number>(): NDArray<T> {
    return toHost<T>(this.tensor);
  }

  numpyAsync<T extends ArrayElement = number>(): Promise<NDArray<T>> {
    return toHostAsync<T>(this.tensor);
  }

  /**
   * An array over the tensor's own memory, without a copy: writing one writes the other, and it is valid until the
   * tensor is disposed. On cpu only.
   * @throws UnimplementedError elsewhere
   */
  numpyView<T extends ArrayElement = number>(): NDArray<T> {
    return viewOf<T>(this.tensor);
  }

  /** The rows of the first axis, at most `count` at a time, so that a large tensor is never on the host as a whole. */
  *numpyBatches<T extends ArrayElement = number>(count: number): Generator<NDArray<T>, void, undefined> {
    for (const [from, rows] of this.#batches(count)) yield this.#rows<T>(from, rows, toHost);
  }

  /** The same on every backend. */
  async *numpyBatchesAsync<T extends ArrayElement = number>(
    count: number,
  ): AsyncGenerator<NDArray<T>, void, undefined> {
    for (const [from, rows] of this.#batches(count))
      yield await this.#rows<T, Promise<NDArray<T>>>(from, rows, toHostAsync);
  }

  *#batches(count: number): Generator<[number, number]> {
    const [total] = this.shape;
    if (total === undefined || !Number.isInteger(count) || count < 1) {
      throw new UnimplementedError(
        total === undefined ? 'A 0-d tensor has no rows.' : `Batches have at least one row, got ${count}.`,
      );
    }
    for (let from = 0; from < total; from += count) yield [from, Math.min(count, total - from)];
  }

  #rows<T extends ArrayElement, R = NDArray<T>>(from: number, rows: number, read: (tensor: TfTensor) => R): R {
    assertAlive(this.tensor);
    const begin = this.shape.map((_, axis) => (axis === 0 ? from : 0));
    const size = this.shape.map((length, axis) => (axis === 0 ? rows : length));
    const part = core.slice(this.tensor, begin, size);
    let result: R;
    try {
      result = read(part);
    } catch (error) {
      part.dispose();
      throw error;
    }
    if (result instanceof Promise) return result.finally(() => part.dispose()) as R;
    part.dispose();
    return result;
  }

  #noEval(): UnimplementedError {
    return new UnimplementedError(
      "eval is not supported when eager execution is enabled, is .numpy() what you're looking for?",
      'This tensor has its value already: tensor.numpy(). A session evaluates tensors of a graph only.',
    );
  }

  eval(): Promise<never> {
    return Promise.reject(this.#noEval());
  }

  evalSync(): never {
    throw this.#noEval();
  }

  /** Frees the value; arrays that `numpy()` gave stay valid. */
  dispose(): void {
    this.tensor.dispose();
  }

  /** Number(tensor) is the value of a tensor of one element. */
  [Symbol.toPrimitive](hint: string): unknown {
    return hint === 'string'
      ? this.toString()
      : this.numpy()[Symbol.toPrimitive](hint === 'default' ? 'default' : 'number');
  }

  #value(): NDArray<ArrayElement> | undefined {
    return this.isDisposed || isAsyncOnly(this.device) ? undefined : this.numpy<ArrayElement>();
  }

  #facts(): string {
    return `shape=${shapeText(this.shape)}, dtype=${this.dtype}`;
  }

  /** `tf.Tensor([1. 2.], shape=(2,), dtype=float32)` */
  override toString(): string {
    const value = this.#value();
    if (value === undefined) return `tf.Tensor(<${this.isDisposed ? 'disposed' : this.device}>, ${this.#facts()})`;
    return `tf.Tensor(${onOwnLines(value.toString())}, ${this.#facts()})`;
  }

  /** `<tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>` */
  repr(): string {
    return `<tf.Tensor: ${this.#facts()}, ${this.valueText()}>`;
  }

  /** `numpy=array([1., 2.], dtype=float32)`, or why there is no value to print. */
  protected valueText(): string {
    const value = this.#value();
    if (value === undefined) return this.isDisposed ? 'disposed' : this.device;
    return `numpy=${onOwnLines(value.repr())}`;
  }

  /** A new tensor of these values, for the debugger. */
  [makeSymbol]({ dtype, shape, data }: MadeFrom): EagerTensor {
    const type = dtype as Exclude<TfDType, 'string'>;
    return new EagerTensor(toTfTensor(arrayFrom(storageOver(type, data), type, shape)));
  }

  /** What the debugger shows: the values of the TF.js tensor, where they lie; nothing is read or computed. */
  [inspectSymbol](): Inspected {
    const { tensor, dtype, shape } = this;
    return {
      dtype,
      shape: [...shape],
      tensor,
      runtime: 'tensor-debugger',
      kind: 'eager',
      state: tensor.isDisposed ? 'disposed' : 'live',
    };
  }
}
