/** Compares a tensor with another one of the frame, with a file, or with what it was at an earlier stop. */
import * as vscode from 'vscode';
import { TensorError } from '../../protocol/errors.ts';
import { compareSources } from '../../tensor/compareSources.ts';
import { describeType, formatType } from '../../tensor/preview.ts';
import { defaultTolerance, type TensorComparison } from '../../protocol/comparison.ts';
import type { FrameTensors } from '../sources/frameTensors.ts';
import type { ChosenTensor } from '../sources/tensorSource.ts';
import { chooseTensor, tensorsInScope } from './chooseTensor.ts';
import type { ComparedSide } from '../viewer/differenceContent.ts';
import { fileSide, tensorSide } from './comparedSides.ts';
import type { Given } from './given.ts';
import type { KeptValues } from './keptValues.ts';
import { withProgress } from './progress.ts';

/** Shows the difference of the two; it owns them from then on. */
export type ShowDifference = (left: ComparedSide, right: ComparedSide) => void;

export async function compareTensors(
  frame: FrameTensors,
  kept: KeptValues,
  show: ShowDifference,
  given: Given,
): Promise<void> {
  const chosen = await chooseTensor(frame, given);
  if (!chosen) return;
  const other =
    given.file === undefined ? await askForOther(frame, kept, chosen) : await fileSide(given.file, chosen.expression);
  if (!other) return;
  const left = tensorSide(chosen);
  const title = `Comparing ${left.source.name} with ${other.source.name}`;
  let comparison: TensorComparison;
  try {
    comparison = await withProgress(title, (progress) =>
      compareSources(left.source, other.source, defaultTolerance, progress),
    );
    assertComparable(comparison);
  } catch (error) {
    await other.dispose();
    throw error;
  }
  if (left.source.dtype === 'string') await other.dispose();
  else show(left, other);
  void vscode.window.showInformationMessage(summary(comparison));
}

async function askForOther(
  frame: FrameTensors,
  kept: KeptValues,
  chosen: ChosenTensor,
): Promise<ComparedSide | undefined> {
  const { source, expression } = chosen;
  const inScope = source.session ? await tensorsInScope(frame) : undefined;
  const before = kept.get(chosen);
  const items: (vscode.QuickPickItem & { run?: () => Promise<ComparedSide | undefined> | ComparedSide })[] = [
    { label: '$(file) A file…', detail: '.npy, .npz or .safetensors', run: () => askForFile(expression) },
  ];
  if (before) {
    const at = before.at.toLocaleTimeString();
    items.push({
      label: `$(history) ${expression} as it was kept at ${at}`,
      run: () => fileSide(before.file, expression, `${expression} (kept at ${at})`),
    });
  }
  if (source.session) {
    const label = '$(pinned) Keep these values, to compare with them at a later stop';
    const detail = describeType(chosen.tensor);
    items.push({
      label,
      detail,
      run: async () => {
        await kept.keep(chosen);
        vscode.window.setStatusBarMessage(`Kept ${expression}: at a later stop, compare it with them.`, 5_000);
        return undefined;
      },
    });
  }
  const others = inScope?.readable.filter((listed) => listed.tensor.id !== chosen.tensor.id) ?? [];
  if (others.length > 0) items.push({ label: 'In this frame', kind: vscode.QuickPickItemKind.Separator });
  for (const listed of others) {
    const other = { expression: listed.expression, tensor: listed.tensor, source: inScope?.source ?? source };
    items.push({
      label: listed.expression,
      description: describeType(listed.tensor),
      detail: listed.scope,
      run: () => tensorSide(other),
    });
  }
  const placeHolder = `Compare ${expression} with`;
  const picked = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true });
  return picked?.run?.();
}

async function askForFile(like: string): Promise<ComparedSide | undefined> {
  const filters = { 'Tensor files': ['npy', 'npz', 'safetensors'] };
  const [uri] = (await vscode.window.showOpenDialog({ openLabel: 'Compare', filters })) ?? [];
  return uri && fileSide(uri.fsPath, like);
}

function assertComparable({ a, b, sameShape }: TensorComparison): void {
  if (sameShape) return;
  throw new TensorError({
    code: 'invalid-argument',
    message: `${a.name} is ${formatType(a.dtype, a.shape)} and ${b.name} is ${formatType(b.dtype, b.shape)}: their shapes differ.`,
    help: 'Compare tensors of one shape.',
  });
}

/** With the meaning of `numpy.allclose`, and its tolerances. */
function summary({ a, b, count, different, notFinite, absolute, relative, tolerance }: TensorComparison): string {
  const { rtol, atol } = tolerance;
  const names = `${a.name} and ${b.name}`;
  const parts = [
    different === 0
      ? `${names} are close in all ${count} elements (rtol ${rtol}, atol ${atol}).`
      : `${names} differ in ${different} of ${count} elements (rtol ${rtol}, atol ${atol}).`,
  ];
  if (notFinite > 0) parts.push(`${notFinite} of them by NaN or infinity.`);
  if (absolute && different > 0)
    parts.push(`Largest difference: ${absolute.difference} at [${absolute.index.join(', ')}].`);
  if (relative && different > 0)
    parts.push(`Largest relative one: ${relative.difference} at [${relative.index.join(', ')}].`);
  return parts.join(' ');
}
