/**
 * The one place that reaches TensorFlow.js: its core and its graph executor, from the program's own installation. They
 * are imported dynamically so that a missing installation is an explained error, not a resolver's message.
 */
import type * as Core from '@tensorflow/tfjs-core';
import type * as Converter from '@tensorflow/tfjs-converter';
import { AttributeError, InstallationError, TensorTypeError, UnimplementedError } from './errors.ts';

export type TfTensor = Core.Tensor;
export type TfDType = keyof Core.DataTypeMap;

async function load<T>(name: string, importModule: () => Promise<T>): Promise<T> {
  try {
    return await importModule();
  } catch (error) {
    throw new InstallationError(
      `tensor-debugger/runtime needs TensorFlow.js, but ${name} could not be loaded.`,
      'Install it next to tensor-debugger: npm install @tensorflow/tfjs\n' +
        'With a package manager that hides what a package brings (pnpm, Yarn PnP), name the parts: ' +
        '@tensorflow/tfjs-core @tensorflow/tfjs-converter @tensorflow/tfjs-backend-cpu.',
      { cause: error },
    );
  }
}

export const core: typeof Core = await load('@tensorflow/tfjs-core', () => import('@tensorflow/tfjs-core'));
export const converter: typeof Converter = await load(
  '@tensorflow/tfjs-converter',
  () => import('@tensorflow/tfjs-converter'),
);

const knownBackends = ['webgpu', 'webgl', 'wasm', 'cpu', 'tensorflow'];

/** Whether a backend is registered under some name that TF.js's own packages use. */
function hasBackend(): boolean {
  return knownBackends.some((name) => core.findBackendFactory(name) !== null);
}

// Core alone has no kernels. A program that imports nothing of TF.js itself gets the plain ones.
if (!hasBackend()) {
  await import('@tensorflow/tfjs-backend-cpu').catch(() => undefined);
}

/**
 * Makes sure that some backend is there.
 * @throws InstallationError if TF.js has no backend, so no kernels at all
 */
export function requireBackend(): void {
  if (hasBackend() || core.engine().backendName) return;
  throw new InstallationError(
    'TensorFlow.js is installed without a backend: it has no kernels to run.',
    "Install and import one, for example: npm install @tensorflow/tfjs-backend-cpu, then import '@tensorflow/tfjs-backend-cpu'",
  );
}

interface EngineInternals {
  state?: { tensorInfo?: WeakMap<object, { backend?: object }> };
  registry?: Record<string, object>;
}

/** The name of the backend that holds a tensor's data; a program may have switched since the tensor was made. */
export function backendOf(tensor: TfTensor): string {
  const engine = core.engine() as unknown as EngineInternals;
  const backend = engine.state?.tensorInfo?.get(tensor.dataId)?.backend;
  const found = backend && Object.entries(engine.registry ?? {}).find(([, registered]) => registered === backend);
  return found ? found[0] : core.getBackend();
}

/** On these a running program can't wait for a value; everything else reads synchronously. */
export function isAsyncOnly(backend: string): boolean {
  return backend === 'webgpu';
}

export function isTfTensor(value: unknown): value is TfTensor {
  // TF.js's own `instanceof` looks at the methods, so it also takes the tensors of a second copy.
  return value instanceof core.Tensor;
}

/** Whether a tensor was made by another copy of TF.js: it looks like one, but is not of our copy's class. */
function isForeignTensor(value: unknown): boolean {
  return isTfTensor(value) && !Object.prototype.isPrototypeOf.call(core.Tensor.prototype, value);
}

/**
 * @throws InstallationError for a tensor whose data our copy of TF.js can't find
 */
export function assertKnown(tensor: TfTensor): void {
  const { tensorInfo } = (core.engine() as unknown as EngineInternals).state ?? {};
  if (!isForeignTensor(tensor) || tensor.isDisposed || tensorInfo === undefined || tensorInfo.has(tensor.dataId))
    return;
  throw new InstallationError(duplicateMessage, duplicateHelp);
}

const duplicateMessage =
  'This tensor belongs to another copy of TensorFlow.js than the one that tensor-debugger/runtime uses.';
const duplicateHelp =
  'Find the copies with: npm ls @tensorflow/tfjs-core\nKeep one: npm dedupe, or the same version in every package.json.';

const plainMessage = "'tf.Tensor' object has no attribute 'numpy': it is a plain TensorFlow.js tensor.";
const plainHelp =
  "Wrap it: convertToTensor(tensor).numpy(), from 'tensor-debugger/runtime'.\n" +
  'Or stay with TensorFlow.js: tensor.arraySync(), await tensor.array().';

/** Why a value of TF.js has no `numpy`, and what to do. */
export function explainPlainTensor(tensor: TfTensor): AttributeError {
  return isForeignTensor(tensor)
    ? new AttributeError(`'tf.Tensor' object has no attribute 'numpy'. ${duplicateMessage}`, duplicateHelp)
    : new AttributeError(plainMessage, plainHelp);
}

// "numpy is not a function" explains nothing. Should TF.js ever get a `numpy` of its own, that one stays.
if (!('numpy' in core.Tensor.prototype)) {
  Object.defineProperty(core.Tensor.prototype, 'numpy', {
    configurable: true,
    writable: true,
    enumerable: false,
    value: function numpy(this: TfTensor): never {
      throw explainPlainTensor(this);
    },
  });
}

const tfDTypes: readonly string[] = ['float32', 'int32', 'bool', 'complex64', 'string'] satisfies TfDType[];

const nearest: Record<string, string> = {
  float64: "'float32' (rounds to about 7 digits)",
  float16: "'float32' (holds every float16)",
  bfloat16: "'float32' (holds every bfloat16)",
  int64: "'int32' (up to 2147483647)",
  uint64: "'int32' (up to 2147483647)",
  uint32: "'int32' (up to 2147483647)",
  int8: "'int32' (holds every int8)",
  int16: "'int32' (holds every int16)",
  uint8: "'int32' (holds every uint8)",
  uint16: "'int32' (holds every uint16)",
  complex128: "'complex64'",
};

/**
 * Checks that TF.js has a dtype.
 * @throws UnimplementedError naming the nearest one that it has
 * @throws TensorTypeError for what is no dtype
 */
export function requireTfDType(dtype: string): TfDType {
  if (tfDTypes.includes(dtype)) return dtype as TfDType;
  const near = nearest[dtype];
  if (near === undefined) {
    throw new TensorTypeError(`Cannot convert value '${dtype}' to a DType.`, `It is one of ${tfDTypes.join(', ')}.`);
  }
  throw new UnimplementedError(
    `TensorFlow.js has no tensors of dtype ${dtype}; it has ${tfDTypes.join(', ')}.`,
    `Nearest: { dtype: ${near} }, or keep the values in an NDArray.`,
  );
}
