/** The tensors of a session of type `tensor`: the debug adapter's custom requests. */
import * as vscode from 'vscode';
import { TensorError } from '../../protocol/errors.ts';
import type {
  EvaluatedValue,
  ProgramWarning,
  TensorEvents,
  TensorRequestName,
  TensorRequests,
} from '../../protocol/requests.ts';
import type { TrackedBatch } from '../../protocol/track.ts';
import { SessionSource } from './sessionSource.ts';
import type { RequestOptions } from './tensorSource.ts';

export class TensorSessionSource extends SessionSource {
  readonly #events = vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
    if (session.id !== this.session.id) return;
    if (event === ('tensor/tracked' satisfies keyof TensorEvents)) this.tracked.fire(body as TrackedBatch);
    if (event === ('tensor/evaluated' satisfies keyof TensorEvents)) this.evaluated.fire(body as EvaluatedValue);
    if (event === ('tensor/warning' satisfies keyof TensorEvents)) this.warned.fire(body as ProgramWarning);
  });

  async prepareTracking(): Promise<void> {
    // The adapter has seen the breakpoints that track.
  }

  async request<Name extends TensorRequestName>(
    name: Name,
    args: TensorRequests[Name]['arguments'],
    options: RequestOptions = {},
  ): Promise<TensorRequests[Name]['result']> {
    const following = this.#follow(name, args, options);
    try {
      const result = (await this.session.customRequest(name, args)) as TensorRequests[Name]['result'];
      this.costs.addCostsOf(result);
      return result;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const report = this.monitor.reportOf(message) ?? { code: 'not-available', message };
      throw new TensorError(report, { cause: error });
    } finally {
      following.dispose();
    }
  }

  override dispose(): void {
    // The session ends by itself, and its adapter with it.
    super.dispose();
    this.#events.dispose();
  }

  /** Progress and cancelling go by the request's number, which VS Code keeps to itself. */
  #follow(name: TensorRequestName, args: unknown, { signal, onProgress }: RequestOptions): vscode.Disposable {
    if (!signal && !onProgress) return new vscode.Disposable(() => undefined);
    const sent = JSON.stringify(args);
    let number: number | undefined;
    const cancel = () => {
      if (number !== undefined) void this.session.customRequest('cancel', { requestId: number });
    };
    const subscriptions = [
      this.monitor.onDidRequest(({ command, arguments: passed, seq }) => {
        if (number !== undefined || command !== name || JSON.stringify(passed) !== sent) return;
        number = seq;
        if (signal?.aborted) cancel();
      }),
      vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
        if (session.id !== this.session.id || event !== ('tensor/progress' satisfies keyof TensorEvents)) return;
        const { request, fraction, bytes } = body as TensorEvents['tensor/progress'];
        if (request === number) onProgress?.(fraction, bytes);
      }),
      new vscode.Disposable(() => signal?.removeEventListener('abort', cancel)),
    ];
    signal?.addEventListener('abort', cancel);
    return vscode.Disposable.from(...subscriptions);
  }
}
