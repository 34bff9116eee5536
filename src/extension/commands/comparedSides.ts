/** What can be compared: a tensor of the stopped program, a tensor of a file. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { openTensorFile } from '../../formats/openTensorFile.ts';
import type { ComparedSide } from '../viewer/differenceContent.ts';
import { describeType } from '../../tensor/preview.ts';
import { formatSlice } from '../../tensor/slice.ts';
import { elementsOf } from '../sources/readValues.ts';
import type { ChosenTensor } from '../sources/tensorSource.ts';

export function tensorSide({ expression, tensor, source }: ChosenTensor): ComparedSide {
  const shape = tensor.shape.map((count) => count ?? 0);
  return {
    source: {
      name: expression,
      dtype: tensor.dtype,
      shape,
      async read(ranges) {
        const slice = formatSlice(ranges, shape);
        const read = await source.request('tensor/read', { tensor: { id: tensor.id }, slice, encoding: 'bytes' });
        return elementsOf(read);
      },
    },
    ...(source.session && { session: source.session.id }),
    dispose: () => Promise.resolve(),
  };
}

/**
 * @param like the tensor that it is to be compared with: of an archive, the one of this name is taken, or one is asked for
 * @param as what it is called; by default after the file
 * @returns undefined if none was chosen
 */
export async function fileSide(path: string, like: string, as?: string): Promise<ComparedSide | undefined> {
  const file = await openTensorFile(path);
  const { tensors } = file;
  const listed =
    tensors.length === 1
      ? tensors[0]
      : (tensors.find(({ expression }) => expression === like) ?? (await askForMember(tensors)));
  if (!listed) {
    await file.dispose();
    return undefined;
  }
  const name = as ?? (tensors.length === 1 ? basename(path) : `${basename(path)}: ${listed.expression}`);
  return { source: { ...file.source(listed.tensor.id), name }, dispose: () => file.dispose() };
}

async function askForMember(tensors: Awaited<ReturnType<typeof openTensorFile>>['tensors']) {
  const items = tensors.map((listed) => ({
    label: listed.expression,
    description: describeType(listed.tensor),
    listed,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'A tensor of the file' }))?.listed;
}
