export interface Scaled {
  value: number;
}

export function scale<T extends number>(value: T, factor: number): Scaled {
  const product = (value as number) * factor; // #PRODUCT
  return { value: product }; // #RETURN
}
