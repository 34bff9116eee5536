/** Cpu backends of TF.js that nothing of the program's is on. */
import { TensorError } from '../../protocol/errors.ts';
import type { DType } from '../../protocol/tensor.ts';
import { isInspectable, ownValue } from '../safely.ts';

export interface TensorInfo {
  dataId: object;
  shape: number[];
  dtype: DType;
}

export interface CpuBackend {
  firstUse: boolean;
  makeTensorInfo(shape: readonly number[], dtype: string, values: ArrayLike<unknown>): TensorInfo;
  data: { get(dataId: object): { values?: ArrayLike<number> } };
}

/** Of the engine of TF.js. */
export interface Backends {
  registry: Record<string, object>;
  registryFactory: Record<string, { factory(): unknown; priority: number } | undefined>;
  backendName?: string;
  backendInstance?: object;
  pendingBackendInit?: unknown;
}

/** @throws TensorError `not-available` */
export function cpuBackend({ registryFactory }: Backends): { backend: CpuBackend; undo(): void } {
  const backend = registryFactory['cpu']?.factory();
  if (!isInspectable(backend) || !isInspectable(ownValue(backend, 'data'))) {
    throw new TensorError({
      code: 'not-available',
      message: 'The cpu backend of TensorFlow.js is not loaded in this program.',
      help: "Add import '@tensorflow/tfjs-backend-cpu' to it (@tensorflow/tfjs has it already).",
    });
  }
  const ids = backend.constructor as unknown as { nextDataId: number };
  const { nextDataId } = ids;
  // It would greet on the console.
  (backend as CpuBackend).firstUse = false;
  return { backend: backend as CpuBackend, undo: () => (ids.nextDataId = nextDataId) };
}

/**
 * Before its first op a program has no backend; TF.js would start one, for good. Where that is the cpu's, which needs no
 * waiting, one of our own stands in for it.
 * @returns what takes it away again
 */
export function lendBackend(engine: Backends): () => void {
  const isStarted = Boolean(ownValue(engine, 'backendInstance') ?? ownValue(engine, 'pendingBackendInit'));
  const factories = ownValue(engine, 'registryFactory') as Backends['registryFactory'] | undefined;
  const [first] = Object.entries(factories ?? {}).sort(([, a], [, b]) => (b?.priority ?? 0) - (a?.priority ?? 0));
  if (isStarted || first?.[0] !== 'cpu') return () => undefined;
  const before = (['registry', 'backendName', 'backendInstance'] as const).map(
    (key) => [key, Object.getOwnPropertyDescriptor(engine, key)] as const,
  );
  const { backend, undo } = cpuBackend(engine);
  Object.assign(engine, {
    registry: { ...engine.registry, cpu: backend },
    backendName: 'cpu',
    backendInstance: backend,
  });
  return () => {
    for (const [key, descriptor] of before) {
      if (descriptor) Object.defineProperty(engine, key, descriptor);
      else delete (engine as Partial<Backends>)[key];
    }
    undo();
  };
}
