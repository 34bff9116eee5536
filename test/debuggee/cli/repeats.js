function work() {
  const values = new Float32Array([1, 2, 3]);
  debugger;
  return values;
}
setInterval(work, 100);
