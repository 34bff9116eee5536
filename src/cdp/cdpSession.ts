/**
 * One session of the Chrome DevTools Protocol, whatever carries it: a websocket to Node's inspector, or the proxy of
 * VS Code's JavaScript debugger. Typed by the protocol's own map, so that a misspelt method doesn't compile.
 */
import type { ProtocolMapping } from 'devtools-protocol/types/protocol-mapping.js';

export type CdpCommand = keyof ProtocolMapping.Commands;
export type CdpParams<C extends CdpCommand> = ProtocolMapping.Commands[C]['paramsType'];
export type CdpResult<C extends CdpCommand> = ProtocolMapping.Commands[C]['returnType'];
export type CdpEvent = keyof ProtocolMapping.Events;
export type CdpEventParams<E extends CdpEvent> = ProtocolMapping.Events[E];

export interface CdpSession {
  /** @throws {CdpError} what the other side refused; {ConnectionLostError} if it went away before it answered. */
  send<C extends CdpCommand>(method: C, ...params: CdpParams<C>): Promise<CdpResult<C>>;
  /** @returns a function that removes the listener. */
  on<E extends CdpEvent>(event: E, listener: (...params: CdpEventParams<E>) => void): () => void;
  /** Resolves when the connection has ended, for whatever reason; never rejects. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/** The other side understood a command and refused it. */
export class CdpError extends Error {
  override readonly name = 'CdpError';
  readonly method: string;
  readonly code: number;

  constructor(method: string, code: number, message: string) {
    super(`${method}: ${message}`);
    this.method = method;
    this.code = code;
  }
}

/** The connection ended before the answer came: the program exited, was killed, or dropped us. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
  readonly method: string;

  constructor(method: string) {
    super(`The program ended, or closed its inspector, before it answered ${method}.`);
    this.method = method;
  }
}
