// Dies while it stands still: the parent of the debugged process kills it.
import { spawn } from 'node:child_process';
const values = new Float32Array([1, 2]);
const killer = `setTimeout(() => process.kill(${process.pid}, 'SIGKILL'), 300)`;
spawn(process.execPath, ['-e', killer], { stdio: 'ignore', env: {} });
debugger;
