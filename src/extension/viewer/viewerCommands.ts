/** The viewer's buttons are the commands of the palette, on the tensor that is shown. */
import * as vscode from 'vscode';
import type { ViewedOrigin, ViewerCommand } from '../../protocol/viewer.ts';
import type { ChosenTensor } from '../sources/tensorSource.ts';
import type { RunCommand } from './viewerLink.ts';

const commands: Record<ViewerCommand, string> = {
  save: 'saveAs',
  copy: 'copyAs',
  compare: 'compare',
  evaluate: 'evaluateGraph',
  pin: 'pin',
  showCopies: 'showCopies',
  showHelp: 'showHelp',
};

export const runViewerCommand: RunCommand = (command, live) => {
  const id = `tensorDebugger.${commands[command]}`;
  if (live === null) return void vscode.commands.executeCommand(id);
  const { viewed, reader } = live;
  const chosen: ChosenTensor = { expression: nameOf(viewed.origin), tensor: viewed.tensor, source: reader };
  void vscode.commands.executeCommand(id, chosen);
};

function nameOf(origin: ViewedOrigin): string {
  switch (origin.kind) {
    case 'session':
      return origin.expression;
    case 'file':
      return origin.member ?? origin.file.replace(/^.*[\\/]|\.[^.]*$/g, '');
    case 'difference':
      return `${origin.left} - ${origin.right}`;
  }
}
