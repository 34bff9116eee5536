/** From here on the digits that rounding leaves are too few of those before the point: zeros would pass for digits. */
const scientificFrom = 1e10;

/** A number for people, with as many digits as say something: six, which float32 has, where it was computed from many. */
export function roundNumber(value: number, digits = 6): string {
  const rounded = Number(value.toPrecision(digits));
  if (Math.abs(rounded) >= scientificFrom && Math.abs(rounded) < Infinity) return rounded.toExponential();
  return Object.is(value, -0) ? '0' : String(rounded);
}
