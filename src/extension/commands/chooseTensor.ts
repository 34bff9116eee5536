/** Which tensor a command is about: the row it was called on, the one named in its arguments, or one that is picked. */
import * as vscode from 'vscode';
import { TensorError } from '../../protocol/errors.ts';
import type { TensorDescriptor } from '../../protocol/tensor.ts';
import { describeType } from '../../tensor/preview.ts';
import type { TensorSource } from '../sources/tensorSource.ts';
import type { FrameTensors } from '../tree/frameTensors.ts';
import type { TensorNode } from '../tree/nodes.ts';

export interface ChosenTensor {
  expression: string;
  tensor: TensorDescriptor;
  source: TensorSource;
}

/** What keybindings and tasks may pass. */
export interface CommandArguments {
  expression?: string;
  file?: string;
}

export async function chooseTensor(
  frame: FrameTensors,
  given: TensorNode | CommandArguments | undefined,
): Promise<ChosenTensor | undefined> {
  if (given && 'kind' in given) return given;
  const { source, frameId, readable } = await tensorsInScope(frame);
  if (given?.expression !== undefined) {
    const { expression } = given;
    const { tensor } = await source.request('tensor/describe', { tensor: { expression, frameId } });
    return { expression, tensor, source };
  }
  const items = readable.map((listed) => ({
    label: listed.expression,
    description: describeType(listed.tensor),
    detail: listed.scope,
    listed,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: 'A tensor of this frame',
    matchOnDescription: true,
  });
  return picked && { expression: picked.label, tensor: picked.listed.tensor, source };
}

/** @throws TensorError if there is none */
export async function tensorsInScope(frame: FrameTensors) {
  const state = await frame.current();
  if (!('listing' in state)) {
    if (state.kind === 'failed') throw new TensorError(state.report);
    throw new TensorError({
      code: 'not-paused',
      message: 'No program is stopped where tensors could be read.',
      help: 'Stop a JavaScript or TypeScript program at a breakpoint.',
    });
  }
  const { listing, source, frameId } = state;
  const readable = listing.tensors.filter(({ tensor }) => tensor.access.how !== 'none');
  if (readable.length === 0) {
    throw new TensorError({ code: 'no-such-tensor', message: 'No tensor in this frame can be read.' });
  }
  return { source, frameId, readable };
}
