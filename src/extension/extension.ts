/** Wires the extension's parts together; what each does is in its own file. */
import * as vscode from 'vscode';
import { registerCommands } from './commands/commands.ts';
import { AdapterFactory } from './debug/adapterFactory.ts';
import { DebugConfigurations } from './debug/debugConfigurations.ts';
import { Focus } from './sources/focus.ts';
import { TensorSources, tensorType } from './sources/tensorSources.ts';
import { FrameTensors } from './tree/frameTensors.ts';
import { TensorsView } from './tree/tensorsView.ts';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Tensor Debugger', { log: true });
  const sources = new TensorSources();
  const focus = new Focus(sources);
  const frame = new FrameTensors(focus, log);
  context.subscriptions.push(
    log,
    sources,
    focus,
    frame,
    new TensorsView(frame, focus, context.workspaceState),
    registerCommands(frame, log),
    vscode.debug.registerDebugConfigurationProvider(tensorType, new DebugConfigurations()),
    vscode.debug.registerDebugAdapterDescriptorFactory(tensorType, new AdapterFactory(context.extensionUri)),
  );
}
