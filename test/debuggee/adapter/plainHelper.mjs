export function triple(value) {
  const result = value * 3; // #TRIPLE
  return result;
}
