/**
 * jax-js: arrays on cpu, wasm and webgpu, and the tracers of its transformations. Nothing of jax-js is called: reading
 * takes no reference and runs no kernel. Its state is in private fields, which the inspector looks up for us.
 */
import { adviceOf, type Advice } from '../../protocol/errors.ts';
import {
  nameStandIn,
  type DType,
  type RuntimeDescription,
  type TensorAccess,
  type TensorState,
  type TensorWarning,
} from '../../protocol/tensor.ts';
import { itemSize } from '../../tensor/dtypes.ts';
import { adviceToEvaluate } from '../../tensor/evaluateHelp.ts';
import { rowMajorStrides, sizeOf } from '../../tensor/shape.ts';
import { classNameOf } from '../safely.ts';
import type { Described, NoSource, Source, StopContext } from '../source.ts';
import { backendDevice, backendType, deviceOf, kernelsToRun, storageOf, type Storage } from './jax/backends.ts';
import { expressionOf, inlineElements, isConstant, isExact, notRealised } from './jax/expression.ts';
import {
  arrayFields,
  isJaxDType,
  jaxValue,
  knownVersions,
  type ArrayFields,
  type Aval,
  type JaxValue,
} from './jax/fields.ts';
import { makeArray } from './jax/make.ts';
import { isSaidUnderneath, tracerReason, underneath, type TracerValue } from './jax/tracers.ts';
import { placeOf, viewsOf, type View } from './jax/views.ts';
import type { Reader } from './reader.ts';

/** The backends whose arrays were met, by their type. They are the program's, and not kept from being collected. */
const met = new Map<string, WeakRef<object>>();
/** A tracer without a value tells of no backend, but of jax-js. */
let isMet = false;

/** bool is kept as int32. */
function storedDType(dtype: DType): DType {
  return dtype === 'bool' ? 'int32' : dtype;
}

function none(code: NoSource['code'], reason: string, advice: string | Advice): NoSource {
  return { how: 'none', code, reason, ...(typeof advice === 'string' ? { help: advice } : advice) };
}

const consumed = none(
  'disposed',
  'The array is gone: the program used its last reference. Every function of jax-js that takes an array takes a reference with it.',
  `Write \`${nameStandIn}.ref\` wherever it is needed again later.`,
);

const unknownInternals = none(
  'not-readable',
  `The state of this array is not where jax-js ${knownVersions} keeps it.`,
  `Read it in the program with \`await ${nameStandIn}.ref.data()\`, and report the version of jax-js.`,
);

const stillComputedHelp = `Stop after \`await ${nameStandIn}.blockUntilReady()\`.`;

const tracedAdvice = adviceToEvaluate(
  (how) =>
    `Evaluate it here (${how}): that runs its kernels, and for the program it stays as lazy as it was. Or look at what the transformed function returns.`,
);

/** A tracer has no `blockUntilReady()`, and the function that is traced can't await anything. */
function forTracer<Advised extends Partial<Advice>>(advised: Advised): Advised {
  const isForArrays = advised.help === notRealised.help || advised.help === stillComputedHelp;
  return isForArrays ? { ...advised, ...tracedAdvice } : advised;
}

/** Whether the last and the first element of the only view are within the storage. */
function isWithin({ shape, strides, offset }: View, elements: number): boolean {
  if (shape.includes(0)) return true;
  let [low, high] = [offset, offset];
  shape.forEach((count, axis) => {
    const reach = (count - 1) * strides[axis]!;
    if (reach < 0) low += reach;
    else high += reach;
  });
  return low >= 0 && high < elements;
}

