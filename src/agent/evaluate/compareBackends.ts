/**
 * Why do two backends differ? Runs an expression of the program on its backend of TF.js, and each kernel that it runs again
 * with TF.js's cpu kernel of that name, on a private cpu backend with copies of the same inputs. Since every kernel gets the
 * program's own inputs, a difference is that kernel's doing and not inherited from the ones before it.
 *
 * Kernels stand in the registry of tfjs-core as `backend_Kernel`, at `globalThis._tfGlobals`. Known from 4.0 to 4.22.
 */
import type { BackendComparisonRequest, ComparedKernels } from '../../protocol/agent.ts';
import type { TensorComparison, Tolerance } from '../../protocol/comparison.ts';
import { reportOf, TensorError } from '../../protocol/errors.ts';
import type { ComparedKernel } from '../../protocol/requests.ts';
import { compareElements } from '../../tensor/compareSources.ts';
import { itemSize } from '../../tensor/dtypes.ts';
import { formatBytes, formatType } from '../../tensor/preview.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { now } from '../clock.ts';
import { engineState, holderOf, knownBackends } from '../readers/tfjs/engine.ts';
import { programGlobal } from '../globals.ts';
import { isInspectable, isMap, ownValue, util } from '../safely.ts';
import { cpuBackend, type Backends, type CpuBackend, type TensorInfo } from './cpuBackend.ts';
import type { EvaluationContext, HostTensor } from './engine.ts';
import { inTfjs, openEngine, storage } from './tfjsSandbox.ts';

/** What kernels take: by name, and some (Concat, Pack, Einsum) by position. */
type Inputs<Value> = Value[] | Record<string, Value>;

interface KernelConfig {
  kernelFunc(call: { inputs: object; attrs: unknown; backend: object }): TensorInfo | TensorInfo[];
}

type RunKernel = (this: object, name: string, inputs: object, attrs?: unknown) => unknown;

interface KeptTensor {
  id: number;
  /** The scope that it was made in does not dispose it. */
  kept: boolean;
  dispose(): void;
}

interface Engine extends Backends {
  runKernel: RunKernel;
  keep(tensor: KeptTensor): KeptTensor;
}

/** Inputs and outputs of one kernel are held on the host, twice, while it is compared. */
const largestKernel = 256 * 2 ** 20;

/**
 * @param made the tensor that the expression made when the program ran it
 * @throws TensorError `expression-threw`; `not-available` without the cpu backend, where no kernel was run, or where the
 * expression gives another tensor than it made
 */
export function compareBackends(
  { expression, tolerance }: BackendComparisonRequest,
  run: () => unknown,
  context: EvaluationContext,
  made?: object,
): ComparedKernels {
  const start = now();
  const engine = openEngine().engine as unknown as Engine;
  const { backendName: backend = '' } = engine;
  if (backend === 'cpu') {
    throw new TensorError({
      code: 'not-available',
      message: 'TensorFlow.js runs on its cpu backend here: there is nothing to compare with.',
      help: 'Stop where the program uses webgpu or wasm.',
    });
  }
  if (!knownBackends.includes(backend)) {
    throw new TensorError({
      code: 'not-available',
      message: `TensorFlow.js runs on its backend "${backend}" here, whose tensors can't be read at a breakpoint: there are no results to compare.`,
      help: 'Stop where the program uses webgpu or wasm.',
    });
  }
  const kernels = inTfjs(context, ({ read }) => {
    const cpu = cpuBackend(engine);
    const recorded: ComparedKernel[] = [];
    const observed = observing(engine, (name, inputs, attrs, outputs) => {
      const kernel = described(name, inputs, attrs, outputs);
      recorded.push({ ...kernel, ...compared(name, inputs, attrs, outputs, { cpu, backend, read, tolerance }) });
    });
    try {
      const again = result(expression, run);
      assertDone(expression, again);
      if (made) assertSame(expression, read(again as object), read(made), tolerance);
    } finally {
      observed.undo();
      cpu.undo();
    }
    return recorded;
  });
  if (kernels.length === 0) {
    throw new TensorError({
      code: 'not-available',
      message: `"${expression}" ran no kernel of TensorFlow.js.`,
      help: 'Name the op instead of its result: tf.matMul(a, b).',
    });
  }
  return { backend, kernels, ms: now() - start };
}

