/**
 * The JSON document: a contract with other people's scripts, described by `schema/inspect.schema.json`. Every field is
 * always there; what does not apply is null or an empty list.
 */
import type { AssignedTensor, Copies, CopySite, ExportedFile } from '../protocol/requests.ts';
import type {
  CopyCost,
  DType,
  JsonElement,
  JsonValues,
  RuntimeDescription,
  TensorDescriptor,
  TensorStatistics,
} from '../protocol/tensor.ts';
import { helpHere } from './helpHere.ts';
import { jsonElement } from '../tensor/jsonValue.ts';

export const exitStatus = {
  read: 0,
  endedBeforeStop: 1,
  usage: 2,
  notStartedOrCrashed: 3,
  notReadOrWritten: 4,
  timedOut: 5,
} as const;
export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

export interface DocumentRuntime {
  name: string;
  version: string | null;
  backend: string | null;
  mode: string;
}

export interface DocumentStop {
  file: string;
  line: number;
  function: string;
  reason: string;
  hit: number;
}

export interface DocumentCost {
  bytes: number;
  queueMs: number;
  transferMs: number;
  readbacks: number;
  wholeBytes: number;
  wholeMsEstimate: number;
}

export interface DocumentStatistics {
  count: number;
  min: JsonElement;
  max: JsonElement;
  mean: JsonElement;
  std: JsonElement;
  zeros: number;
  nan: number;
  posInf: number;
  negInf: number;
  where: 'device' | 'host';
}

export interface DocumentTensor {
  expression: string;
  /** Null for an expression of the user's. */
  scope: string | null;
  /** From here to `access`, null if the expression gave no tensor. */
  runtime: string | null;
  kind: string | null;
  dtype: DType | null;
  shape: (number | null)[] | null;
  byteLength: number | null;
  device: { type: string; name: string | null } | null;
  location: string | null;
  state: string | null;
  access: { how: string; reason: string | null } | null;
  slice: string | null;
  values: JsonValues;
  error: string | null;
  cost: DocumentCost | null;
  stats: DocumentStatistics | null;
  warnings: { code: string; message: string; help: string | null }[];
}

export interface DocumentWarning {
  code: string;
  message: string;
  help: string | null;
  file: string | null;
  line: number | null;
}

/** A tensor that the file's values were put into, or that took the place of another. */
export interface DocumentAssignment {
  expression: string;
  file: string;
  dtype: DType;
  shape: (number | null)[];
  device: { type: string; name: string | null };
  isNew: boolean;
  message: string;
}

export interface InspectDocument {
  schema: 1;
  runtimes: DocumentRuntime[];
  stop: DocumentStop | null;
  /** Only where `--assign` was given. */
  assignments?: DocumentAssignment[];
  tensors: DocumentTensor[];
  exports: ExportedFile[];
  /** Of the program, and why a status other than 0 was given where no tensor tells it. */
  warnings: DocumentWarning[];
  copies: { since: string | null; sites: CopySite[] };
  program: { exitCode: number | null; signal: string | null };
}

export function emptyDocument(): InspectDocument {
  return {
    schema: 1,
    runtimes: [],
    stop: null,
    tensors: [],
    exports: [],
    warnings: [],
    copies: { since: null, sites: [] },
    program: { exitCode: null, signal: null },
  };
}

// Each field is copied by name: what the adapter adds for others must not leak into the contract.

export function documentRuntime({ name, version, backend, mode }: RuntimeDescription): DocumentRuntime {
  return { name, version: version ?? null, backend: backend ?? null, mode };
}

/** An expression that gave no tensor, or one that is about to be described. */
export function documentTensor(expression: string, scope: string | null): DocumentTensor {
  return {
    expression,
    scope,
    runtime: null,
    kind: null,
    dtype: null,
    shape: null,
    byteLength: null,
    device: null,
    location: null,
    state: null,
    access: null,
    slice: null,
    values: null,
    error: null,
    cost: null,
    stats: null,
    warnings: [],
  };
}

/** What describing a tensor tells; also what it tells anew after a read. */
export function describedFields(tensor: TensorDescriptor): Partial<DocumentTensor> {
  const { runtime, kind, dtype, shape, unknownRank, byteLength, device, location, state, access, warnings } = tensor;
  return {
    runtime,
    kind,
    dtype,
    // Not even the number of axes is known: then there is no shape.
    shape: unknownRank ? null : shape,
    byteLength,
    device: { type: device.type, name: device.name ?? null },
    location,
    state,
    access: { how: access.how, reason: access.reason ?? null },
    warnings: warnings.map((warning) => ({ code: warning.code, message: warning.message, help: helpHere(warning) })),
  };
}

export function documentCost(cost: CopyCost): DocumentCost {
  const { bytes, readbacks, wholeBytes } = cost;
  return {
    bytes,
    queueMs: toMicroseconds(cost.queueMs),
    transferMs: toMicroseconds(cost.transferMs),
    readbacks,
    wholeBytes,
    wholeMsEstimate: toMicroseconds(cost.wholeMsEstimate),
  };
}

/** No clock is finer; further digits are noise of binary fractions. */
function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

export function documentStatistics(stats: TensorStatistics, dtype: DType): DocumentStatistics {
  const { count, min, max, mean, std, zeros, nan, posInf, negInf, where } = stats;
  return {
    count,
    min: min === null ? null : jsonElement(min, dtype),
    max: max === null ? null : jsonElement(max, dtype),
    mean: mean === null ? null : jsonElement(mean, 'float64'),
    std: std === null ? null : jsonElement(std, 'float64'),
    zeros,
    nan,
    posInf,
    negInf,
    where,
  };
}

export function documentCopies({ since, sites }: Copies): InspectDocument['copies'] {
  return {
    since,
    sites: sites.map(({ file, line, call, count, bytes, ms }) => ({
      file,
      line,
      call,
      count,
      bytes,
      ms: toMicroseconds(ms),
    })),
  };
}

export function documentAssignment({ expression, file, tensor, isNew, message }: AssignedTensor): DocumentAssignment {
  const { dtype, shape, device } = tensor;
  return { expression, file, dtype, shape, device: { type: device.type, name: device.name ?? null }, isNew, message };
}

export function documentExport({ file, format, tensors, bytes }: ExportedFile): ExportedFile {
  return { file, format, tensors, bytes };
}
