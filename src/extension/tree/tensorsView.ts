/** The Tensors view in the Run and Debug sidebar. It asks only while it is visible. */
import * as vscode from 'vscode';
import { reportOf } from '../../protocol/errors.ts';
import { storedDType } from '../../tensor/dtypes.ts';
import { formatMs, previewRanges, previewValues } from '../../tensor/preview.ts';
import { formatSlice } from '../../tensor/slice.ts';
import { elementsOf } from '../sources/readValues.ts';
import type { Focus } from '../sources/focus.ts';
import { previewLength } from '../settings.ts';
import type { TensorSource } from '../sources/tensorSource.ts';
import { tensorType } from '../sources/tensorSources.ts';
import type { FrameState, FrameTensors } from '../sources/frameTensors.ts';
import { copiesId, copyNodes, deviceNodes, pinnedNodes, warningNodes } from './groups.ts';
import {
  containerChildren,
  frameNodes,
  statisticsChildren,
  tensorChildren,
  type ContainerNode,
  type GroupNode,
  type Node,
  type TensorNode,
} from './nodes.ts';
import type { Pins } from './pins.ts';
import { tensorTooltip, treeItem } from './treeItems.ts';

const viewId = 'tensorDebugger.tensors';
/** Key of the workspace's memory: the view was opened for the user. */
const introduced = 'tensorsViewIntroduced';

export class TensorsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #frame: FrameTensors;
  readonly #view: vscode.TreeView<Node>;
  readonly #memory: vscode.Memento;
  readonly #pins: Pins;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  readonly #selected = new vscode.EventEmitter<TensorNode>();
  readonly onDidChangeTreeData = this.#changed.event;
  /**
   * Which rows are open, by session and id. VS Code forgets that when the view is empty for a while, as it is during a
   * step that takes long.
   */
  readonly #open = new WeakMap<TensorSource, Map<string, boolean>>();
  /** A row of a tensor was selected. */
  readonly onDidSelect = this.#selected.event;

  constructor(frame: FrameTensors, focus: Focus, pins: Pins, memory: vscode.Memento) {
    this.#frame = frame;
    this.#pins = pins;
    this.#memory = memory;
    this.#view = vscode.window.createTreeView(viewId, { treeDataProvider: this });
    this.#subscriptions = [
      this.#view,
      this.#changed,
      this.#selected,
      this.#view.onDidChangeSelection(() => {
        const { selected } = this;
        if (selected) this.#selected.fire(selected);
      }),
      this.#view.onDidExpandElement(({ element }) => this.#openRows?.set(element.id, true)),
      this.#view.onDidCollapseElement(({ element }) => this.#openRows?.set(element.id, false)),
      this.#view.onDidChangeVisibility(({ visible }) => (frame.isWanted = visible)),
      focus.onDidChange((state) => {
        // Whoever starts a session of ours means its tensors; sessions of VS Code's own debugger are looked at by whoever needs it.
        const isOurs = state.kind === 'stopped' && state.source.session.type === tensorType;
        if (isOurs && !this.#isIntroduced) void frame.current();
      }),
      pins.onDidChange(() => this.#changed.fire()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('tensorDebugger.preview')) this.#changed.fire();
      }),
      frame.onDidChange((state) => {
        // VS Code takes the first change at once and those that follow it only 200 ms later, a message among them.
        if (state.kind !== 'looking') this.#changed.fire();
        // The API takes undefined to clear it; its type is older than that distinction.
        const view = this.#view as { message: string | undefined };
        const message = messageOf(state);
        if (view.message !== message) view.message = message;
        void this.#introduce(state);
      }),
    ];
    frame.isWanted = this.#view.visible;
  }

  get selected(): TensorNode | undefined {
    return this.#view.selection.find((node) => node.kind === 'tensor');
  }

  /** Only top rows are ever revealed. */
  getParent(): undefined {
    return undefined;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const item = treeItem(node);
    const isOpen = this.#openRows?.get(node.id);
    if (isOpen !== undefined) {
      const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
      item.collapsibleState = isOpen ? Expanded : Collapsed;
    }
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    if (node.kind === 'tensor') item.tooltip = tensorTooltip(node);
    return item;
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (!node) {
      return this.#roots();
    }
    switch (node.kind) {
      case 'scope':
        return node.rows;
      case 'container':
        return containerNodes(node);
      case 'tensor':
        return tensorChildren(node, node.tensor.access.how === 'none' ? undefined : await valuesNode(node));
      case 'group':
        return node.children();
      case 'statistics':
        return statisticsNodes(node.id, node.of);
      case 'runtime':
      case 'warning':
      case 'unpinnable':
      case 'place':
      case 'detail':
        return [];
    }
  }

  /** Opens the view at the program's copies. */
  async showCopies(): Promise<void> {
    await vscode.commands.executeCommand(`${viewId}.focus`);
    await this.#frame.current();
    const copies = this.#roots().find(({ id }) => id === copiesId);
    if (copies) await this.#view.reveal(copies, { expand: true, focus: true, select: true });
  }

  get #openRows(): Map<string, boolean> | undefined {
    const { state } = this.#frame;
    if (!('source' in state)) return undefined;
    const rows = this.#open.get(state.source) ?? new Map<string, boolean>();
    this.#open.set(state.source, rows);
    return rows;
  }

  #roots(): Node[] {
    const { state } = this.#frame;
    if (!('listing' in state) || state.kind === 'noRuntime') return [];
    const { source, frameId, listing } = state;
    const { expressions } = this.#pins;
    const groups: (GroupNode | undefined)[] = [
      expressions.length > 0
        ? group('pinned', 'Pinned', 'pinned', () => pinnedNodes(source, frameId, expressions), true)
        : undefined,
      group('devices', 'Memory', 'server', () => deviceNodes(listing)),
      listing.runtimes.length > 0 ? group(copiesId, 'Copies', 'arrow-swap', () => copyNodes(source)) : undefined,
      listing.warnings.length > 0
        ? {
            ...group('warnings', 'Warnings', 'warning', () => warningNodes(listing.warnings), true),
            value: String(listing.warnings.length),
          }
        : undefined,
    ];
    return [...frameNodes({ source, frameId }, listing), ...groups.filter((node) => node !== undefined)];
  }

  get #isIntroduced(): boolean {
    return this.#memory.get(introduced) === true;
  }

  /**
   * VS Code adds views to its debug sidebar collapsed. At the first stop that has tensors it opens; from then on it stays as
   * the user leaves it. For a program of VS Code's own debugger that has typed arrays and no runtime, it does not open.
   */
  async #introduce(state: FrameState): Promise<void> {
    if (state.kind !== 'tensors' || this.#isIntroduced) return;
    if (state.source.session.type !== tensorType && state.listing.runtimes.length === 0) return;
    await this.#memory.update(introduced, true);
    const [first] = this.#roots();
    if (first) await this.#view.reveal(first, { select: false, focus: false });
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }
}

