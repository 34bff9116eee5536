/**
 * What sessions of VS Code's JavaScript debugger get from us: the texts of tensors in hovers and variables. Child
 * processes and debug terminals take it over from the configuration that they were started with.
 */
import * as vscode from 'vscode';
import { companionEnabled } from '../settings.ts';
import { describesTensors } from './describesTensors.ts';

/** `node-terminal` stands behind debug terminals and `npm run` scripts. */
const types = ['node', 'pwa-node', 'node-terminal'];

export function registerCompanionConfigurations(): vscode.Disposable {
  const provider: vscode.DebugConfigurationProvider = {
    resolveDebugConfiguration: (_folder, config) => withTensorTexts(config),
  };
  return vscode.Disposable.from(
    ...types.map((type) => vscode.debug.registerDebugConfigurationProvider(type, provider)),
  );
}

function withTensorTexts(config: vscode.DebugConfiguration): vscode.DebugConfiguration {
  // Without a type it is no configuration yet: F5 with no launch.json.
  if (!config.type || !companionEnabled() || config['customDescriptionGenerator'] !== undefined) return config;
  return { ...config, customDescriptionGenerator: describesTensors };
}
