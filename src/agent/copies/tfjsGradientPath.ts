/**
 * Which tensors a gradient of TF.js is asked for, as far as its tape tells. TF.js keeps it to itself, but copies the nodes of
 * the tape that lie between these tensors and the result, and no others (`getFilteredNodesXToY` in `tape.ts`). So, when the
 * gradient function has returned, a property of each node becomes an accessor that notes the copying; it goes with the tape.
 */
import { tapedOps } from '../readers/tfjs/engine.ts';
import { ownValue } from '../safely.ts';

interface TapedNode {
  /** Ids of tensors. */
  inputs: unknown[];
  outputs: unknown[];
  isOnPath: boolean;
}

/** Whether the gradient is asked for with respect to a tensor. */
export type Asked = 'yes' | 'no' | 'unknown';

export class GradientPath {
  readonly #nodes: TapedNode[] = [];
  /** Made by the function itself: nothing that its gradient could be asked for. */
  readonly #constants = new Set<unknown>();

  /** @param isInside whether a tensor's data came to be in the gradient function */
  constructor(isInside: (tensor: object) => boolean) {
    const computed = new Set<unknown>();
    for (const { node, inputs, outputs } of tapedOps()) {
      const taped: TapedNode = { inputs: inputs.map(idOf), outputs: outputs.map(idOf), isOnPath: false };
      for (const tensor of inputs) {
        if (isInside(tensor) && !computed.has(idOf(tensor))) this.#constants.add(idOf(tensor));
      }
      for (const id of taped.outputs) computed.add(id);
      this.#nodes.push(taped);
      noteCopying(node, taped);
    }
  }

  /** When TF.js has gone through its tape. @returns what is known of a tensor, by its id */
  asked(): (id: unknown) => Asked {
    const onPath = this.#nodes.filter((node) => node.isOnPath);
    // What the gradient is asked of comes out of the last of them; what leads there and is not on the path comes from elsewhere.
    const leading = new Set<unknown>(onPath.at(-1)?.outputs);
    const others = new Set<unknown>(this.#constants);
    for (const { inputs, outputs, isOnPath } of this.#nodes.toReversed()) {
      if (!outputs.some((id) => leading.has(id))) continue;
      for (const id of inputs) {
        leading.add(id);
        if (!isOnPath) others.add(id);
      }
    }
    const certain = new Set<unknown>();
    for (const { inputs } of onPath) {
      const possible = new Set(inputs.filter((id) => !others.has(id)));
      if (possible.size === 1) for (const id of possible) certain.add(id);
    }
    return (id) => (certain.has(id) ? 'yes' : others.has(id) ? 'no' : 'unknown');
  }
}

export function idOf(tensor: object): unknown {
  return ownValue(tensor, 'id');
}

function noteCopying(node: object, taped: TapedNode): void {
  const value = ownValue(node, 'kernelName');
  Object.defineProperty(node, 'kernelName', {
    get: () => {
      taped.isOnPath = true;
      return value;
    },
    enumerable: true,
    configurable: true,
  });
}
