// CommonJS in TypeScript: V8's instrumentation breakpoints pass over it.
const path = require('node:path') as typeof import('node:path');

function baseOf(file: string): string {
  const base: string = path.basename(file); // #BASE
  return base;
}

console.log(baseOf('/tmp/x.txt')); // #PRINT