function expressionSource({ dtype, source, backend }: ArrayFields, views: View[]): Source {
  const { shape } = views.at(-1)!;
  const size = sizeOf(shape);
  const inKernel = backendType(backend) !== 'cpu' && size >= inlineElements;
  const expression = expressionOf(source as object, inKernel);
  const place = placeOf(views);
  if (!expression || !isExact((flat) => (size === 0 ? 0 : expression(Math.max(0, place(flat)))), samples(size))) {
    return none(
      'pending',
      'jax-js is lazy: this array is an expression, and has no values before a kernel computes them.',
      notRealised,
    );
  }
  return { how: 'computed', dtype, shape, place, base: expression };
}

/** Where an expression is tried out: both ends and the middle. */
function samples(size: number): number[] {
  return size === 0 ? [] : [0, 1, size >> 1, size - 1].filter((flat) => flat < size);
}

function storedSource(storage: Exclude<Storage, { how: 'pending' }>, dtype: DType, views: View[]): Source {
  const stored = storedDType(dtype);
  const [view] = views;
  const elements = (storage.how === 'host' ? storage.bytes.byteLength : Infinity) / itemSize(stored);
  const { shape, strides, offset } = view!;
  const isStrided = views.length === 1 && !view!.mask;
  if (isStrided && !isWithin(view!, elements)) return unknownInternals;
  const layout = isStrided
    ? { dtype: stored, shape, strides, offset }
    : { dtype: stored, shape: [Number.isFinite(elements) ? elements : 0], strides: [1], offset: 0 };
  const base: Source =
    storage.how === 'host'
      ? { how: 'host', bytes: storage.bytes, layout }
      : { how: 'webgpu', devices: [storage.device], buffer: storage.buffer, byteOffset: 0, layout };
  return isStrided ? base : { how: 'computed', dtype, shape: views.at(-1)!.shape, place: placeOf(views), base };
}

function arraySource(fields: ArrayFields, stop: StopContext): Source {
  const { dtype, source, backend, kernels } = fields;
  if (fields.references <= 0) return consumed;
  const views = viewsOf(fields.views);
  if (!views) return unknownInternals;
  if (typeof source !== 'number') return expressionSource(fields, views);
  const { shape } = views.at(-1)!;
  const waiting = kernelsToRun(kernels).length;
  if (waiting > 0) {
    const many = waiting === 1 ? 'one kernel has' : `${waiting} kernels have`;
    return none('pending', `jax-js is lazy: ${many} to run before this array has values.`, notRealised);
  }
  if (stop.isExecuting(backend)) {
    return none(
      'pending',
      `The program stopped inside the ${backendType(backend)} backend of jax-js, while it runs a kernel.`,
      'Step out of jax-js, or stop at a line of your own; the array can be read there.',
    );
  }
  if (sizeOf(shape) === 0) {
    const layout = { dtype: storedDType(dtype), shape, strides: rowMajorStrides(shape), offset: 0 };
    return { how: 'host', bytes: new Uint8Array(0), layout };
  }
  const storage = storageOf(backend, source, stop);
  if (!storage) {
    const isKnown = ['cpu', 'wasm', 'webgpu'].includes(backendType(backend));
    if (isKnown) return unknownInternals;
    const reason = `Arrays of the jax-js device "${backendType(backend)}" can't be read at a breakpoint.`;
    return none('not-readable', reason, 'Use the device webgpu, wasm or cpu while debugging: defaultDevice("wasm").');
  }
  if (storage.how === 'pending') {
    return none(
      'pending',
      'Workers of jax-js are still computing this array, and nothing can wait for them while the program stands still.',
      stillComputedHelp,
    );
  }
  return storedSource(storage, dtype, views);
}

function noValue(value: JaxValue): NoSource {
  const where = value.is === 'jit' ? 'jit or makeJaxpr' : 'linearize, vjp or grad';
  return none(
    'not-readable',
    `It is a tracer: inside ${where} a function runs once to record its operations, with a dtype and a shape, and no values.`,
    value.is === 'jit'
      ? 'Look at what the jitted function takes and returns, or call the function without jit while debugging.'
      : 'It stands for a derivative that is computed later: look at the result of the gradient function.',
  );
}

