/** The viewer's buttons are the commands of the palette, on the tensor that is shown. */
import * as vscode from 'vscode';
import type { ViewedOrigin, ViewerCommand } from '../../protocol/viewer.ts';
import type { TensorNode } from '../tree/nodes.ts';
import type { RunCommand } from './viewerLink.ts';

const commands: Record<ViewerCommand, string> = {
  save: 'saveAs',
  copyNumpy: 'copyNumpy',
  copyTypescript: 'copyTypescript',
  copyTfjs: 'copyTfjs',
  copyJaxJs: 'copyJaxJs',
  copyJson: 'copyJson',
  compare: 'compare',
  pin: 'pin',
  showCopies: 'showCopies',
  showHelp: 'showHelp',
};

export const runViewerCommand: RunCommand = (command, live) => {
  const id = `tensorDebugger.${commands[command]}`;
  if (live === null) return void vscode.commands.executeCommand(id);
  const { viewed, reader } = live;
  const expression = nameOf(viewed.origin);
  const { tensor } = viewed;
  const node: TensorNode = { kind: 'tensor', id: tensor.id, expression, scope: '', tensor, source: reader };
  void vscode.commands.executeCommand(id, node);
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
