// The sample's training, and how long the process has lived when it is done: with a debugger, its start counts too.
await import('../../../samples/train.ts');
console.log(`lifetime ${performance.now()}`);
process.exit(0);
