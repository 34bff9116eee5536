export const weights = new Float32Array([1, 2, 3]);
export const layers = [{ kernel: new Float32Array([4, 5]) }];
