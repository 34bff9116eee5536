import { TensorError } from '../../protocol/errors.ts';
import { textOf } from '../safely.ts';

/**
 * What a model of TF.js stands for that was named as a whole.
 * @throws TensorError `invalid-argument` if it has several outputs, or none
 */
export function onlyOutput(outputs: readonly object[]): object {
  const [first, second] = outputs;
  if (first && !second) return first;
  const names = outputs.map((output) => textOf(output, 'name'));
  throw new TensorError({
    code: 'invalid-argument',
    message: `The model has ${outputs.length} outputs: ${names.join(', ')}.`,
    help: 'Name one of them: model.outputs[0].',
  });
}
