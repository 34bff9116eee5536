/** A number with four digits, for bounds and axes, where the last ones say nothing. */
export function roundNumber(value: number): string {
  return Object.is(value, -0) ? '0' : String(Number(value.toPrecision(4)));
}
