/**
 * What values of jax-js (`@jax-js/jax`) look like from outside. All of them have the property `_trace`, with the main trace
 * that made them; what else they have tells which they are:
 *
 * | own properties besides | is | its value |
 * |---|---|---|
 * | none; state in private fields | an array | its own |
 * | `primal`, `tangent` | a tracer of `jvp` and `grad` | that of `primal` |
 * | `val`, `batchDim` | a tracer of `vmap` | that of `val`: the whole batch |
 * | `pval`, `recipe` | a tracer of `linearize`, `vjp` and `grad` | that of `pval.val`, where it is known |
 * | `aval` | a tracer of `jit` and `makeJaxpr` | none |
 */
import type { DType } from '../../../protocol/tensor.ts';
import { elementsOf, isInspectable, ownValue } from '../../safely.ts';
import type { StopContext } from '../../source.ts';

export const knownVersions = '0.1 (seen: 0.1.25)';

const dtypes = ['float16', 'float32', 'float64', 'int32', 'uint32', 'bool'] as const satisfies DType[];
export type JaxDType = (typeof dtypes)[number];

export function isJaxDType(dtype: unknown): dtype is JaxDType {
  return dtypes.includes(dtype as JaxDType);
}

export interface Aval {
  dtype: JaxDType;
  shape: number[];
}

export type JaxValue =
  | { is: 'array' }
  | { is: 'jvp'; primal: object }
  | { is: 'vmap'; value: object; axis: number | null }
  | { is: 'linearize'; value: object | null; aval: Aval | undefined }
  | { is: 'jit'; aval: Aval };

function isCounts(shape: unknown[] | undefined): shape is number[] {
  return shape?.every((count) => Number.isSafeInteger(count)) ?? false;
}

function avalOf(aval: unknown): Aval | undefined {
  if (!isInspectable(aval)) return undefined;
  const [dtype, shape] = [ownValue(aval, 'dtype'), elementsOf(ownValue(aval, 'shape'))];
  return isJaxDType(dtype) && isCounts(shape) ? { dtype, shape } : undefined;
}

/** Which of them it is; undefined for anything else. Cheap, for every object in scope is asked. */
export function jaxValue(value: object): JaxValue | undefined {
  const trace = ownValue(value, '_trace');
  if (!isInspectable(trace)) return undefined;
  const main = ownValue(trace, 'main');
  if (!isInspectable(main) || typeof ownValue(main, 'level') !== 'number') return undefined;
  const primal = ownValue(value, 'primal');
  if (isInspectable(primal) && isInspectable(ownValue(value, 'tangent'))) return { is: 'jvp', primal };
  const batchDim = ownValue(value, 'batchDim');
  const batch = ownValue(value, 'val');
  if (isInspectable(batch) && batchDim !== undefined) {
    return { is: 'vmap', value: batch, axis: typeof batchDim === 'number' ? batchDim : null };
  }
  const partial = ownValue(value, 'pval');
  if (isInspectable(partial)) {
    const known = ownValue(partial, 'val');
    return { is: 'linearize', value: isInspectable(known) ? known : null, aval: avalOf(ownValue(partial, 'aval')) };
  }
  const aval = avalOf(ownValue(value, 'aval'));
  if (aval) return { is: 'jit', aval };
  const prototype = Object.getPrototypeOf(value) as object | null;
  const counts = isInspectable(prototype) && Object.getOwnPropertyDescriptor(prototype, 'refCount')?.get;
  return counts ? { is: 'array' } : undefined;
}

/** The state of an array. */
export interface ArrayFields {
  dtype: JaxDType;
  /** A slot of the backend, or an expression of the element's index. */
  source: number | object;
  views: object[];
  backend: object;
  /** How many references the program holds; at 0 the array is gone. */
  references: number;
  /** Kernels that make the array, or what it is made of; those that have run may be among them. */
  kernels: object | null;
}

/** Undefined: not known yet, or null: this version keeps its state elsewhere. */
export function arrayFields(value: object, stop: StopContext): ArrayFields | null | undefined {
  const fields = stop.privateFields(value);
  if (!fields) return undefined;
  const { '#dtype': dtype, '#source': source, '#st': tracker, '#backend': backend, '#rc': references } = fields;
  const views = isInspectable(tracker) ? ownValue(tracker, 'views') : undefined;
  const kernels = fields['#pendingSet'];
  const isKnown =
    isJaxDType(dtype) &&
    (typeof source === 'number' || isInspectable(source)) &&
    isInspectable(views) &&
    Array.isArray(views) &&
    views.every(isInspectable) &&
    isInspectable(backend) &&
    typeof references === 'number' &&
    (kernels === null || isInspectable(kernels));
  return isKnown ? { dtype, source, views, backend, references, kernels } : null;
}
