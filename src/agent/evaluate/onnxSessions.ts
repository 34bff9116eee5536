/**
 * Sessions of ONNX Runtime. Of `onnxruntime-node`, `session.run` wraps a synchronous native one in a promise and a
 * `setImmediate`; the object that has it is kept in a WeakMap of the module, which the debugger finds in the closure of the
 * handler's `run` (1.14 to 1.30), or in a private field. `onnxruntime-web` computes asynchronously: its value comes later.
 */
import { TensorError } from '../../protocol/errors.ts';
import type { DType, GraphInput } from '../../protocol/tensor.ts';
import { sizeOf } from '../../tensor/shape.ts';
import {
  dataValue,
  isInspectable,
  objectsIn,
  ownValue,
  platformValue,
  runtimeMethod,
  textOf,
  util,
} from '../safely.ts';
import { sessionKind, valueFields } from '../readers/onnxruntime/sessions.ts';
import type { Evaluable, EvaluationContext, GraphEngine, HostTensor, LaterValue } from './engine.ts';

interface NativeSession {
  run(
    feeds: Record<string, object>,
    fetches: Record<string, null>,
    options: Record<string, never>,
  ): Record<string, object>;
}

interface Session {
  handler: object;
  kind: 'node' | 'web';
  /** The expression that reads it; undefined where it is not in sight, or nobody has looked yet. */
  expression: string | undefined;
}

type TypedArrayClass = new (buffer: ArrayBuffer) => ArrayBufferView;

/** How a feed's values are handed over; float16 as its bits, which every version takes. */
const storageClasses: Partial<Record<DType, TypedArrayClass>> = {
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};

function sessionOf(container: object, context: EvaluationContext): Session | undefined {
  const kind = sessionKind(container);
  const expression = context.nameOf(container);
  return kind && { handler: ownValue(container, 'handler') as object, kind, expression };
}

function metadata({ handler }: Session, key: 'inputMetadata' | 'outputMetadata'): object[] {
  return objectsIn(handler, key);
}

function inputsOf(session: Session): GraphInput[] {
  return metadata(session, 'inputMetadata').flatMap((value) => {
    const fields = valueFields(value);
    return fields ? [{ name: fields.name, dtype: fields.dtype, shape: fields.shape }] : [];
  });
}

/** @throws TensorError `no-graph` until the debugger has looked into the closure */
function nativeSession({ handler }: Session, { closureVariables, stop }: EvaluationContext): NativeSession {
  const run = dataValue(handler, 'run');
  const known = isInspectable(run) ? closureVariables(run, /inferenceSession/i) : undefined;
  if (known === undefined) {
    throw new TensorError({ code: 'no-graph', message: 'The native session has to be looked up first.' });
  }
  const candidates: unknown[] = known.map((value) =>
    util.types.isWeakMap(value) ? (WeakMap.prototype.get.call(value, handler) as unknown) : value,
  );
  candidates.push(...Object.values(stop.privateFields(handler) ?? {}));
  const native = candidates.find((value) => isInspectable(value) && typeof dataValue(value, 'run') === 'function');
  if (native) return native as NativeSession;
  throw new TensorError({
    code: 'not-available',
    message: 'The native session of onnxruntime-node is not where 1.14 to 1.30 keep it.',
    help: 'Call `await session.run(feeds)` in the program, and report the version of ONNX Runtime.',
  });
}

function fedTensor({ dtype, shape, bytes, strings }: HostTensor): object {
  const Storage = storageClasses[dtype];
  if (!strings && !Storage) {
    throw new TensorError({
      code: 'invalid-feed',
      message: `ONNX Runtime can't be fed ${dtype} here.`,
      help: 'Feed the input with another dtype, or run the session in the program.',
    });
  }
  const data = strings ? [...strings] : new Storage!(bytes.slice().buffer);
  const size = sizeOf(shape);
  return { type: dtype, dims: [...shape], size, location: 'cpu', data, cpuData: data, dataLocation: 'cpu' };
}

function fedTensors(feeds: ReadonlyMap<string, HostTensor>): Record<string, object> {
  return Object.fromEntries([...feeds].map(([input, value]) => [input, fedTensor(value)]));
}

/**
 * A session of onnxruntime-web. On the cpu its run takes microtasks only, so no run of the program gets in between: two at
 * once would overwrite each other's arguments. On WebGPU it takes longer, and a session says nothing of where it runs.
 */
