/** Options, or what TensorFlow's Python takes at their place: `constant(values, 'int32')`, `reduceSum(x, 0)`. */

/** Options, or the dtype alone. */
export type DTypeOr<Options extends { dtype?: unknown }> = Options | NonNullable<Options['dtype']>;

export function withDType<Options extends { dtype?: unknown }>(given: DTypeOr<Options>): Options {
  return typeof given === 'string' ? ({ dtype: given } as Options) : (given as Options);
}

/** Options, or the axes alone. */
export type AxisOr<Options extends { axis?: unknown }> = Options | NonNullable<Options['axis']>;

export function withAxis<Options extends { axis?: unknown }>(given: AxisOr<Options>): Options {
  return typeof given === 'number' || Array.isArray(given)
    ? ({ axis: given } as unknown as Options)
    : (given as Options);
}
