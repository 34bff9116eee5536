/** What an evaluation gave: host memory that the agent holds until the program runs on. It is a tensor like any other. */
import { evaluatedReason } from '../../protocol/tensor.ts';
import { itemSize } from '../../tensor/dtypes.ts';
import { rowMajorStrides, sizeOf } from '../../tensor/shape.ts';
import type { Reader } from '../readers/reader.ts';
import type { Described, Source } from '../source.ts';
import type { HostTensor } from './engine.ts';

export interface EvaluationResult extends HostTensor {
  runtime: string;
  /** The graph's name of the tensor that was evaluated. */
  name: string;
  /** What was run for it. */
  note: string;
}

/** Reads results; it claims nothing, for no program has one. */
export const resultReader: Reader = {
  claims: () => false,

  describe(value): Described {
    const { dtype, shape, runtime, name, note, strings } = value as EvaluationResult;
    const count = sizeOf(shape);
    return {
      runtime,
      kind: 'array',
      className: 'Evaluated',
      label: name,
      dtype,
      shape: [...shape],
      strides: rowMajorStrides(shape),
      offset: 0,
      layout: 'strided',
      byteLength: strings ? 0 : count * itemSize(dtype),
      device: { type: 'cpu' },
      location: 'host',
      state: 'live',
      access: {
        how: 'view',
        reason: `${evaluatedReason} ${note} The value is kept on the host until the program runs on.`,
      },
      warnings: [],
    };
  },

  source(value): Source {
    const { dtype, shape, bytes, strings } = value as EvaluationResult;
    if (strings) return { how: 'strings', shape, values: strings };
    return { how: 'host', bytes, layout: { dtype, shape, strides: rowMajorStrides(shape), offset: 0 } };
  },
};
