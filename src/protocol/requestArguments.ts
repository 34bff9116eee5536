/** What the arguments of the custom requests must be, beside what `requests.ts` says that they mean. */
import {
  array,
  boolean,
  integer,
  integerUpTo,
  nonEmptyString,
  nonNegativeInteger,
  nonNegativeNumber,
  object,
  oneOf,
  optional,
  refine,
  strictObject,
  string,
  union,
  type Check,
  type Fields,
} from './checks.ts';
import type { Tolerance } from './comparison.ts';
import type { ExportEncoding, GraphFeed, TensorReference, TensorRequests, TrackRequests } from './requests.ts';

/** Every bin is a number of the answer; on a WebGPU device, where they are counted in shared memory, there are at most 256. */
const maxBins = 65_536;

const inFrame = { expression: nonEmptyString, frameId: optional(integer) };
const byName = {
  id: object<{ id: string }>({ id: string }),
  expression: object<{ expression: string; frameId?: number }>(inFrame),
};
const byFile = { file: object<{ file: string }>({ file: nonEmptyString }) };

const reference = union<TensorReference>('an object with an "expression" or an "id"', byName);
const referenceOrFile = union<TensorReference | { file: string }>(
  'an object with an "expression", an "id" or a "file"',
  {
    ...byFile,
    ...byName,
  },
);

const tolerance = strictObject<Partial<Tolerance>>({
  rtol: optional(nonNegativeNumber),
  atol: optional(nonNegativeNumber),
  equalNan: optional(boolean),
});
const encoding = strictObject<ExportEncoding>({
  compress: optional(boolean),
  bfloat16: optional(oneOf('ml_dtypes', 'float32')),
  fortranOrder: optional(boolean),
  colormap: optional(oneOf('gray', 'viridis')),
});

type Requests = TensorRequests & TrackRequests;

const fields: { [Name in keyof Requests]: Fields<Requests[Name]['arguments']> } = {
  'tensor/list': { frameId: integer, within: optional(nonEmptyString) },
  'tensor/describe': { tensor: reference },
  'tensor/read': {
    tensor: reference,
    slice: optional(string),
    encoding: optional(oneOf('json', 'bytes')),
    dtype: optional(string),
    shape: optional(array(nonNegativeInteger)),
  },
  'tensor/preview': { tensors: array(reference) },
  'tensor/stats': { tensor: reference, dtype: optional(string), bins: optional(integerUpTo(maxBins)) },
  'tensor/find': { tensor: reference, from: integer, direction: oneOf('next', 'previous') },
  'tensor/export': {
    tensors: array(object({ name: string, tensor: reference, slice: optional(string) })),
    file: nonEmptyString,
    force: optional(boolean),
    encoding: optional(encoding),
    loss: optional(oneOf('warn', 'refuse', 'refuse-strings')),
  },
  'tensor/graphInputs': { tensor: reference },
  'tensor/evaluateGraph': {
    tensor: reference,
    feeds: optional(array(object<GraphFeed>({ name: string, value: referenceOrFile }))),
    stopWhenEvaluated: optional(boolean),
  },
  'tensor/assign': { ...inFrame, file: nonEmptyString },
  'tensor/budget': { bytes: nonNegativeNumber, ms: nonNegativeNumber },
  'tensor/compare': { a: reference, b: referenceOrFile, tolerance: optional(tolerance) },
  'tensor/compareBackends': { ...inFrame, tolerance: optional(tolerance) },
  'tensor/differences': { a: reference, b: referenceOrFile, slice: optional(string) },
  'tensor/breakOnNotFinite': { mode: oneOf('off', 'precise', 'deferred'), nanOnly: optional(boolean) },
  'tensor/copies': {},
  'tensor/track': {
    source: object({ path: nonEmptyString }),
    line: nonNegativeInteger,
    expression: nonEmptyString,
    id: optional(string),
    stopAt: optional(nonNegativeInteger),
  },
  'tensor/untrack': { id: string },
};

const checks = Object.fromEntries(
  Object.entries(fields).map(([name, ofRequest]) => [name, object<object>(ofRequest)]),
) as Record<keyof Requests, Check<object>>;

export const requestArguments: Record<keyof Requests, Check<object>> = {
  ...checks,
  'tensor/read': refine<Requests['tensor/read']['arguments']>(
    object(fields['tensor/read']),
    'dtype',
    ({ dtype, shape }) => dtype !== undefined || shape === undefined,
    'as what the bytes are read that get a "shape"',
  ),
};
