/** Wires the extension's parts together; what each does is in its own file. */
import * as vscode from 'vscode';
import { registerCommands } from './commands/commands.ts';
import { AdapterFactory } from './debug/adapterFactory.ts';
import { registerCompanionConfigurations } from './debug/companionConfigurations.ts';
import { DebugConfigurations } from './debug/debugConfigurations.ts';
import { InlineValues } from './editor/inlineValues.ts';
import { WarningDiagnostics } from './editor/warningDiagnostics.ts';
import { NotFiniteBreaks } from './debug/notFiniteBreaks.ts';
import { keepBudgets } from './sources/budgets.ts';
import { Focus } from './sources/focus.ts';
import { TensorSources, tensorType } from './sources/tensorSources.ts';
import { Tracking } from './track/tracking.ts';
import { FrameTensors } from './sources/frameTensors.ts';
import { Pins } from './tree/pins.ts';
import { TensorsView } from './tree/tensorsView.ts';
import { TensorFileEditor, tensorFileEditorType } from './viewer/tensorFileEditor.ts';
import { runViewerCommand } from './viewer/viewerCommands.ts';
import { ViewerPanels } from './viewer/viewerPanels.ts';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Tensor Debugger', { log: true });
  const sources = new TensorSources();
  const focus = new Focus(sources);
  const frame = new FrameTensors(focus, log);
  const pins = new Pins(context.workspaceState);
  const view = new TensorsView(frame, focus, pins, context.workspaceState);
  const panels = new ViewerPanels(context.extensionUri, sources, focus, runViewerCommand);
  const tracking = new Tracking(context.extensionUri, sources, log);
  const notFinite = new NotFiniteBreaks(context.workspaceState, sources, log);
  context.subscriptions.push(
    log,
    sources,
    focus,
    frame,
    pins,
    view,
    panels,
    tracking,
    notFinite,
    view.onDidSelect((tensor) => panels.select(tensor)),
    registerCommands({
      frame,
      view,
      pins,
      panels,
      sources,
      tracking,
      notFinite,
      log,
      storage: context.globalStorageUri,
    }),
    vscode.window.registerCustomEditorProvider(
      tensorFileEditorType,
      new TensorFileEditor(context.extensionUri, runViewerCommand),
      { supportsMultipleEditorsPerDocument: true },
    ),
    new InlineValues(focus, frame, sources),
    new WarningDiagnostics(frame, sources),
    keepBudgets(sources, log),
    vscode.debug.registerDebugConfigurationProvider(tensorType, new DebugConfigurations()),
    registerCompanionConfigurations(),
    vscode.debug.registerDebugAdapterDescriptorFactory(tensorType, new AdapterFactory(context.extensionUri)),
  );
}
