/** A new copy budget holds for sessions that run already, unless their launch configuration has one of its own. */
import * as vscode from 'vscode';
import { copyBudget, onDidChangeCopyBudget } from '../settings.ts';
import { tensorType, type TensorSources } from './tensorSources.ts';

export function keepBudgets(sources: TensorSources): vscode.Disposable {
  /** What the setting has been; a session that began with one of these took it over. */
  const known = new Set([JSON.stringify(copyBudget())]);
  const running = new Map<string, vscode.DebugSession>();
  return vscode.Disposable.from(
    vscode.debug.onDidStartDebugSession((session) => {
      const { bytes, ms } = (session.configuration['copyBudget'] ?? {}) as { bytes?: number; ms?: number };
      if (session.type === tensorType && known.has(JSON.stringify({ bytes, ms }))) running.set(session.id, session);
    }),
    vscode.debug.onDidTerminateDebugSession(({ id }) => running.delete(id)),
    onDidChangeCopyBudget(() => {
      known.add(JSON.stringify(copyBudget()));
      for (const session of running.values()) {
        // A session that just ended needs none.
        sources
          .sourceOf(session)
          ?.request('tensor/budget', copyBudget())
          .catch(() => undefined);
      }
    }),
  );
}
