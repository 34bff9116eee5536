/**
 * The one way in which the extension reaches tensors. Two kinds of debug session have it: those of our own type, through
 * the debug adapter, and those of VS Code's JavaScript debugger, through its CDP proxy.
 */
import type * as vscode from 'vscode';
import type { TensorRequestName, TensorRequests } from '../../protocol/requests.ts';

export interface RequestOptions {
  /** Ends the request; it then rejects with the code `cancelled`. */
  signal?: AbortSignal;
  /** Of exports: fractions from 0 to 1. */
  onProgress?: (fraction: number, bytes: number) => void;
}

export interface TensorSource extends vscode.Disposable {
  readonly session: vscode.DebugSession;
  /** Works while the session is stopped. @throws TensorError */
  request<Name extends TensorRequestName>(
    name: Name,
    args: TensorRequests[Name]['arguments'],
    options?: RequestOptions,
  ): Promise<TensorRequests[Name]['result']>;
}
