/** What stands underneath a tracer of jax-js, and what somebody who looks at it has to know of that. */
import { jaxValue, type JaxValue } from './fields.ts';

export type TracerValue = Exclude<JaxValue, { is: 'array' }>;

/** Where the values of a tracer are: those underneath it, through any number of transformations. */
export function underneath(value: JaxValue): object | null {
  switch (value.is) {
    case 'jvp':
      return value.primal;
    case 'vmap':
    case 'linearize':
      return value.value;
    default:
      return null;
  }
}

const transformations = { jvp: 'grad or jvp', vmap: 'vmap', linearize: 'grad or linearize' } as const;

/** Of one tracer alone. `hasValue`: whether an array is underneath, or nothing but a tracer without one. */
export function tracerReason(value: Exclude<TracerValue, { is: 'jit' }>, hasValue: boolean): string {
  const batch =
    value.is === 'vmap' && value.axis !== null
      ? ` The function sees one example; this is the whole batch, along axis ${value.axis}.`
      : '';
  const shown = hasValue ? '; shown is the value underneath' : ', over another tracer';
  return `It is a tracer of ${transformations[value.is]}${shown}.${batch}`;
}

/** What `grad` makes is a tracer of its `jvp` over one of its `linearize`: for a person it is one, and said once. */
export function isSaidUnderneath(value: TracerValue): boolean {
  return value.is === 'jvp' && value.primal !== null && jaxValue(value.primal)?.is === 'linearize';
}

/** The array underneath a value, with what its tracers say of it, the outermost first; undefined where there is none. */
export function arrayUnderneath(object: object): { array: object; reasons: string[] } | undefined {
  const value = jaxValue(object);
  if (!value || value.is === 'jit') return undefined;
  if (value.is === 'array') return { array: object, reasons: [] };
  const inner = underneath(value);
  const found = inner ? arrayUnderneath(inner) : undefined;
  if (!found || isSaidUnderneath(value)) return found;
  return { array: found.array, reasons: [tracerReason(value, true), ...found.reasons] };
}
