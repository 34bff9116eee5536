/**
 * The debug adapter as a program of its own.
 *
 *     adapter.cjs                      one session over stdin and stdout
 *     adapter.cjs --program-stdin N    the same; programs read from the file descriptor N, which was inherited
 *     adapter.cjs --port N             listens on 127.0.0.1; every connection is a session of its own
 */
import { createServer } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { openInspector } from '../inspector/openInspector.ts';
import { TensorDebugSession } from './session.ts';
import { MessageReader } from './transport.ts';

const sessions = new Set<TensorDebugSession>();

function serve(input: Readable, output: Writable, onDone: () => void, programStdin?: number): void {
  const done = () => {
    sessions.delete(session);
    onDone();
  };
  const session = new TensorDebugSession(openInspector, done, programStdin);
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

const { port, 'program-stdin': programStdin } = numbersIn(process.argv.slice(2));
if (port === undefined) {
  // Whatever a library prints must not end up between the messages.
  console.log = console.info = console.error;
  serve(process.stdin, process.stdout, () => process.stdout.end(() => process.exit(0)), programStdin);
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
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void leave(0));
// Ctrl-C in the terminal of a client that shares its stdin reaches it, too: what is to end then, and how, it says itself.
process.on('SIGINT', () => void (programStdin === undefined && leave(0)));

/** At most one of the two options; `--port=N` is as good as `--port N`. */
function numbersIn(args: readonly string[]): { port?: number; 'program-stdin'?: number } {
  if (args.length === 0) return {};
  const [, name, number] = /^--(port|program-stdin)[= ](\d{1,5})$/.exec(args.join(' ')) ?? [];
  if (name === undefined || Number(number) > 65535) {
    process.stderr.write('Usage: adapter.cjs [--port <0 to 65535> | --program-stdin <file descriptor>]\n');
    process.exit(2);
  }
  return { [name]: Number(number) };
}