function sourceOf(object: object, stop: StopContext): Source {
  const value = jaxValue(object);
  if (value?.is === 'array') {
    const fields = arrayFields(object, stop);
    return fields ? arraySource(fields, stop) : unknownInternals;
  }
  const inner = value && underneath(value);
  if (!inner) return value ? noValue(value) : unknownInternals;
  const source = sourceOf(inner, stop);
  return source.how === 'none' ? forTracer(source) : source;
}

function accessOf(source: Source, fields: ArrayFields): TensorAccess {
  switch (source.how) {
    case 'none':
      return { how: 'none', reason: source.reason, ...adviceOf(source) };
    case 'webgpu':
      return { how: 'copy', reason: 'It lives on the device; the copy takes no reference, which data() would.' };
    case 'computed':
      if (typeof source.base === 'function') {
        return {
          how: 'view',
          reason:
            'jax-js keeps no values of it, but an expression of the index; it was computed here, and no kernel ran.',
        };
      }
      return source.base.how === 'webgpu'
        ? {
            how: 'copy',
            reason: 'It is a view of device memory through a mask or several reshapes; what it spans is copied.',
          }
        : { how: 'view', reason: 'It is a view of host memory through a mask or several reshapes.' };
    default:
      return {
        how: 'view',
        reason:
          backendType(fields.backend) === 'wasm'
            ? 'It lives in the WebAssembly memory of jax-js; data() would copy it, and take a reference.'
            : 'It is host memory of jax-js; data() would copy it, and take a reference.',
      };
  }
}

function warningsOf({ references }: ArrayFields, source: Source): TensorWarning[] {
  if (source.how === 'none' && source.code === 'disposed') {
    return [{ code: 'disposed', message: source.reason, ...adviceOf(source) }];
  }
  if (references !== 1) return [];
  return [
    {
      code: 'consumes-reference',
      message:
        'The program holds one reference: reading it with data(), js() or item(), or passing it on, would free it.',
      help: `Write \`await ${nameStandIn}.ref.data()\` where it is needed again. Looking at it here takes no reference.`,
    },
  ];
}

function describeArray(fields: ArrayFields, stop: StopContext): Described {
  const { dtype, backend } = fields;
  const source = arraySource(fields, stop);
  const views = viewsOf(fields.views);
  const shape = [...(views?.at(-1)?.shape ?? [])];
  const isSame = typeof fields.source === 'object' && isConstant(fields.source);
  // Of an expression the strides count the elements that it would have.
  const isPlainView = views?.length === 1 && views[0]!.mask === null;
  const device = deviceOf(backend);
  met.set(backendType(backend), new WeakRef(backend));
  const state: TensorState =
    source.how !== 'none'
      ? 'live'
      : source.code === 'disposed'
        ? 'consumed'
        : source.code === 'pending'
          ? 'pending'
          : 'live';
  const isStrided = source.how === 'host' || source.how === 'webgpu';
  const isExpression = typeof fields.source !== 'number';
  return {
    runtime: 'jax-js',
    kind: 'eager',
    className: 'Array',
    dtype,
    shape,
    ...(isStrided && { strides: [...source.layout.strides], offset: source.layout.offset }),
    ...(isPlainView && !isStrided && { strides: isSame ? shape.map(() => 0) : [...views[0]!.strides] }),
    layout: isStrided ? 'strided' : 'computed',
    byteLength: sizeOf(shape) * itemSize(dtype),
    ...(storedDType(dtype) !== dtype && { storedByteLength: sizeOf(shape) * itemSize(storedDType(dtype)) }),
    device,
    location: device.type === 'webgpu' && !isExpression ? 'device' : 'host',
    state,
    access: accessOf(source, fields),
    warnings: warningsOf(fields, source),
  };
}

