import * as vscode from 'vscode';
import { formatBytes } from '../../tensor/preview.ts';

export interface Progress {
  /** Aborted by the notification's Cancel. */
  signal: AbortSignal;
  /** @param fraction from 0 to 1 */
  onProgress(this: void, fraction: number, bytes?: number): void;
}

/** Shows how far something is, in a notification that can end it. */
export function withProgress<Result>(title: string, run: (progress: Progress) => Promise<Result>): Thenable<Result> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const controller = new AbortController();
    const cancelling = token.onCancellationRequested(() => controller.abort());
    let done = 0;
    try {
      return await run({
        signal: controller.signal,
        onProgress(fraction, bytes) {
          const message = bytes === undefined ? {} : { message: formatBytes(bytes) };
          progress.report({ increment: (fraction - done) * 100, ...message });
          done = fraction;
        },
      });
    } finally {
      cancelling.dispose();
    }
  });
}
