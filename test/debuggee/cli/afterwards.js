import { writeFileSync } from 'node:fs';
// What happens after a good read is no matter of the read.
const values = new Float32Array([1, 2]);
debugger;
const how = process.argv[2];
if (how === 'throw') throw new Error('afterwards');
if (how === 'kill') process.kill(process.pid, 'SIGTERM');
if (how === 'hang') setInterval(() => {}, 1000);
if (how === 'mark') writeFileSync(process.argv[3], 'ran on');
debugger;
console.log('over');