function result(expression: string, run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (error instanceof TensorError) throw error;
    throw new TensorError(
      {
        code: 'expression-threw',
        message: `"${expression}" threw ${reportOf(error).message}`,
        help: 'Try it in the debug console of the stopped frame.',
      },
      { cause: error },
    );
  }
}

function assertDone(expression: string, value: unknown): void {
  if (!util.types.isPromise(value)) return;
  throw new TensorError({
    code: 'not-available',
    message: `"${expression}" gives a promise, which can't be waited for while the program is paused.`,
    help: 'Name the ops that it runs, without an async function around them.',
  });
}

/** The inputs may have been replaced or written to since. */
function assertSame(expression: string, again: HostTensor, made: HostTensor, tolerance: Tolerance): void {
  const { sameShape, close, absolute } = compareElements(
    { name: 'again', ...again },
    { name: 'made', ...made },
    { ...tolerance, equalNan: true },
  );
  if (sameShape && close) return;
  const difference = absolute ? `, by up to ${absolute.difference} at [${absolute.index.join(', ')}]` : '';
  throw new TensorError({
    code: 'not-available',
    message: `${expression} made this tensor, but gives another one when it is run again${difference}: what it is computed from has changed since.`,
    help: 'Stop right behind the line that makes it.',
  });
}

type OnKernel = (name: string, inputs: Inputs<object>, attrs: unknown, outputs: TensorInfo[]) => void;

/**
 * While it lasts every op comes by here; at its end variables and kept tensors go that the scope of the sandbox would leave.
 * The methods are shadowed on the engine itself, so that taking them away leaves it as it was.
 */
function observing(engine: Engine, onKernel: OnKernel): { undo(): void } {
  const { runKernel } = engine;
  const state = engineState() as { registeredVariables: Record<string, { dispose(): void }> };
  const variables = new Set(Object.keys(state.registeredVariables));
  const own = (['runKernel', 'keep'] as const).map(
    (key) => [key, Object.getOwnPropertyDescriptor(engine, key)] as const,
  );
  const ids = (engine as object).constructor as unknown as { nextTensorId: number; nextVariableId: number };
  const { nextTensorId, nextVariableId } = ids;
  const { keep } = engine;
  const kept = new Map<KeptTensor, boolean>();
  let isBusy = false;
  const observed: RunKernel = function (name, inputs, attrs) {
    if (!isBusy) assertAtHome(name, inputs, engine.backendName ?? '');
    const given = runKernel.call(this, name, inputs, attrs);
    if (isBusy) return given;
    isBusy = true;
    try {
      onKernel(name, inputs as Inputs<object>, attrs, (Array.isArray(given) ? given : [given]) as TensorInfo[]);
    } finally {
      isBusy = false;
    }
    return given;
  };
  const keeping: Engine['keep'] = function (this: Engine, tensor) {
    if (!kept.has(tensor)) kept.set(tensor, tensor.kept);
    return keep.call(this, tensor);
  };
  const configurable = { configurable: true, writable: true };
  Object.defineProperty(engine, 'runKernel', { ...configurable, value: observed });
  Object.defineProperty(engine, 'keep', { ...configurable, value: keeping });
  return {
    undo() {
      for (const [key, descriptor] of own) {
        if (descriptor) Object.defineProperty(engine, key, descriptor);
        else delete (engine as Partial<Engine>)[key];
      }
      for (const [name, variable] of Object.entries(state.registeredVariables))
        if (!variables.has(name)) variable.dispose();
      for (const [tensor, wasKept] of kept) {
        if (tensor.id >= nextTensorId) tensor.dispose();
        else tensor.kept = wasKept;
      }
      ids.nextVariableId = nextVariableId;
    },
  };
}

/** TF.js would move a tensor of another backend for good. */
function assertAtHome(kernel: string, inputs: object, backend: string): void {
  for (const [name, tensor] of tensorsOf(inputs)) {
    const holder = holderOf(tensor.dataId);
    if (!holder || holder.name === backend) continue;
    throw new TensorError({
      code: 'not-available',
      message: `${name} of ${kernel} is on ${holder.name}, and the program's backend is ${backend}: running the op would move it.`,
      help: `Stop where ${holder.name} is the backend, or name an op whose inputs are on ${backend}.`,
    });
  }
}