function describeUnknown(object: object, { dtype, shape }: Partial<Aval>): Described {
  const { reason, help } = unknownInternals;
  return {
    runtime: 'jax-js',
    kind: 'eager',
    className: classNameOf(object) || 'Array',
    dtype: dtype ?? 'unknown',
    shape: shape ? [...shape] : [],
    ...(!shape && { unknownRank: true as const }),
    byteLength: shape && dtype ? sizeOf(shape) * itemSize(dtype) : 0,
    device: { type: 'unknown' },
    location: 'host',
    state: 'live',
    access: { how: 'none', reason, help },
    warnings: [],
  };
}

/** What the public getters say: `dtype`, `shape` and `aval` have no effect, in every version. */
function publicAval(object: object): Partial<Aval> {
  const { dtype, shape } = object as { dtype?: unknown; shape?: unknown };
  return {
    ...(isJaxDType(dtype) && { dtype }),
    ...(Array.isArray(shape) && shape.every((count) => Number.isSafeInteger(count)) && { shape: shape as number[] }),
  };
}

function describeTracer(object: object, value: TracerValue, stop: StopContext): Described {
  const inner = underneath(value);
  const className = classNameOf(object) || 'Tracer';
  if (inner && value.is !== 'jit') {
    const described = describe(inner, stop);
    const { access } = described;
    const hasValue = described.kind !== 'symbolic';
    const reasons = [isSaidUnderneath(value) ? undefined : tracerReason(value, hasValue), access.reason];
    return {
      ...described,
      kind: hasValue ? 'tracer' : 'symbolic',
      className,
      ...(value.is !== 'vmap' && { gradient: true }),
      access: { ...forTracer(access), reason: reasons.filter(Boolean).join(' ') },
      warnings: described.warnings.filter(({ code }) => code !== 'consumes-reference'),
    };
  }
  const { reason, help } = noValue(value);
  const aval = value.is === 'jit' || value.is === 'linearize' ? value.aval : undefined;
  if (value.is === 'jit') stop.once('jax.jit', () => true);
  return {
    runtime: 'jax-js',
    kind: 'symbolic',
    className,
    dtype: aval?.dtype ?? 'unknown',
    shape: [...(aval?.shape ?? [])],
    ...(!aval && { unknownRank: true as const }),
    byteLength: 0,
    device: { type: 'unknown' },
    location: 'host',
    state: 'uninitialised',
    access: { how: 'none', reason, help },
    ...(value.is === 'linearize' && { gradient: true }),
    warnings: [{ code: 'symbolic-no-value', message: reason, help }],
  };
}

function describe(object: object, stop: StopContext): Described {
  isMet = true;
  const value = jaxValue(object);
  if (value && value.is !== 'array') return describeTracer(object, value, stop);
  const fields = arrayFields(object, stop);
  return fields ? describeArray(fields, stop) : describeUnknown(object, fields === null ? publicAval(object) : {});
}

/** Whether an array has no values yet, though nothing but running it stands in the way. */
export function isPending(array: object, stop: StopContext): boolean {
  const fields = arrayFields(array, stop);
  if (!fields || stop.isExecuting(fields.backend)) return false;
  const source = arraySource(fields, stop);
  return source.how === 'none' && source.code === 'pending';
}

export const jaxReader: Reader = {
  claims: (value) => jaxValue(value) !== undefined,
  describe,
  source: sourceOf,
  make: makeArray,

  runtimes(stop): RuntimeDescription[] {
    const mode = stop.once('jax.jit', () => false) ? 'graph' : 'eager';
    const backends = [...met].flatMap(([backend, reference]) => {
      const object = reference.deref();
      return object ? [{ backend, device: deviceOf(object) }] : [];
    });
    if (backends.length === 0) return isMet ? [{ name: 'jax-js', mode }] : [];
    return backends.map((each) => ({ name: 'jax-js', ...each, mode }));
  },

  devices(): GPUDevice[] {
    const backend = met.get('webgpu')?.deref();
    const device = backend && backendDevice(backend);
    return device ? [device] : [];
  },
};