function group(id: string, name: string, icon: string, children: GroupNode['children'], isOpen = false): GroupNode {
  return { kind: 'group', id, name, icon, isOpen, children };
}

/** One window that is as large as the line, read when somebody opens the row. */
async function valuesNode({ id, tensor, source }: TensorNode): Promise<Node> {
  const row = { kind: 'detail', id: `${id}/values`, name: 'values' } as const;
  const shape = tensor.shape.map((count) => count ?? 0);
  const ranges = previewRanges(shape);
  const slice = formatSlice(ranges, shape);
  try {
    const read = await source.request('tensor/read', { tensor: { id: tensor.id }, slice, encoding: 'bytes' });
    const values = elementsOf(read);
    const dtype = storedDType(read.tensor.dtype);
    const window = ranges.map(({ count }) => count);
    const value = previewValues(values, dtype, window, shape, previewLength());
    const { queueMs, transferMs } = read.cost;
    const cost =
      tensor.access.how === 'copy' ? `copied in ${formatMs(queueMs + transferMs)}` : "the program's own memory";
    return { ...row, value, tooltip: `${value}\n${cost}` };
  } catch (error) {
    return { ...row, ...failure(error) };
  }
}

async function containerNodes(node: ContainerNode): Promise<Node[]> {
  const { id, source, frameId, expression } = node;
  try {
    return containerChildren(node, await source.request('tensor/list', { frameId, within: expression }));
  } catch (error) {
    return [{ kind: 'detail', id: `${id}/failed`, name: 'not listed', ...failure(error) }];
  }
}

async function statisticsNodes(id: string, { tensor, source }: TensorNode): Promise<Node[]> {
  try {
    const { stats } = await source.request('tensor/stats', { tensor: { id: tensor.id } });
    return statisticsChildren(id, stats);
  } catch (error) {
    return [{ kind: 'detail', id: `${id}/failed`, name: 'not computed', ...failure(error) }];
  }
}

/** What can't be read says so in its place. */
function failure(error: unknown): { value: string; help?: string } {
  const { message, help } = reportOf(error, 'not-available');
  return { value: message, ...(help !== undefined && { help }) };
}

/** Where rows alone would leave a question; an empty view is explained by the welcome texts in package.json. */
function messageOf(state: FrameState): string | undefined {
  if (state.kind === 'failed') return state.report.message;
  if (state.kind !== 'noTensors') return undefined;
  return (
    state.listing.reason ??
    'No tensors in this frame. Select another one in the call stack, or stop where one is in scope.'
  );
}
