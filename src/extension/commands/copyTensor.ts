/** Copying a tensor to the clipboard, as source code or as JSON. */
import * as vscode from 'vscode';
import type { Loss, LossCheck, TensorValues } from '../../formats/format.ts';
import { encodeInMemory } from '../../formats/format.ts';
import { json } from '../../formats/json.ts';
import { jaxJsCode } from '../../formats/jaxJsCode.ts';
import { numpyCode } from '../../formats/numpyCode.ts';
import { tfjsCode } from '../../formats/tfjsCode.ts';
import { typescriptCode } from '../../formats/typescriptCode.ts';
import { TensorError } from '../../protocol/errors.ts';
import type { DType, TensorDescriptor } from '../../protocol/tensor.ts';
import { storedDType } from '../../tensor/dtypes.ts';
import { elementsOf } from '../sources/readValues.ts';
import { formatBytes, formatMs, formatType } from '../../tensor/preview.ts';
import { sizeOf, unravelIndex } from '../../tensor/shape.ts';
import { copyBudget } from '../settings.ts';
import type { FrameTensors } from '../sources/frameTensors.ts';
import type { ChosenTensor } from '../sources/tensorSource.ts';
import { chooseTensor } from './chooseTensor.ts';
import type { Given } from './given.ts';

interface TextForm {
  label: string;
  takes?(dtype: DType): boolean;
  text(values: TensorValues, dtype: DType, shape: readonly number[]): string | Promise<string>;
  lossCheck(dtype: DType): LossCheck | null;
  stringLoss?(strings: readonly string[]): Loss | null;
}

const jsonText: TextForm = {
  label: json.label,
  lossCheck: (dtype) => json.lossCheck(dtype),
  async text(values, dtype, shape) {
    const content = values instanceof Uint8Array ? { bytes: values } : { strings: values };
    return new TextDecoder().decode(await encodeInMemory(json, [{ name: 'tensor', dtype, shape, ...content }]));
  },
};

export const textForms = {
  numpy: numpyCode,
  typescript: typescriptCode,
  tfjs: tfjsCode,
  jaxJs: jaxJsCode,
  json: jsonText,
} satisfies Record<string, TextForm>;

/** About 10 MB of text: editors get slow when more is pasted. */
const maxElements = 1_000_000;

/** Above the budget somebody is asked, with the price that a small read of the same tensor has measured. */
async function mayCopy({ source, tensor, expression }: ChosenTensor): Promise<boolean> {
  const { cost } = await source.request('tensor/read', { tensor: { id: tensor.id }, encoding: 'bytes' });
  const { bytes, ms } = copyBudget();
  const { wholeBytes, wholeMsEstimate } = cost;
  if (wholeBytes <= bytes && wholeMsEstimate <= ms) return true;
  const copy = `Copy Anyway (${formatBytes(wholeBytes)}, about ${formatMs(wholeMsEstimate)})`;
  const question = `${expression} is above the copy budget of ${formatBytes(bytes)} and ${formatMs(ms)}.`;
  return (await vscode.window.showWarningMessage(question, copy)) === copy;
}

/** In a form that is asked for. */
export async function copyAs(frame: FrameTensors, given: Given): Promise<void> {
  const chosen = await chooseTensor(frame, given);
  if (!chosen) return;
  const items = Object.values<TextForm>(textForms)
    .filter((form) => takes(form, chosen.tensor))
    .map((form) => ({ label: form.label, form }));
  const look = { title: `Copy ${chosen.expression}`, placeHolder: 'As what?' };
  const picked = await vscode.window.showQuickPick(items, look);
  if (picked) await copyTensor(frame, picked.form, { chosen });
}

function takes(form: TextForm, { dtype }: TensorDescriptor): boolean {
  return form.takes?.(storedDType(dtype)) ?? true;
}

export async function copyTensor(frame: FrameTensors, form: TextForm, given: Given): Promise<void> {
  const chosen = await chooseTensor(frame, given, (tensor) => takes(form, tensor));
  if (!chosen) return;
  const { source, tensor, expression } = chosen;
  const shape = tensor.shape.map((count) => count ?? 0);
  if (sizeOf(shape) > maxElements) {
    throw new TensorError({
      code: 'too-large',
      message: `${expression} has ${sizeOf(shape)} elements, too many for the clipboard.`,
      help: 'Save it as .npy instead.',
    });
  }
  if (tensor.access.how === 'copy' && !(await mayCopy(chosen))) return;
  const title = `Copying ${expression} to the clipboard`;
  const read = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    source.request('tensor/read', { tensor: { id: tensor.id }, slice: '...', encoding: 'bytes' }),
  );
  const dtype = storedDType(read.tensor.dtype);
  const values = elementsOf(read);
  await vscode.env.clipboard.writeText(await form.text(values, dtype, read.shape));
  const loss = values instanceof Uint8Array ? form.lossCheck(dtype)?.(values, 0) : form.stringLoss?.(values);
  const done = `Copied ${expression}, ${formatType(dtype, read.shape)}, as ${form.label}.`;
  if (!loss) {
    vscode.window.setStatusBarMessage(done, 5_000);
    return;
  }
  const where = `${expression}[${unravelIndex(loss.index, read.shape).join(', ')}]`;
  void vscode.window.showWarningMessage(
    `${done} ${where} is ${loss.value} and becomes ${loss.becomes}: save it as ${dtype === 'string' ? '.json' : '.npy'} to keep every bit.`,
  );
}
