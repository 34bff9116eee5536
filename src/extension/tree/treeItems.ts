/** How the rows of the Tensors view look: names, descriptions, icons, tooltips. */
import * as vscode from 'vscode';
import type { TensorDescriptor } from '../../protocol/tensor.ts';
import { formatBytes, formatType, formatWeight, menuContext, shortText } from '../../tensor/preview.ts';
import { proseMarkdown } from './prose.ts';
import { locationText, type Node, type TensorNode } from './nodes.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

export function treeItem(node: Node): vscode.TreeItem {
  const item = itemOf(node);
  item.id = node.id;
  // A tooltip that is text would be read aloud in place of the row.
  const texts = [item.label, item.description].filter((text) => typeof text === 'string');
  item.accessibilityInformation ??= { label: texts.join(', ') };
  return item;
}

/** What a tensor's row says when the pointer rests on it: not made, nor sent to VS Code's window, before. */
export function tensorTooltip({ expression, tensor }: TensorNode): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendCodeblock(`${expression}: ${tensor.className}`, 'typescript');
  const place = tensor.device.name === undefined ? tensor.device.type : `${tensor.device.type}, ${tensor.device.name}`;
  const size = [formatType(tensor.dtype, tensor.shape), formatWeight(tensor)].filter(Boolean).join(', ');
  return appendParagraphs(text, [
    `${size}, ${stateText(tensor)} (${place}).`,
    ...(tensor.access.how === 'none' ? [tensor.access.reason, tensor.access.help] : []),
    ...tensor.warnings.flatMap(({ message, help }) => [message, help]),
  ]);
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
      const { message, help, file, line } = node.warning;
      item.iconPath = warningIcon;
      item.tooltip = prose([message, help]);
      item.accessibilityInformation = { label: `Warning: ${message} ${help}` };
      if (file !== undefined && line !== undefined) item.command = openLine(file, line);
      return item;
    }
    case 'group': {
      const item = new vscode.TreeItem(node.name, node.isOpen ? Expanded : Collapsed);
      item.iconPath = node.icon === 'warning' ? warningIcon : new vscode.ThemeIcon(node.icon);
      if (node.value !== undefined) item.description = node.value;
      item.contextValue = `${node.id}-group`;
      return item;
    }
    case 'unpinnable': {
      const item = new vscode.TreeItem(node.expression, None);
      item.description = node.reason;
      item.iconPath = new vscode.ThemeIcon('circle-slash', colour('disabledForeground'));
      item.tooltip = prose([node.reason, node.help]);
      item.contextValue = 'pinned';
      item.accessibilityInformation = { label: `${node.expression}, pinned, not here: ${node.reason}` };
      return item;
    }
    case 'place': {
      const item = new vscode.TreeItem(node.name, None);
      item.description = node.value;
      item.tooltip = node.tooltip;
      item.iconPath = new vscode.ThemeIcon('go-to-file');
      item.command = openLine(node.file, node.line);
      return item;
    }
    case 'scope': {
      const item = new vscode.TreeItem(node.name, Expanded);
      const count = node.rows.filter(({ kind }) => kind === 'tensor').length;
      if (count > 0) item.description = count === 1 ? '1 tensor' : `${count} tensors`;
      return item;
    }
    case 'container': {
      const item = new vscode.TreeItem(node.name ?? node.expression, Collapsed);
      item.description = 'more inside';
      item.tooltip = `Tensors lie deeper in ${node.expression}.`;
      item.iconPath = new vscode.ThemeIcon('symbol-object');
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
      item.tooltip =
        node.help === undefined ? (node.tooltip ?? `${node.name}: ${node.value}`) : prose([node.value, node.help]);
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

function tensorItem({ expression, name = expression, tensor, isPinned }: TensorNode): vscode.TreeItem {
  const item = new vscode.TreeItem(name, Collapsed);
  item.description = shortText(tensor);
  item.iconPath = tensorIcon(tensor);
  // In this order: `when` clauses in package.json take them apart.
  item.contextValue = isPinned ? `${menuContext(tensor)} pinned` : menuContext(tensor);
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

/** @param line from 1 */
function openLine(file: string, line: number): vscode.Command {
  const start = new vscode.Position(line - 1, 0);
  const arguments_ = [vscode.Uri.file(file), { selection: new vscode.Range(start, start) }];
  return { command: 'vscode.open', title: 'Go to Line', arguments: arguments_ };
}

function colour(id: string): vscode.ThemeColor {
  return new vscode.ThemeColor(id);
}

function stateText({ kind, state, location }: TensorDescriptor): string {
  if (state !== 'live') return state;
  if (kind === 'symbolic' || kind === 'tracer') return 'no value until it is run';
  return locationText[location];
}

function prose(paragraphs: readonly (string | undefined)[]): vscode.MarkdownString {
  return appendParagraphs(new vscode.MarkdownString(), paragraphs);
}

function appendParagraphs(
  text: vscode.MarkdownString,
  paragraphs: readonly (string | undefined)[],
): vscode.MarkdownString {
  for (const paragraph of paragraphs) if (paragraph) text.appendMarkdown(`\n\n${proseMarkdown(paragraph)}`);
  return text;
}
