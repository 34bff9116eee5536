export function trainingPair(_debuggedFirst: boolean): Promise<{ debugged: number; plain: number }> {
  return Promise.reject(new Error('later'));
}
