/**
 * The debug adapter as a program of its own.
 *
 *     adapter.cjs            one session over stdin and stdout
 *     adapter.cjs --port N   listens on 127.0.0.1; every connection is a session of its own
 */
import { createServer } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { openInspector } from '../inspector/openInspector.ts';
import { TensorDebugSession } from './session.ts';
import { MessageReader } from './transport.ts';

const sessions = new Set<TensorDebugSession>();

function serve(input: Readable, output: Writable, onDone: () => void): void {
  const session = new TensorDebugSession(openInspector, () => {
    sessions.delete(session);
    onDone();
  });
  sessions.add(session);
  session.onDidSendMessage((message) => {
    const json = JSON.stringify(message);
    if (!output.writable) return;
    output.write(`Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
  });
  const reader = new MessageReader({
    message: (message) => session.handleMessage(message),
    malformed: (reason) => session.malformed(reason),
  });
  input.on('data', (chunk: Buffer) => reader.push(chunk));
  input.on('end', () => reader.end());
  input.on('close', () => void session.abandon());
  // A connection that breaks also closes.
  input.on('error', () => undefined);
  output.on('error', () => undefined);
}

/** A debuggee must not outlive the debugger that started it. */
async function leave(exitCode: number): Promise<void> {
  await Promise.all([...sessions].map((session) => session.abandon()));
  process.exit(exitCode);
}

// A fault of ours is told and must not take the sessions with it: a program may be standing at a breakpoint.
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  for (const session of sessions) session.failed(error);
});

const port = portArgument(process.argv.slice(2));
if (port === undefined) {
  // Whatever a library prints must not end up between the messages.
  console.log = console.info = console.error;
  serve(process.stdin, process.stdout, () => {
    process.stdout.end(() => process.exit(0));
  });
} else {
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    serve(socket, socket, () => socket.end());
  });
  server.on('error', (error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EADDRINUSE' ? 'the port is taken' : error.message;
    process.stderr.write(`The debug adapter can't listen at 127.0.0.1:${port}: ${reason}.\n`);
    process.exit(1);
  });
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    const actual = typeof address === 'object' && address ? address.port : port;
    process.stdout.write(`Debug adapter listening at 127.0.0.1:${actual}\n`);
  });
}
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void leave(0));

function portArgument(args: readonly string[]): number | undefined {
  if (args.length === 0) return undefined;
  const text =
    args.length === 1 ? /^--port=(.*)$/.exec(args[0] ?? '')?.[1] : args[0] === '--port' ? args[1] : undefined;
  const number = Number(text);
  if (text === undefined || args.length > 2 || !/^\d+$/.test(text) || number > 65535) {
    process.stderr.write('Usage: adapter.cjs [--port <0 to 65535>]\n');
    process.exit(2);
  }
  return number;
}
