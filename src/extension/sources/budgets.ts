/** A new copy budget holds for sessions that run already, unless their launch configuration has one of its own. */
import type * as vscode from 'vscode';
import { reportOf } from '../../protocol/errors.ts';
import { copyBudget, onDidChangeCopyBudget } from '../settings.ts';
import { tensorType, type TensorSources } from './tensorSources.ts';

/** In a configuration of type `tensor`: its budget is that of the settings. */
const followsSettings = 'copyBudgetFollowsSettings';

export function withCopyBudget(config: vscode.DebugConfiguration): vscode.DebugConfiguration {
  return config['copyBudget'] === undefined ? { ...config, copyBudget: copyBudget(), [followsSettings]: true } : config;
}

export function keepBudgets(sources: TensorSources, log: vscode.LogOutputChannel): vscode.Disposable {
  return onDidChangeCopyBudget(() => {
    for (const source of sources.all) {
      const { type, name, configuration } = source.session;
      if (type === tensorType && configuration[followsSettings] !== true) continue;
      source.request('tensor/budget', copyBudget()).catch((error: unknown) => {
        // A session that ends meanwhile.
        log.warn(`"${name}" keeps its copy budget: ${reportOf(error, 'not-available').message}`);
      });
    }
  });
}
