/** The tensors of a file under the requests that a stopped program answers: the same commands and views work on both. */
import { TensorError } from '../../protocol/errors.ts';
import type { TensorReference, TensorRequestName, TensorRequests } from '../../protocol/requests.ts';
import type { TensorFile } from '../../formats/openTensorFile.ts';
import { findNotFinite } from '../../tensor/findNotFinite.ts';
import type { RequestOptions, TensorReader } from '../sources/tensorSource.ts';

type Handlers = {
  [Name in TensorRequestName]?: (
    args: TensorRequests[Name]['arguments'],
    options: RequestOptions,
  ) => Promise<TensorRequests[Name]['result']>;
};

export class TensorFileReader implements TensorReader {
  readonly #file: TensorFile;

  constructor(file: TensorFile) {
    this.#file = file;
  }

  async request<Name extends TensorRequestName>(
    name: Name,
    args: TensorRequests[Name]['arguments'],
    options: RequestOptions = {},
  ): Promise<TensorRequests[Name]['result']> {
    const handler = this.#handlers[name];
    if (handler) return handler(args, options);
    throw new TensorError({ code: 'not-available', message: `Tensors of files have no "${name}".` });
  }

  readonly #handlers: Handlers = {
    'tensor/describe': ({ tensor }) => Promise.resolve({ tensor: this.#listed(tensor) }),
    'tensor/read': ({ tensor, slice, encoding = 'json' }) =>
      this.#file.read(this.#listed(tensor).id, { encoding, ...(slice !== undefined && { slice }) }),
    'tensor/stats': async ({ tensor: reference, bins = 0 }, { signal, onProgress }) => {
      const tensor = this.#listed(reference);
      const stats = await this.#file.stats(tensor.id, { bins, signal, onProgress });
      return { tensor, stats };
    },
    'tensor/find': async ({ tensor, from, direction }, { signal }) => ({
      index: await findNotFinite(this.#file.source(this.#listed(tensor).id), from, direction, signal),
    }),
  };

  #listed(reference: TensorReference) {
    const found = this.#file.tensors.find(({ expression, tensor }) =>
      'id' in reference ? tensor.id === reference.id : expression === reference.expression,
    );
    if (found) return found.tensor;
    throw new TensorError({ code: 'no-such-tensor', message: `${this.#file.path} has no such tensor.` });
  }
}
