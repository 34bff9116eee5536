/** What a runtime must answer so that its tensors can be looked at. A new runtime is one file with one of these. */
import type { RuntimeDescription } from '../../protocol/tensor.ts';
import type { Described, Source, StopContext } from '../source.ts';

export interface Member {
  /** What follows the container's expression: `.weights[0]`. */
  path: string;
  value: object;
}

export interface Reader {
  /** Whether the value is a tensor of this runtime. Called for every object in scope: cheap, and without any effect. */
  claims(value: object): boolean;
  /** Metadata only; never reads data. */
  describe(value: object, stop: StopContext): Described;
  /** Where the values are. Nothing is flushed, waited for or copied yet. */
  source(value: object, stop: StopContext): Source;
  /** The runtime itself, if the program has loaded it. */
  runtimes?(stop: StopContext): RuntimeDescription[];
  /** The tensors of a container that only this runtime understands (a model's weights); undefined for any other. */
  members?(container: object): Member[] | undefined;
  /** GPU devices that the runtime works on. */
  devices?(): GPUDevice[];
}
