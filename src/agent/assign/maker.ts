/** Makes tensors of values that the inspector has sent, in place of one that the program holds. */
import type { AgentCalls } from '../../protocol/agent.ts';
import { TensorError } from '../../protocol/errors.ts';
import type { Made, NewValues } from '../readers/reader.ts';
import { readers } from '../readers/index.ts';
import type { StopTensors } from '../stopTensors.ts';
import { Uploads } from './uploads.ts';

export class Maker {
  readonly #uploads = new Uploads();
  /** By their upload. Where the hidden state of a new tensor has to be looked up, the call comes again. */
  readonly #made = new Map<number, Made>();
  /** How to free tensors that were made and not assigned. */
  readonly #undo = new Map<string, () => void>();
  readonly #held: StopTensors;

  constructor(held: StopTensors) {
    this.#held = held;
  }

  upload({ byteLength }: AgentCalls['upload']['arguments']): AgentCalls['upload']['result'] {
    return { upload: this.#uploads.begin(byteLength) };
  }

  fill({ upload, position, piece }: AgentCalls['fill']['arguments']): null {
    this.#uploads.fill(upload, position, piece);
    return null;
  }

  make({ id, upload, dtype, shape }: AgentCalls['make']['arguments']): AgentCalls['make']['result'] {
    const { value, reader } = this.#held.find(id);
    const { tensor, undo, warnings } = this.#made.get(upload) ?? this.#makeOnce(id, upload, { dtype, shape });
    this.#held.forgetComputed();
    const made = tensor ?? value;
    const described = this.#held.described(made, readers.find((candidate) => candidate.claims(made)) ?? reader);
    if (undo) this.#undo.set(described.id, undo);
    return { tensor: described, isNew: tensor !== null, warnings };
  }

  #makeOnce(id: string, upload: number, type: Omit<NewValues, 'bytes'>): Made {
    const { value, reader } = this.#held.find(id);
    const bytes = this.#uploads.find(upload);
    if (!reader.make) {
      const { className, runtime } = reader.describe(value, this.#held.stop);
      throw new TensorError({
        code: 'not-available',
        message: `No ${className} of ${runtime} can be made from outside.`,
        help: 'Make it in the debug console.',
      });
    }
    const made = reader.make(value, { ...type, bytes }, this.#held.stop);
    this.#uploads.drop(upload);
    this.#made.set(upload, made);
    return made;
  }

  unmake({ id }: AgentCalls['unmake']['arguments']): null {
    this.#undo.get(id)?.();
    return null;
  }

  release(): void {
    this.#uploads.release();
    this.#made.clear();
    this.#undo.clear();
  }
}
