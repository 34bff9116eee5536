/**
 * The frames of the Debug Adapter Protocol: `Content-Length: N`, an empty line, N bytes of JSON.
 * Chunks are kept as they come and joined once per message, so that a message of 100 MB costs one copy of itself.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';

/** More than any client has a reason to send; above it, memory would be the next thing to fail. */
const maxMessageBytes = 256 * 1024 * 1024;
const maxHeaderBytes = 8 * 1024;
const endOfHeader = Buffer.from('\r\n\r\n');

export interface MessageSink {
  message(message: DebugProtocol.ProtocolMessage): void;
  /** Something came that is no message. Reading goes on behind it. */
  malformed(reason: string): void;
}

export class MessageReader {
  readonly #sink: MessageSink;
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** The length of the body that is being read, or null while a header is. */
  #bodyBytes: number | null = null;
  /** Bytes of a body that is too large to be read; they are dropped as they come. */
  #skipBytes = 0;

  constructor(sink: MessageSink) {
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    while (this.#next());
  }

  /** The stream ended. */
  end(): void {
    if (this.#bytes > 0 || this.#bodyBytes !== null) this.#sink.malformed('the connection ended inside of a message');
  }

  /** Takes one step; false if it needs more bytes. */
  #next(): boolean {
    if (this.#skipBytes > 0) {
      const dropped = Math.min(this.#skipBytes, this.#bytes);
      this.#take(dropped);
      this.#skipBytes -= dropped;
      return this.#bytes > 0;
    }
    if (this.#bodyBytes === null) return this.#readHeader();
    if (this.#bytes < this.#bodyBytes) return false;
    const body = this.#take(this.#bodyBytes);
    this.#bodyBytes = null;
    this.#readBody(body);
    return this.#bytes > 0;
  }

  #readHeader(): boolean {
    const data = this.#peek();
    const end = data.indexOf(endOfHeader);
    if (end < 0) {
      if (data.length <= maxHeaderBytes) return false;
      this.#sink.malformed(`${data.length} bytes without the end of a header`);
      // The start of the next message is all that can be hoped for.
      const next = data.indexOf('Content-Length:', 1);
      this.#take(next > 0 ? next : data.length);
      return this.#bytes > 0;
    }
    const header = data.toString('latin1', 0, end);
    this.#take(end + endOfHeader.length);
    const match = /^Content-Length: *(\d+) *$/im.exec(header);
    const length = match ? Number(match[1]) : NaN;
    if (!Number.isSafeInteger(length)) {
      this.#sink.malformed(`a header without a valid Content-Length: ${JSON.stringify(header.slice(0, 200))}`);
    } else if (length > maxMessageBytes) {
      this.#sink.malformed(`a message of ${length} bytes; the most that is read is ${maxMessageBytes}`);
      this.#skipBytes = length;
    } else this.#bodyBytes = length;
    return true;
  }

  #readBody(body: Buffer): void {
    let message: unknown;
    try {
      message = JSON.parse(body.toString('utf8'));
    } catch (error) {
      this.#sink.malformed(`not JSON: ${(error as Error).message}`);
      return;
    }
    if (!isMessage(message)) {
      this.#sink.malformed(`no protocol message: ${JSON.stringify(message).slice(0, 200)}`);
      return;
    }
    this.#sink.message(message);
  }

  #peek(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  #take(length: number): Buffer {
    const data = this.#peek();
    this.#chunks = length < data.length ? [data.subarray(length)] : [];
    this.#bytes = data.length - length;
    return data.subarray(0, length);
  }
}

function isMessage(value: unknown): value is DebugProtocol.ProtocolMessage {
  if (typeof value !== 'object' || value === null) return false;
  const { type, command, seq } = value as Record<string, unknown>;
  if (type === 'request') return typeof command === 'string' && typeof seq === 'number';
  return type === 'response' || type === 'event';
}
