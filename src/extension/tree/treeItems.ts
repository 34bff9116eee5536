/** How the rows of the Tensors view look: names, descriptions, icons, tooltips. */
import * as vscode from 'vscode';
import type { TensorDescriptor, TensorWarning } from '../../protocol/tensor.ts';
import { formatBytes, formatType, shortText } from '../../tensor/preview.ts';
import { locationText, type Node, type TensorNode } from './nodes.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

export function treeItem(node: Node): vscode.TreeItem {
  const item = itemOf(node);
  item.id = node.id;
  return item;
}

function itemOf(node: Node): vscode.TreeItem {
  switch (node.kind) {
    case 'runtime': {
      const { name, version, backend, mode, memory, device } = node.runtime;
      const held =
        memory && `${memory.tensors} ${memory.tensors === 1 ? 'tensor' : 'tensors'}, ${formatBytes(memory.bytes)}`;
      const item = new vscode.TreeItem(version === undefined ? name : `${name} ${version}`, None);
      item.description = [backend, `${mode} mode`, held].filter((part) => part !== undefined).join(' · ');
      item.iconPath = new vscode.ThemeIcon(mode === 'graph' ? 'type-hierarchy' : 'circuit-board');
      item.tooltip = device?.name === undefined ? modeText[mode] : `${modeText[mode]}\nDevice: ${device.name}`;
      return item;
    }
    case 'warning': {
      const item = new vscode.TreeItem(node.warning.message, None);
      item.iconPath = warningIcon;
      item.tooltip = `${node.warning.message}\n${node.warning.help}`;
      return item;
    }
    case 'scope': {
      const item = new vscode.TreeItem(node.name, Expanded);
      item.description = node.tensors.length === 1 ? '1 tensor' : `${node.tensors.length} tensors`;
      return item;
    }
    case 'tensor':
      return tensorItem(node);
    case 'statistics': {
      const item = new vscode.TreeItem('statistics', Collapsed);
      item.description = node.of.tensor.location === 'host' ? 'whole tensor' : 'whole tensor, on the device';
      return item;
    }
    case 'detail': {
      const item = new vscode.TreeItem(node.name, None);
      item.description = node.value;
      item.tooltip = node.tooltip ?? `${node.name}: ${node.value}`;
      return item;
    }
  }
}

const modeText = {
  eager: 'Eager mode: a tensor has its value as soon as it is made.',
  graph: 'Graph mode: a tensor has no value until the graph is run.',
  mixed: 'Eager and graph tensors meet in this program.',
};

const warningIcon = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));

function tensorItem({ expression, tensor }: TensorNode): vscode.TreeItem {
  const item = new vscode.TreeItem(expression, Collapsed);
  item.description = shortText(tensor);
  item.iconPath = tensorIcon(tensor);
  item.tooltip = tooltip(expression, tensor);
  const flags = ['tensor', tensor.kind, tensor.access.how === 'none' ? 'unreadable' : 'readable'];
  item.contextValue = flags.join(' ');
  item.accessibilityInformation = { label: `${expression}, ${shortText(tensor)}, ${stateText(tensor)}` };
  return item;
}

/** The shape says what it is, the colour where it lives. */
function tensorIcon({ kind, state, location, warnings }: TensorDescriptor): vscode.ThemeIcon {
  if (state === 'disposed' || state === 'consumed')
    return new vscode.ThemeIcon('circle-slash', colour('disabledForeground'));
  if (state === 'pending') return new vscode.ThemeIcon('watch');
  if (kind === 'symbolic' || kind === 'tracer') return new vscode.ThemeIcon('symbol-interface');
  if (warnings.some(({ code }) => code === 'not-finite')) return warningIcon;
  const name =
    kind === 'sparse'
      ? 'symbol-structure'
      : kind === 'buffer'
        ? 'database'
        : kind === 'array'
          ? 'symbol-array'
          : 'symbol-numeric';
  return new vscode.ThemeIcon(name, colour(location === 'host' ? 'charts.green' : 'charts.blue'));
}

function colour(id: string): vscode.ThemeColor {
  return new vscode.ThemeColor(id);
}

function stateText({ kind, state, location }: TensorDescriptor): string {
  if (state !== 'live') return state;
  if (kind === 'symbolic' || kind === 'tracer') return 'no value until it is run';
  return locationText[location];
}

function tooltip(expression: string, tensor: TensorDescriptor): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendCodeblock(`${expression}: ${tensor.className}`, 'typescript');
  const place = tensor.device.name === undefined ? tensor.device.type : `${tensor.device.type}, ${tensor.device.name}`;
  const size = `${formatType(tensor.dtype, tensor.shape)}, ${formatBytes(tensor.byteLength)}`;
  text.appendText(`${size}, ${stateText(tensor)} (${place}).`);
  if (tensor.access.how === 'none') appendParagraph(text, [tensor.access.reason, tensor.access.help]);
  for (const { message, help } of tensor.warnings satisfies TensorWarning[]) appendParagraph(text, [message, help]);
  return text;
}

function appendParagraph(text: vscode.MarkdownString, sentences: (string | undefined)[]): void {
  text.appendMarkdown('\n\n').appendText(sentences.filter((sentence) => sentence !== undefined).join(' '));
}
