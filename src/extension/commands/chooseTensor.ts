/** Which tensor a command is about: the row it was called on, the one named in its arguments, or one that is picked. */
import { TensorError } from '../../protocol/errors.ts';
import type { ListedTensor } from '../../protocol/requests.ts';
import type { TensorDescriptor } from '../../protocol/tensor.ts';
import { describeType } from '../../tensor/preview.ts';
import type { ChosenTensor, TensorSource } from '../sources/tensorSource.ts';
import type { FrameTensors } from '../sources/frameTensors.ts';
import type { Given } from './given.ts';
import { pickOrType } from './pickOrType.ts';

/** @param isMeant which tensors are offered, where one is picked: those that the command works on */
export async function chooseTensor(
  frame: FrameTensors,
  given: Given,
  isMeant: (tensor: TensorDescriptor) => boolean = () => true,
): Promise<ChosenTensor | undefined> {
  if (given.chosen) return given.chosen;
  const offered = async () => (await stoppedFrame(frame)).tensors.filter(({ tensor }) => isMeant(tensor));
  const chosen = given.expression ?? (await askForTensor(await offered()));
  if (chosen === undefined) return undefined;
  const { focus } = frame;
  if (focus.kind !== 'stopped') throw notStopped();
  const { source, frameId } = focus;
  const [expression, reference] =
    typeof chosen === 'string'
      ? [chosen, { expression: chosen, frameId }]
      : // A variable of an outer scope may be hidden by one of the same name.
        [chosen.expression, { id: chosen.tensor.id }];
  const { tensor } = await source.request('tensor/describe', { tensor: reference });
  return { expression, tensor, source };
}

/** One of those in scope, or an expression that is typed in. */
async function askForTensor(tensors: readonly ListedTensor[]): Promise<ListedTensor | string | undefined> {
  const listed = tensors
    .filter(({ tensor }) => tensor.access.how !== 'none')
    .map((each) => ({ label: each.expression, description: describeType(each.tensor), detail: each.scope, each }));
  const look = { placeholder: 'A tensor of this frame, or an expression' };
  const chosen = await pickOrType(look, listed, (entered) => [...listed, ...entered]);
  return chosen && ('each' in chosen ? chosen.each : chosen.label);
}

/** @throws TensorError if there is none */
export async function tensorsInScope(frame: FrameTensors) {
  const { source, frameId, tensors } = await stoppedFrame(frame);
  const readable = tensors.filter(({ tensor }) => tensor.access.how !== 'none');
  if (readable.length === 0) {
    throw new TensorError({ code: 'no-such-tensor', message: 'No tensor in this frame can be read.' });
  }
  return { source, frameId, readable };
}

export interface StoppedFrame {
  source: TensorSource;
  frameId: number;
  tensors: readonly ListedTensor[];
}

/** @throws TensorError if no program is stopped */
export async function stoppedFrame(frame: FrameTensors): Promise<StoppedFrame> {
  const state = await frame.current();
  if ('listing' in state) {
    const { source, frameId, listing } = state;
    return { source, frameId, tensors: listing.tensors };
  }
  if (state.kind === 'failed') throw new TensorError(state.report);
  throw notStopped();
}

function notStopped(): TensorError {
  return new TensorError({
    code: 'not-paused',
    message: 'No program is stopped where tensors could be read.',
    help: 'Stop a JavaScript or TypeScript program at a breakpoint.',
  });
}
