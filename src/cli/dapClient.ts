/** A small client of the Debug Adapter Protocol: it starts the adapter as a process and talks to it over stdio. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { TensorError, type ErrorReport } from '../protocol/errors.ts';
import type { ExitedBody, TensorEvents, TensorRequests } from '../protocol/requests.ts';

/** The standard requests that this tool uses; a misspelt one doesn't compile. */
interface StandardRequests {
  initialize: { arguments: DebugProtocol.InitializeRequestArguments; result: DebugProtocol.Capabilities };
  launch: { arguments: Record<string, unknown>; result: undefined };
  attach: { arguments: Record<string, unknown>; result: undefined };
  setBreakpoints: {
    arguments: DebugProtocol.SetBreakpointsArguments;
    result: DebugProtocol.SetBreakpointsResponse['body'];
  };
  configurationDone: { arguments: Record<string, never>; result: undefined };
  stackTrace: { arguments: DebugProtocol.StackTraceArguments; result: DebugProtocol.StackTraceResponse['body'] };
  continue: { arguments: DebugProtocol.ContinueArguments; result: undefined };
  terminate: { arguments: DebugProtocol.TerminateArguments; result: undefined };
  disconnect: { arguments: DebugProtocol.DisconnectArguments; result: undefined };
}
export type Requests = StandardRequests & TensorRequests;
export type RequestName = keyof Requests;

interface StandardEvents {
  initialized: undefined;
  stopped: DebugProtocol.StoppedEvent['body'];
  breakpoint: DebugProtocol.BreakpointEvent['body'];
  output: DebugProtocol.OutputEvent['body'];
  exited: ExitedBody;
  terminated: DebugProtocol.TerminatedEvent['body'];
}
export type Events = StandardEvents & TensorEvents;
export type EventName = keyof Events;

interface Pending {
  command: string;
  resolve: (body: unknown) => void;
  reject: (error: Error) => void;
}

type Listener = (body: unknown) => void;

const headerEnd = Buffer.from('\r\n\r\n');

export class DapClient {
  /** Resolves when the adapter's process has ended. */
  readonly closed: Promise<void>;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<EventName, Set<Listener>>();
  #lastSequence = 0;
  #chunks: Buffer[] = [];
  #receivedBytes = 0;
  /** So many bytes complete the next step: a header's beginning, then its message. */
  #neededBytes = 1;
  #ended = false;

  /** @param adapter path of the adapter's bundle */
  constructor(adapter: string) {
    // Over its own stdin the adapter speaks with us: programs get ours from it, by a descriptor of its own.
    const args = [adapter, '--program-stdin', '3'];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe', 0] });
    this.#process = child as ChildProcessWithoutNullStreams;
    this.#process.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    // What the adapter itself has to say; usually nothing.
    this.#process.stderr.on('data', (chunk: Buffer) => process.stderr.write(chunk));
    // A write to an adapter that has just ended: `closed` tells about it.
    this.#process.stdin.on('error', () => {});
    this.closed = new Promise((resolve) => {
      const end = (): void => {
        this.#ended = true;
        for (const { command, reject } of this.#pending.values()) reject(adapterEnded(command));
        this.#pending.clear();
        resolve();
      };
      this.#process.once('error', end);
      this.#process.once('close', end);
    });
  }

  /** @throws TensorError with the adapter's own report where it sent one */
  request<Name extends RequestName>(
    command: Name,
    args: Requests[Name]['arguments'],
  ): Promise<Requests[Name]['result']> {
    if (this.#ended) return Promise.reject(adapterEnded(command));
    const seq = ++this.#lastSequence;
    const body = Buffer.from(JSON.stringify({ seq, type: 'request', command, arguments: args }));
    return new Promise<unknown>((resolve, reject) => {
      this.#pending.set(seq, { command, resolve, reject });
      this.#process.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
      this.#process.stdin.write(body);
    }) as Promise<Requests[Name]['result']>;
  }

  on<Name extends EventName>(event: Name, listener: (body: Events[Name]) => void): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener as Listener);
  }

  once<Name extends EventName>(event: Name): Promise<Events[Name]> {
    return new Promise((resolve) => {
      const listener = (body: Events[Name]): void => {
        this.#listeners.get(event)?.delete(listener as Listener);
        resolve(body);
      };
      this.on(event, listener);
    });
  }

  /** Ends the adapter, gently at first. */
  async close(): Promise<void> {
    this.#process.stdin.end();
    const kill = setTimeout(() => this.#process.kill('SIGKILL'), 2000);
    await this.closed;
    clearTimeout(kill);
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#receivedBytes += chunk.length;
    // A large message comes in many chunks: they are joined once, when it is complete.
    while (this.#receivedBytes >= this.#neededBytes) {
      const received = Buffer.concat(this.#chunks);
      this.#chunks = [received];
      const end = received.indexOf(headerEnd);
      if (end < 0) return;
      const length = Number(/Content-Length: *(\d+)/i.exec(received.toString('latin1', 0, end))?.[1]);
      const start = end + headerEnd.length;
      this.#neededBytes = start + length;
      if (received.length < this.#neededBytes) return;
      this.#chunks = [received.subarray(this.#neededBytes)];
      this.#receivedBytes -= this.#neededBytes;
      this.#neededBytes = 1;
      const text = received.toString('utf8', start, start + length);
      this.#dispatch(JSON.parse(text) as DebugProtocol.ProtocolMessage);
    }
  }

  #dispatch(message: DebugProtocol.ProtocolMessage): void {
    if (message.type === 'event') {
      const { event, body } = message as DebugProtocol.Event as { event: EventName; body: unknown };
      for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(body);
    } else if (message.type === 'response') {
      const response = message as DebugProtocol.Response;
      const pending = this.#pending.get(response.request_seq);
      if (!pending) return;
      this.#pending.delete(response.request_seq);
      if (response.success) pending.resolve(response.body);
      else pending.reject(new TensorError(reportIn(response as DebugProtocol.ErrorResponse)));
    }
  }
}

function adapterEnded(command: string): TensorError {
  return new TensorError({
    code: 'connection-lost',
    message: `The debug adapter ended before it answered ${command}.`,
  });
}

/** Our adapter puts its report into the message's variables, as JSON; any other text is a message. */
function reportIn(response: DebugProtocol.ErrorResponse): ErrorReport {
  const error = response.body?.error;
  const report = error?.variables?.['report'];
  if (typeof report === 'string') return JSON.parse(report) as ErrorReport;
  const message = error?.format.replace(/\{(\w+)\}/g, (whole, name: string) => error.variables?.[name] ?? whole);
  return { code: 'cannot-launch', message: message ?? response.message ?? `${response.command} failed.` };
}
