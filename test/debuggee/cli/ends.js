// Ends before any stop, with the status that it is given.
const values = new Float32Array([1]);
if (process.argv[2] === 'never') values[0] = 2; // #NEVER
process.exit(Number(process.argv[3] ?? 0));
