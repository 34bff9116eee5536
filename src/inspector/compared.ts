/** The two sides of a comparison, as a request names them, with handles in the place of expressions. */
import { TensorError } from '../protocol/errors.ts';
import type { ComparedReference, TensorReference } from '../protocol/requests.ts';
import type { TensorDescriptor } from '../protocol/tensor.ts';
import type { ComparedWith } from './tensorInspector.ts';

export async function compared(
  a: TensorReference,
  b: ComparedReference,
  resolve: (reference: TensorReference) => Promise<TensorDescriptor>,
): Promise<{ a: { id: string; name: string }; b: ComparedWith }> {
  const { id } = await resolve(a);
  const name = 'expression' in a ? a.expression : 'the tensor';
  if ('file' in b) return { a: { id, name }, b: { file: b.file, purpose: name } };
  if ('kept' in b) {
    if (!('expression' in a)) {
      throw new TensorError({
        code: 'invalid-argument',
        message: 'A tensor of an earlier stop is found by its expression; a handle is valid at one stop.',
      });
    }
    return { a: { id, name }, b: { kept: a.expression } };
  }
  const other = await resolve(b);
  return { a: { id, name }, b: { id: other.id, name: 'expression' in b ? b.expression : 'the other one' } };
}
