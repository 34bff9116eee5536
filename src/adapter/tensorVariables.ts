/** Tensors as variables: one line with a preview, and children that are read when somebody looks at them. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Protocol } from 'devtools-protocol';
import type { Tensors } from './tensors.ts';

type RemoteObject = Protocol.Runtime.RemoteObject;
export type TensorVariable = Omit<DebugProtocol.Variable, 'name'>;

export class TensorVariables {
  readonly tensors: Tensors;

  constructor(tensors: Tensors) {
    this.tensors = tensors;
  }

  /** One entry per value, undefined where it is no tensor. */
  async describe(_values: readonly (RemoteObject | undefined)[]): Promise<(TensorVariable | undefined)[]> {
    return [];
  }
}
