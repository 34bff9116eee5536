/**
 * Preloaded into a program that is launched: opens its inspector on loopback and waits for the debugger.
 *
 * `--inspect-wait` and `--inspect-brk` would do that too, but worker threads and forked processes take them over and then
 * wait for a debugger of their own, for ever. What is done here is undone before the program can see it.
 */
/* global process, __filename */
'use strict';

const variable = 'TENSOR_DEBUGGER_PORT';
const port = process.env[variable];
if (port !== undefined && require('node:worker_threads').isMainThread) {
  delete process.env[variable];
  delete require.cache[__filename];
  const option = process.execArgv.indexOf(`--require=${__filename}`);
  if (option >= 0) process.execArgv.splice(option, 1);
  const inspector = require('node:inspector');
  inspector.open(Number(port), '127.0.0.1');
  // A port that is taken is told by Node on stderr, and nothing listens.
  if (inspector.url() !== undefined) inspector.waitForDebugger();
  else process.exit(9);
}
