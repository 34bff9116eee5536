/** The other side of the webview: VS Code's message port, and the requests that wait for an answer. */
import { TensorError } from '../src/protocol/errors.ts';
import type { ViewerEvent, ViewerMessage, ViewerRequestName, ViewerRequests } from '../src/protocol/viewer.ts';

interface VsCodeApi {
  postMessage(message: ViewerMessage): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

interface Waiting {
  onProgress: ((fraction: number) => void) | undefined;
  resolve(result: ViewerRequests[ViewerRequestName]['result']): void;
  reject(error: TensorError): void;
}

export type HostEvent = Exclude<ViewerEvent, { type: 'answer' | 'progress' }>;

export class Host {
  readonly #api = acquireVsCodeApi();
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(onEvent: (event: HostEvent) => void) {
    window.addEventListener('message', ({ data }: MessageEvent<ViewerEvent>) => {
      if (data.type !== 'answer' && data.type !== 'progress') return onEvent(data);
      const waiting = this.#waiting.get(data.id);
      if (data.type === 'progress') return waiting?.onProgress?.(data.fraction);
      // Nobody waits for the answer of what was cancelled.
      this.#waiting.delete(data.id);
      if (data.ok) waiting?.resolve(data.result);
      else waiting?.reject(new TensorError(data.error));
    });
  }

  post(message: ViewerMessage): void {
    this.#api.postMessage(message);
  }

  /**
   * @param stop of the tensor that is shown
   * @throws TensorError as the extension reports it; `cancelled` as soon as the signal aborts
   */
  request<Name extends ViewerRequestName>(
    name: Name,
    args: ViewerRequests[Name]['arguments'],
    stop: number,
    signal?: AbortSignal,
    onProgress?: (fraction: number) => void,
  ): Promise<ViewerRequests[Name]['result']> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const settle = () => signal?.removeEventListener('abort', cancel);
      const cancel = () => {
        this.#waiting.delete(id);
        this.post({ type: 'cancel', id });
        settle();
        reject(new TensorError({ code: 'cancelled', message: 'No longer needed.' }));
      };
      this.#waiting.set(id, {
        onProgress,
        resolve: (result) => {
          settle();
          resolve(result);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      signal?.addEventListener('abort', cancel);
      this.post({ type: 'request', id, stop, name, arguments: args } as ViewerMessage);
    });
  }

  /** What was kept when VS Code hid the webview; null in a new one. */
  get state(): unknown {
    return this.#api.getState() ?? null;
  }

  set state(state: unknown) {
    this.#api.setState(state);
  }
}
