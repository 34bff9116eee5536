/** The graph of a traced function. Tensors from outside become inputs of it: captured by reference, read at each call. */
import { ValueError } from '../errors.ts';
import type { Tensor } from '../tensor.ts';
import { Graph } from './graph.ts';
import { attr, type SymbolicShape } from './graphDef.ts';
import { SymbolicTensor } from './symbolicTensor.ts';
import type { TfDType } from '../tfjs.ts';

export class FuncGraph extends Graph {
  /** What was captured, with the placeholder that stands for it. */
  readonly captures = new Map<Tensor, SymbolicTensor>();

  constructor() {
    super(undefined, false);
  }

  /** A placeholder for an argument or a captured tensor. */
  addInput(dtype: TfDType | null, shape: SymbolicShape, name: string): SymbolicTensor {
    const operation = this.addNode({
      op: 'Placeholder',
      name,
      attr: { dtype: attr.type(dtype), shape: attr.shape(shape) },
      outputs: [{ dtype, shape }],
    });
    return operation.outputs[0] as SymbolicTensor;
  }

  /** The tensor of this graph for one from outside; one of its own is itself. */
  capture(value: Tensor): SymbolicTensor {
    if (value instanceof SymbolicTensor) {
      if (value.graph === this) return value;
      throw new ValueError(
        `'${value.name}' is an element of another graph; a traced function can't read it.`,
        'Pass its value as an argument.',
      );
    }
    let input = this.captures.get(value);
    if (input === undefined) {
      input = this.addInput(value.dtype, value.shape, 'capture');
      this.captures.set(value, input);
    }
    return input;
  }
}