function runLater({ handler }: Session, name: string, feeds: ReadonlyMap<string, HostTensor>): LaterValue {
  const navigator = platformValue(globalThis, 'navigator');
  if (isInspectable(navigator) && platformValue(navigator, 'gpu') !== undefined) {
    throw new TensorError({
      code: 'not-available',
      message: `onnxruntime-web computes ${name} asynchronously, maybe on WebGPU, which this program has: a run of ours could meet one of the program's there, and break it.`,
      help: `Let the program compute it: const { ${name} } = await session.run(feeds), and stop behind that.`,
    });
  }
  const fed = fedTensors(feeds);
  return {
    reason: `onnxruntime-web computes ${name} asynchronously only.`,
    async start({ read }) {
      const run = runtimeMethod(handler, 'run');
      if (!run) {
        throw new TensorError({
          code: 'not-available',
          message: 'The session of onnxruntime-web has no handler.run, where 1.14 to 1.30 have it.',
          help: 'Call `await session.run(feeds)` in the program, and report the version of ONNX Runtime.',
        });
      }
      const results = (await run.call(handler, fed, { [name]: null }, {})) as Record<string, object>;
      const result = results[name];
      if (!isInspectable(result)) throw new Error(`the session gave no ${name}`);
      return read(result);
    },
  };
}

function evaluable(session: Session, name: string, context: EvaluationContext): Evaluable {
  const inputs = inputsOf(session);
  return {
    name,
    inputs: () => inputs,
    missing: (fed) => inputs.filter((input) => !fed.has(input.name)),
    input: (asked) => inputs.find((input) => input.name === asked),
    run(feeds) {
      if (session.kind === 'web') return runLater(session, name, feeds);
      const native = nativeSession(session, context);
      const result = native.run(fedTensors(feeds), { [name]: null }, {})[name];
      if (!isInspectable(result)) throw new Error(`the session gave no ${name}`);
      return context.read(result);
    },
  };
}

function openOutput(session: Session, value: object, context: EvaluationContext): Evaluable {
  const name = valueFields(value)!.name;
  if (metadata(session, 'outputMetadata').includes(value)) return evaluable(session, name, context);
  throw new TensorError({
    code: 'invalid-argument',
    message: `${name} is an input of the session: its value is what it is fed.`,
    help: `Evaluate one of the outputs: ${firstOutput(session)}.`,
  });
}

function firstOutput({ expression }: Session): string {
  return expression === undefined ? 'outputMetadata[0] of the session' : `${expression}.outputMetadata[0]`;
}

/**
 * A session that was named as a whole stands for its only output.
 * @throws TensorError `no-graph` until the debugger has looked for what the program calls the session
 */
function onlyOutput(session: Session, context: EvaluationContext): Evaluable {
  const outputs = metadata(session, 'outputMetadata');
  const [first, second] = outputs;
  if (first && !second) return openOutput(session, first, context);
  throw new TensorError({
    code: session.expression === undefined ? 'no-graph' : 'invalid-argument',
    message: first
      ? `The session has ${outputs.length} outputs: ${outputs.map((value) => textOf(value, 'name')).join(', ')}.`
      : 'This version of ONNX Runtime does not say what its sessions give; 1.21 and later do.',
    help: first ? `Name one of them: ${firstOutput(session)}.` : 'Run the session in the program.',
  });
}

export const onnxSessions: GraphEngine = {
  runtime: 'onnxruntime',

  owns: (container) => sessionKind(container) !== undefined,

  open(value, context): Evaluable | undefined {
    const whole = sessionOf(value, context);
    if (whole) return onlyOutput(whole, context);
    if (!valueFields(value)) return undefined;
    const sessions = context.owners().flatMap((owner) => sessionOf(owner, context) ?? []);
    const found = sessions.find((session) =>
      [...metadata(session, 'inputMetadata'), ...metadata(session, 'outputMetadata')].includes(value),
    );
    if (found) return openOutput(found, value, context);
    throw new TensorError({
      code: 'no-graph',
      message: `The session that ${valueFields(value)!.name} belongs to is in no variable of the stopped functions.`,
      help: 'Stop where the session is in a variable of a function on the stack, or in one of its objects.',
    });
  },
};