function cpuKernel(name: string): KernelConfig | undefined {
  const globals = programGlobal('_tfGlobals');
  const registry = isMap(globals) ? globals.get('kernelRegistry') : undefined;
  return isMap(registry) ? (registry.get(`cpu_${name}`) as KernelConfig | undefined) : undefined;
}

function described(
  kernel: string,
  inputs: Inputs<object>,
  attrs: unknown,
  outputs: TensorInfo[],
): Omit<ComparedKernel, 'comparisons'> {
  const type = ({ dtype, shape }: TensorInfo) => formatType(dtype, shape);
  return {
    kernel,
    inputs: tensorsOf(inputs).map(([name, tensor]) => `${name}: ${type(tensor)}`),
    attrs:
      isInspectable(attrs) && Object.keys(attrs).length > 0
        ? util.inspect(attrs, { depth: 2, breakLength: Infinity, customInspect: false })
        : '',
    outputs: outputs.map(type),
  };
}

interface Parts {
  cpu: { backend: CpuBackend };
  backend: string;
  read(tensor: object): HostTensor;
  tolerance: Tolerance;
}

/** Runs the kernel again, and compares. A kernel that can't be run on the cpu does not keep the others from it. */
function compared(
  name: string,
  inputs: Inputs<object>,
  attrs: unknown,
  outputs: TensorInfo[],
  { cpu, backend, read, tolerance }: Parts,
): Pick<ComparedKernel, 'comparisons' | 'skipped'> {
  const skipped = (reason: string) => ({ comparisons: [], skipped: reason });
  const kernel = cpuKernel(name);
  if (!kernel) return skipped('the cpu backend has no such kernel');
  const tensors = [...tensorsOf(inputs).map(([, tensor]) => tensor), ...outputs];
  const unfit = tensors.find(({ dtype }) => dtype === 'string' || dtype === 'complex64');
  if (unfit) return skipped(`tensors of ${unfit.dtype} are not compared`);
  const bytes = tensors.reduce((sum, { dtype, shape }) => sum + sizeOf(shape) * itemSize(dtype), 0);
  if (bytes > largestKernel) return skipped(`it has ${formatBytes(bytes)}, more than ${formatBytes(largestKernel)}`);
  const copies = mapInputs(inputs, (tensor) => {
    const { dtype, shape, bytes: values } = read(tensor);
    return cpu.backend.makeTensorInfo(shape, dtype, storage(dtype, values));
  });
  let again: TensorInfo | TensorInfo[];
  try {
    again = kernel.kernelFunc({ inputs: copies, attrs, backend: cpu.backend });
  } catch (error) {
    return skipped(`the cpu kernel failed: ${reportOf(error).message}`);
  }
  const expected = Array.isArray(again) ? again : [again];
  const comparisons = outputs.map((output, index): TensorComparison => {
    const own = read(output);
    const other = expected[index]!;
    const values = hostValues(other, cpu.backend.data.get(other.dataId).values ?? []);
    return compareElements(
      { name: backend, dtype: own.dtype, shape: own.shape, bytes: own.bytes },
      { name: 'cpu', dtype: other.dtype, shape: other.shape, bytes: values },
      tolerance,
    );
  });
  return { comparisons };
}

/** The cpu backend keeps what a kernel has made: mostly the typed array of the dtype, sometimes another one. */
function hostValues({ dtype }: TensorInfo, values: ArrayLike<number>): Uint8Array {
  const Values = dtype === 'float32' ? Float32Array : dtype === 'int32' ? Int32Array : Uint8Array;
  return new Uint8Array(Values.from(values).buffer);
}

function isTensor(value: unknown): value is TensorInfo {
  return isInspectable(value) && isInspectable(ownValue(value, 'dataId'));
}

function tensorsOf(inputs: object): [name: string, tensor: TensorInfo][] {
  return Object.entries(inputs).filter((entry): entry is [string, TensorInfo] => isTensor(entry[1]));
}

function mapInputs(inputs: Inputs<object>, copy: (tensor: object) => TensorInfo): Inputs<unknown> {
  const one = (value: unknown) => (isTensor(value) ? copy(value) : value);
  if (Array.isArray(inputs)) return inputs.map(one);
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, one(value)]));
}
