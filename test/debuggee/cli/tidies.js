// Answers signals only after a while, as whoever has something to tidy up does.
const values = new Float32Array([1, 2]);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => setTimeout(() => process.exit(9), 100));
}
setInterval(() => console.log('at work', values.length), 50);
