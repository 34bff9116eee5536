/** What the arguments of the custom requests must be, beside what `requests.ts` says that they mean. */
import {
  amount,
  either,
  exactly,
  index,
  indexUpTo,
  integer,
  list,
  object,
  oneOf,
  optional,
  text,
  truth,
  where,
  words,
  type Fields,
  type Mandatory,
} from './checks.ts';
import type { Tolerance } from './comparison.ts';
import type {
  ComparedReference,
  ExportEncoding,
  GraphFeed,
  TensorReference,
  TensorRequests,
  TrackRequests,
} from './requests.ts';

/** Every bin is a number of the answer; on a WebGPU device, where they are counted in shared memory, there are at most 256. */
const maxBins = 65_536;

const ofExpression = object<{ expression: string; frameId?: number }>({
  expression: words,
  frameId: optional(integer),
});
const ofId = object<{ id: string }>({ id: text });
const ofFile = object<{ file: string }>({ file: words });

const reference = either<TensorReference>('an object with an "expression" or an "id"', {
  id: ofId,
  expression: ofExpression,
});

const compared = either<ComparedReference>('an object with an "expression", an "id", a "file" or "kept"', {
  file: ofFile,
  kept: object<{ kept: true }>({ kept: oneOf(true) }),
  id: ofId,
  expression: ofExpression,
});

const fed = either<GraphFeed['value']>('an object with an "expression", an "id" or a "file"', {
  file: ofFile,
  id: ofId,
  expression: ofExpression,
});

const tolerance = exactly<Partial<Tolerance>>({
  rtol: optional(amount),
  atol: optional(amount),
  equalNan: optional(truth),
});

const encoding = exactly<ExportEncoding>({
  compress: optional(truth),
  bfloat16: optional(oneOf('ml_dtypes', 'float32')),
  fortranOrder: optional(truth),
  colours: optional(oneOf('grey', 'viridis')),
});

type Requests = TensorRequests & TrackRequests;

const of = <Name extends keyof Requests>(fields: Fields<Requests[Name]['arguments']>) =>
  object<Requests[Name]['arguments']>(fields);

export const requestArguments: { [Name in keyof Requests]: Mandatory<Requests[Name]['arguments']> } = {
  'tensor/list': of<'tensor/list'>({ frameId: integer }),
  'tensor/describe': of<'tensor/describe'>({ tensor: reference }),
  'tensor/read': where(
    of<'tensor/read'>({
      tensor: reference,
      slice: optional(text),
      encoding: optional(oneOf('json', 'bytes')),
      dtype: optional(text),
      shape: optional(list(index)),
    }),
    'dtype',
    ({ dtype, shape }) => dtype !== undefined || shape === undefined,
    'as what the bytes are read that get a "shape"',
  ),
  'tensor/preview': of<'tensor/preview'>({ tensors: list(reference) }),
  'tensor/stats': of<'tensor/stats'>({ tensor: reference, dtype: optional(text), bins: optional(indexUpTo(maxBins)) }),
  'tensor/find': of<'tensor/find'>({ tensor: reference, from: integer, direction: oneOf('next', 'previous') }),
  'tensor/export': of<'tensor/export'>({
    tensors: list(
      object<Requests['tensor/export']['arguments']['tensors'][number]>({
        name: text,
        tensor: reference,
        slice: optional(text),
      }),
    ),
    file: words,
    force: optional(truth),
    encoding: optional(encoding),
    loss: optional(oneOf('warn', 'refuse')),
  }),
  'tensor/graphInputs': of<'tensor/graphInputs'>({ tensor: reference }),
  'tensor/evaluateGraph': of<'tensor/evaluateGraph'>({
    tensor: reference,
    feeds: optional(list(object<GraphFeed>({ name: text, value: fed }))),
    stopWhenEvaluated: optional(truth),
  }),
  'tensor/assign': of<'tensor/assign'>({ expression: words, frameId: optional(integer), file: words }),
  'tensor/budget': of<'tensor/budget'>({ bytes: amount, ms: amount }),
  'tensor/compare': of<'tensor/compare'>({ a: reference, b: compared, tolerance: optional(tolerance) }),
  'tensor/compareBackends': of<'tensor/compareBackends'>({
    expression: words,
    frameId: optional(integer),
    tolerance: optional(tolerance),
  }),
  'tensor/differences': of<'tensor/differences'>({ a: reference, b: compared, slice: optional(text) }),
  'tensor/keep': of<'tensor/keep'>({ tensor: ofExpression }),
  'tensor/breakOnNotFinite': of<'tensor/breakOnNotFinite'>({
    mode: oneOf('off', 'precise', 'deferred'),
    nanOnly: optional(truth),
  }),
  'tensor/copies': of<'tensor/copies'>({}),
  'tensor/track': of<'tensor/track'>({
    source: object<{ path: string }>({ path: words }),
    line: index,
    expression: words,
    id: optional(text),
    stopAt: optional(index),
  }),
  'tensor/untrack': of<'tensor/untrack'>({ id: text }),
};
