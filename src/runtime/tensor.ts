/** What eager and graph tensors have in common. A program that works in both modes needs no more than this. */
import type { NDArray } from './numpy/ndarray.ts';
import type { ArrayElement } from './numpy/elementFormat.ts';
import type { EvalOptions, SessionLike } from './sessions.ts';
import type { TfDType } from './tfjs.ts';

/** A tensor: eager, with a value, or symbolic, a node of a graph that has none until it is run. */
export abstract class Tensor {
  abstract readonly dtype: TfDType | null;
  /** `null` for an axis that is not known before the graph runs; the whole is `null` if not even the rank is. */
  abstract readonly shape: readonly (number | null)[] | null;

  /**
   * The value as a host array: a copy, which stays valid when the tensor is disposed.
   * @throws AttributeError for a graph tensor, with both remedies
   * @throws UnimplementedError on webgpu, where only `numpyAsync` can wait for the value
   */
  abstract numpy<T extends ArrayElement = number>(): NDArray<T>;

  /** The same on every backend. */
  abstract numpyAsync<T extends ArrayElement = number>(): Promise<NDArray<T>>;

  /**
   * Runs the graph for this tensor: a shortcut for `session.run(tensor, feeds)`. Without a session it takes the default
   * one, of an InteractiveSession or `session.asDefault`.
   * @throws UnimplementedError for an eager tensor
   */
  abstract eval<T extends ArrayElement = number>(options?: EvalOptions | SessionLike): Promise<NDArray<T>>;

  /** `eval` where the backend can read synchronously. */
  abstract evalSync<T extends ArrayElement = number>(options?: EvalOptions | SessionLike): NDArray<T>;

  /** How many axes; null if unknown. */
  get rank(): number | null {
    return this.shape?.length ?? null;
  }

  /** As Python's `print` shows it. */
  abstract toString(): string;

  /** As Python's prompt shows it. */
  abstract repr(): string;

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.repr();
  }
}
