/** A CDP session over a websocket, as Node's inspector and Chromium offer it. */
import { WebSocket } from 'ws';
import {
  CdpError,
  ConnectionLostError,
  type CdpCommand,
  type CdpEvent,
  type CdpEventParams,
  type CdpParams,
  type CdpResult,
  type CdpSession,
} from './cdpSession.ts';

interface Pending {
  method: string;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

interface IncomingMessage {
  id?: number;
  method?: CdpEvent;
  params?: unknown;
  result?: unknown;
  error?: { code: number; message: string };
}

type Listener = (params: unknown) => void;

/** Node answers within a millisecond; something that is no inspector may never do. */
const handshakeTimeout = 5_000;

export class WebSocketSession implements CdpSession {
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<CdpEvent, Set<Listener>>();
  #lastId = 0;
  #getsEvents = false;
  #isAcknowledging = false;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        for (const pending of this.#pending.values()) pending.reject(new ConnectionLostError(pending.method));
        this.#pending.clear();
        resolve();
      });
    });
    // A socket that fails closes right after: `closed` and the pending calls tell about it.
    socket.on('error', () => socket.terminate());
    socket.on('message', (data: Buffer) => this.#receive(data));
  }

  /**
   * @param signal gives the attempt up
   * @throws the socket's own error if nobody listens there or the other side is no inspector.
   */
  static connect(address: string, signal?: AbortSignal): Promise<WebSocketSession> {
    return new Promise((resolve, reject) => {
      // Compression costs more than loopback does; Node's inspector has no limit of its own on a message's size.
      const options = { perMessageDeflate: false, maxPayload: 0, followRedirects: false, handshakeTimeout };
      const socket = new WebSocket(address, options);
      const giveUp = () => socket.terminate();
      if (signal?.aborted) giveUp();
      signal?.addEventListener('abort', giveUp);
      // To the last: a socket that is given up has an error, too, and perhaps one more behind it.
      socket.on('error', reject);
      socket.once('close', () => signal?.removeEventListener('abort', giveUp));
      socket.once('open', () => {
        signal?.removeEventListener('abort', giveUp);
        resolve(new WebSocketSession(socket));
      });
    });
  }

  send<C extends CdpCommand>(method: C, ...params: CdpParams<C>): Promise<CdpResult<C>> {
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.reject(new ConnectionLostError(method));
    const id = ++this.#lastId;
    if (method === 'Debugger.enable') this.#getsEvents = true;
    return new Promise<CdpResult<C>>((resolve, reject) => {
      this.#pending.set(id, { method, resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params: params[0] }));
    });
  }

  on<E extends CdpEvent>(event: E, listener: (...params: CdpEventParams<E>) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener as Listener);
    return () => listeners.delete(listener as Listener);
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }

  #receive(data: Buffer): void {
    const message = JSON.parse(data.toString('utf8')) as IncomingMessage;
    if (message.id !== undefined) {
      const pending = this.#pending.get(message.id);
      if (!pending) {
        // The answer to an acknowledgement: the next answer may wait behind it.
        if (this.#pending.size > 0) this.#acknowledge();
        return;
      }
      this.#pending.delete(message.id);
      if (message.error) pending.reject(new CdpError(pending.method, message.error.code, message.error.message));
      else pending.resolve(message.result);
      this.#acknowledge();
      return;
    }
    if (!message.method) return;
    this.#acknowledge();
    for (const listener of this.#listeners.get(message.method) ?? []) listener(message.params);
  }

  /**
   * Node's inspector leaves Nagle's algorithm on: what it sends waits until what it sent before was acknowledged, and our
   * kernel delays acknowledgements by 40 ms. Whatever we send carries one; so what arrives is followed by the smallest
   * command there is, once for all that arrives together. Only a session that gets events needs it: elsewhere every
   * message of theirs answers one of ours.
   */
  #acknowledge(): void {
    if (!this.#getsEvents || this.#isAcknowledging) return;
    this.#isAcknowledging = true;
    process.nextTick(() => {
      this.#isAcknowledging = false;
      if (this.#socket.readyState !== WebSocket.OPEN) return;
      this.#socket.send(JSON.stringify({ id: ++this.#lastId, method: 'Runtime.getIsolateId' }));
    });
  }
}
