/** A number for people, with as many digits as say something: six, which float32 has, where it was computed from many. */
export function roundNumber(value: number, digits = 6): string {
  return Object.is(value, -0) ? '0' : String(Number(value.toPrecision(digits)));
}
