/** A client of the debug adapter for tests: starts the built bundle and speaks DAP to it over stdio or a socket. */
import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { projectRoot } from './environment.ts';

export const adapterFile = `${projectRoot}dist/adapter.cjs`;

/** A test that waits longer has failed; it says then what it waited for. */
const waitTimeoutMs = 60_000;

class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  readonly response: DebugProtocol.Response;

  constructor(response: DebugProtocol.Response) {
    super(`${response.command}: ${response.message}`);
    this.response = response;
  }
}

export class DapClient {
  readonly events: DebugProtocol.Event[] = [];
  readonly process: ChildProcess | undefined;
  /** Everything on the adapter's stderr; a healthy one is silent. */
  errorText = '';
  runInTerminal: ((args: DebugProtocol.RunInTerminalRequestArguments) => object) | undefined;
  readonly #output: Writable;
  readonly #pending = new Map<
    number,
    { resolve: (response: DebugProtocol.Response) => void; reject: (error: Error) => void }
  >();
  readonly #waiting = new Set<() => void>();
  #seq = 1;
  #data = Buffer.alloc(0);
  #closed = false;

  constructor(input: Readable, output: Writable, process?: ChildProcess) {
    this.#output = output;
    this.process = process;
    input.on('data', (chunk: Buffer) => this.#receive(chunk));
    input.on('close', () => {
      this.#closed = true;
      for (const { reject } of this.#pending.values()) reject(new Error('the adapter closed the connection'));
      for (const check of this.#waiting) check();
    });
    output.on('error', () => undefined);
  }

  static start(): DapClient {
    const child = spawn(process.execPath, [adapterFile], { stdio: ['pipe', 'pipe', 'pipe'] });
    const client = new DapClient(child.stdout, child.stdin, child);
    child.stderr.on('data', (chunk: Buffer) => (client.errorText += chunk.toString()));
    return client;
  }

  static async connect(port: number): Promise<DapClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new DapClient(socket, socket);
  }

  /** The body of the answer. @throws RequestFailed */
  async request<Body>(command: string, args?: object): Promise<Body> {
    const response = await this.send(command, args);
    if (!response.success) throw new RequestFailed(response);
    return response.body as Body;
  }

  /** The answer, whether it succeeded or not. */
  send(command: string, args?: object): Promise<DebugProtocol.Response> {
    const seq = this.#seq++;
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new Error(`${command}: the connection is closed`));
      const timer = setTimeout(() => reject(new Error(`no answer to ${command}`)), waitTimeoutMs);
      const settle = () => {
        clearTimeout(timer);
        this.#pending.delete(seq);
      };
      this.#pending.set(seq, {
        resolve: (response) => (settle(), resolve(response)),
        reject: (error) => (settle(), reject(error)),
      });
      this.#write({ seq, type: 'request', command, ...(args && { arguments: args }) });
    });
  }

  /** The sequence number of the last message that was sent. */
  get lastSeq(): number {
    return this.#seq - 1;
  }

  raw(bytes: string | Buffer): void {
    this.#output.write(bytes);
  }

  /** The next event of that name, from `after` on; one that came already counts. */
  async event<E extends DebugProtocol.Event>(
    name: string,
    matches: (event: E) => boolean = () => true,
    after = 0,
  ): Promise<E> {
    const find = () => this.events.slice(after).find((event) => event.event === name && matches(event as E)) as E;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => stop(new Error(`no event ${name}; had ${this.summary()}`)), waitTimeoutMs);
      const check = () => {
        const found = find() as E | undefined;
        if (found) stop(found);
        else if (this.#closed)
          stop(new Error(`the adapter closed the connection before ${name}; had ${this.summary()}`));
      };
      const stop = (result: E | Error) => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        if (result instanceof Error) reject(result);
        else resolve(result);
      };
      this.#waiting.add(check);
      check();
    });
  }

  summary(): string {
    return `${this.events.map(({ event, body }) => `${event} ${JSON.stringify(body)?.slice(0, 200)}`).join('\n')}\n${this.errorText}`;
  }

  /** What the program wrote so far. */
  outputOf(category: string): string {
    return this.events
      .filter(({ event, body }) => event === 'output' && (body as { category: string }).category === category)
      .map(({ body }) => (body as { output: string }).output)
      .join('');
  }

  /** Ends the session and waits for the adapter's own end. */
  async close(): Promise<void> {
    if (!this.#closed) await this.send('disconnect', {}).catch(() => undefined);
    this.#output.end();
    const child = this.process;
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  #receive(chunk: Buffer): void {
    this.#data = Buffer.concat([this.#data, chunk]);
    for (;;) {
      const end = this.#data.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(this.#data.toString('latin1', 0, end))?.[1]);
      if (this.#data.length < end + 4 + length) return;
      const message = JSON.parse(
        this.#data.toString('utf8', end + 4, end + 4 + length),
      ) as DebugProtocol.ProtocolMessage;
      this.#data = this.#data.subarray(end + 4 + length);
      this.#handle(message);
    }
  }

  #handle(message: DebugProtocol.ProtocolMessage): void {
    if (message.type === 'response') {
      const response = message as DebugProtocol.Response;
      this.#pending.get(response.request_seq)?.resolve(response);
    } else if (message.type === 'event') {
      this.events.push(message as DebugProtocol.Event);
      for (const check of this.#waiting) check();
    } else if (message.type === 'request') {
      const request = message as DebugProtocol.RunInTerminalRequest;
      const body = this.runInTerminal?.(request.arguments);
      const answer = {
        type: 'response',
        request_seq: request.seq,
        command: request.command,
        success: body !== undefined,
      };
      this.#write({ seq: this.#seq++, ...answer, ...(body && { body }) });
    }
  }

  #write(message: object): void {
    const json = JSON.stringify(message);
    this.#output.write(`Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
  }
}
