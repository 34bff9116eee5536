/** Runs the graph of a graph tensor with values for its inputs, and opens the result in the viewer. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { formatForFile, formats } from '../../formats/registry.ts';
import { reportOf, reportText, TensorError } from '../../protocol/errors.ts';
import type { GraphFeed, ListedTensor } from '../../protocol/requests.ts';
import type { GraphInput, TensorDescriptor } from '../../protocol/tensor.ts';
import { isEvaluable } from '../../tensor/isEvaluable.ts';
import { describeType, formatMs, formatType } from '../../tensor/preview.ts';
import type { TensorSource } from '../sources/tensorSource.ts';
import type { FrameTensors } from '../sources/frameTensors.ts';
import type { ViewerPanels } from '../viewer/viewerPanels.ts';
import { stoppedFrame, type StoppedFrame } from './chooseTensor.ts';
import type { Given } from './given.ts';
import { pickOrType } from './pickOrType.ts';

/** What was last fed to an input, by its name: mostly it is fed the same again. */
const lastFed = new Map<string, string>();

export async function evaluateGraph(frame: FrameTensors, panels: ViewerPanels, given: Given): Promise<void> {
  const stopped = await stoppedFrame(frame);
  const { source, frameId, tensors } = stopped;
  if (given.chosen && given.chosen.source !== source) {
    throw new TensorError({
      code: 'not-available',
      message: `${given.chosen.expression} belongs to another session than the one in focus, whose values could be fed to it.`,
      help: 'Select a frame of its session in the call stack.',
    });
  }
  const chosen = given.chosen ?? given.expression ?? (await askForGraphTensor(tensors));
  if (chosen === undefined) return;
  const [expression, tensor] =
    typeof chosen === 'string'
      ? [chosen, { expression: chosen, frameId }]
      : [chosen.expression, { id: chosen.tensor.id }];
  const feeds = given.feeds
    ? Object.entries(given.feeds).map(([name, text]) => feedOf(name, text, frameId))
    : await askForFeeds((await source.request('tensor/graphInputs', { tensor })).inputs, expression, stopped);
  if (!feeds) return;
  const options = { location: vscode.ProgressLocation.Notification, title: `Evaluating ${expression}` };
  const evaluated = await vscode.window.withProgress(options, () =>
    source.request('tensor/evaluateGraph', { tensor, feeds }),
  );
  const { tensor: value, ms, isLater } = evaluated;
  if (isLater) return showLater({ expression, value, source }, frame, panels);
  panels.show({ expression, tensor: value, source });
  const text = `Evaluated ${expression}, ${formatType(value.dtype, value.shape)}, in ${formatMs(ms)}.`;
  vscode.window.setStatusBarMessage(text, 5_000);
}

interface Later {
  expression: string;
  value: TensorDescriptor;
  source: TensorSource;
}

/** The runtime computes it while the program runs on: its value opens at the next stop. */
function showLater({ expression, value, source }: Later, frame: FrameTensors, panels: ViewerPanels): void {
  const reason = value.access.reason ?? '';
  void vscode.window.showInformationMessage(
    `${reason} Let the program run on: the value of ${expression} opens at the stop after it is there.`,
  );
  let isThere = false;
  const showIfStopped = () => {
    const { focus } = frame;
    if (!isThere || focus.kind !== 'stopped' || focus.source !== source) return;
    subscriptions.dispose();
    source.request('tensor/describe', { tensor: { id: value.id } }).then(
      ({ tensor }) => panels.show({ expression, tensor, source }),
      (error: unknown) => void vscode.window.showErrorMessage(reportOf(error).message),
    );
  };
  const subscriptions = vscode.Disposable.from(
    source.onDidEvaluate(({ id, error }) => {
      if (id !== value.id) return;
      isThere = true;
      if (!error) return showIfStopped();
      subscriptions.dispose();
      void vscode.window.showErrorMessage(reportText(error));
    }),
    frame.onDidChangeFocus(showIfStopped),
    vscode.debug.onDidTerminateDebugSession(({ id }) => {
      if (id === source.session.id) subscriptions.dispose();
    }),
  );
}

async function askForGraphTensor(tensors: readonly ListedTensor[]): Promise<ListedTensor | undefined> {
  const items = tensors
    .filter(({ tensor }) => isEvaluable(tensor))
    .map((listed) => ({
      label: listed.expression,
      description: `${formatType(listed.tensor.dtype, listed.tensor.shape)} ${listed.tensor.label ?? ''}`,
      detail: listed.scope,
      listed,
    }));
  if (items.length === 0) {
    throw new TensorError({
      code: 'no-such-tensor',
      message: 'There is nothing to evaluate in this frame: no graph tensor, and no lazy array.',
      help: 'Select a frame that has one, a model or a session in its variables.',
    });
  }
  const options = { title: 'Evaluate Graph Tensor', placeHolder: 'Whose value is wanted?', matchOnDescription: true };
  return (await vscode.window.showQuickPick(items, options))?.listed;
}

/** Undefined if somebody has left one of the questions. */
async function askForFeeds(
  inputs: readonly GraphInput[],
  expression: string,
  stopped: StoppedFrame,
): Promise<GraphFeed[] | undefined> {
  const feeds: GraphFeed[] = [];
  for (const [index, input] of inputs.entries()) {
    const step = inputs.length > 1 ? ` (${index + 1} of ${inputs.length})` : '';
    const text = await askForValue(input, `Evaluate ${expression}${step}`, stopped);
    if (text === undefined) return undefined;
    lastFed.set(input.name, text);
    feeds.push(feedOf(input.name, text, stopped.frameId));
  }
  return feeds;
}

interface ValueItem extends vscode.QuickPickItem {
  choose?: () => Promise<string | undefined>;
}

/** A tensor of the frame that fits, a file, or whatever expression is typed. */
async function askForValue(input: GraphInput, title: string, { tensors }: StoppedFrame): Promise<string | undefined> {
  const type = input.shape === null ? `${input.dtype}, any shape` : formatType(input.dtype, input.shape);
  const fitting: ValueItem[] = tensors
    .filter((listed) => fits(listed, input))
    .map((listed) => ({ label: listed.expression, description: describeType(listed.tensor) }));
  const browse: ValueItem = { label: '$(file) A file…', alwaysShow: true, choose: chooseFile };
  const last = lastFed.get(input.name);
  const placeholder = `${input.name} (${type}): a tensor of this frame, an expression such as [[1, 2]], or a file`;
  const item = await pickOrType({ title, placeholder }, fitting, (entered, typed) => {
    const again = last !== undefined && typed === '' ? [{ label: last, description: 'fed before' }] : [];
    return [...entered, ...again, ...fitting.filter(({ label }) => label !== again[0]?.label), browse];
  });
  return item && 'choose' in item && item.choose ? item.choose() : item?.label;
}

function fits({ tensor }: ListedTensor, { dtype, shape }: GraphInput): boolean {
  if (tensor.access.how === 'none' || (dtype !== 'unknown' && tensor.dtype !== dtype)) return false;
  if (shape === null) return true;
  return (
    shape.length === tensor.shape.length && shape.every((count, axis) => count === null || count === tensor.shape[axis])
  );
}

async function chooseFile(): Promise<string | undefined> {
  const endings = formats.flatMap((format) => (format.open ? format.extensions : []));
  const filters = { Tensors: endings.map((ending) => ending.slice(1)) };
  const [chosen] = (await vscode.window.showOpenDialog({ filters, openLabel: 'Feed' })) ?? [];
  return chosen?.fsPath;
}

/** A path with an ending that can be read is a file, anything else an expression; as on the command line. */
function feedOf(name: string, text: string, frameId: number): GraphFeed {
  return { name, value: isFile(text) ? { file: text } : { expression: text, frameId } };
}

function isFile(text: string): boolean {
  try {
    return /[/\\]/.test(text) && formatForFile(basename(text)).open !== undefined;
  } catch (error) {
    if (error instanceof TensorError) return false;
    throw error;
  }
}
