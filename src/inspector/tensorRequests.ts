/** What each request about tensors does, for the doors that take them: references resolved, then handed to the inspector. */
import { TensorError } from '../protocol/errors.ts';
import type {
  ComparedReference,
  NoPreview,
  TensorPreview,
  TensorReference,
  TensorRequestName,
  TensorRequests,
} from '../protocol/requests.ts';
import type { TensorDescriptor, TensorWarning } from '../protocol/tensor.ts';
import type { ComparedWith, FeedOf, TensorInspector } from './tensorInspector.ts';

export interface RequestOptions {
  /** Ends the request; it then rejects with the code `cancelled`. */
  signal?: AbortSignal;
  /** Fractions from 0 to 1, and the bytes so far. */
  onProgress?: (fraction: number, bytes: number) => void;
}

/** The program at a stop, as a door knows it. */
interface StoppedProgram {
  inspector: TensorInspector;
  /** Of the frame that the client has given this id; without one, of the innermost. */
  callFrameId(this: void, frameId: number | undefined): Promise<string> | string;
  /** Hears of a conversion that needs eager mode, tried in that frame on a tensor of a graph. */
  warn?(this: void, warning: TensorWarning, frameId: number | undefined): void;
}

/** Doors answer these themselves: they hold without a stop. */
type WithoutStop = 'tensor/budget' | 'tensor/breakOnNotFinite';

export type TensorHandlers = {
  [Name in TensorRequestName]: (
    args: TensorRequests[Name]['arguments'],
    options: RequestOptions,
  ) => Promise<TensorRequests[Name]['result']>;
};

/** @param stopped rejects with `not-paused` while the program runs */
export function tensorRequests(stopped: () => Promise<StoppedProgram>): Omit<TensorHandlers, WithoutStop> {
  async function resolve(
    reference: TensorReference,
  ): Promise<{ inspector: TensorInspector; tensor: TensorDescriptor }> {
    const { inspector, callFrameId, warn } = await stopped();
    if ('id' in reference) return { inspector, tensor: await inspector.describe(reference.id) };
    const { expression, frameId } = reference;
    const tensor = await inspector.resolve(await callFrameId(frameId), expression, (warning) =>
      warn?.(warning, frameId),
    );
    return { inspector, tensor };
  }

  const idOf = async (reference: TensorReference) => (await resolve(reference)).tensor.id;

  async function graphOf(reference: TensorReference): Promise<string> {
    if ('id' in reference) return reference.id;
    const { inspector, callFrameId } = await stopped();
    return inspector.graphOf(await callFrameId(reference.frameId), reference.expression);
  }

  /** The two sides of a comparison, with handles in the place of expressions. */
  async function compared(
    a: TensorReference,
    b: ComparedReference,
  ): Promise<{ a: { id: string; name: string }; b: ComparedWith }> {
    const id = await idOf(a);
    const name = 'expression' in a ? a.expression : 'the tensor';
    if ('file' in b) return { a: { id, name }, b: { file: b.file, purpose: name } };
    return { a: { id, name }, b: { id: await idOf(b), name: 'expression' in b ? b.expression : 'the other one' } };
  }

  return {
    'tensor/list': async ({ frameId, within }) => {
      const { inspector, callFrameId } = await stopped();
      return inspector.list(await callFrameId(frameId), within);
    },
    'tensor/describe': async ({ tensor }) => ({ tensor: (await resolve(tensor)).tensor }),
    'tensor/read': async ({ tensor: reference, ...options }) => {
      const { inspector, tensor } = await resolve(reference);
      return inspector.read(tensor.id, options);
    },
    'tensor/preview': async ({ tensors }) => {
      const { inspector } = await stopped();
      return { previews: await previewsOf(tensors.map(idOf), inspector) };
    },
    'tensor/stats': async ({ tensor: reference, ...args }, options) => {
      const { inspector, tensor } = await resolve(reference);
      const stats = await inspector.stats(tensor.id, { ...args, ...options });
      // Described again: what the statistics have found is among its warnings now.
      return { tensor: await inspector.describe(tensor.id), stats };
    },
    'tensor/find': async ({ tensor: reference, from, direction }, { signal }) => {
      const { inspector, tensor } = await resolve(reference);
      return { index: await inspector.find(tensor.id, from, direction, signal) };
    },
    'tensor/export': async ({ tensors, file, force = false, encoding, loss }, options) => {
      const { inspector } = await stopped();
      const named = [];
      for (const { name, tensor, slice } of tensors) {
        named.push({ name, id: await idOf(tensor), ...(slice !== undefined && { slice }) });
      }
      return inspector.export({
        file,
        force,
        tensors: named,
        ...(encoding && { encoding }),
        ...(loss && { loss }),
        ...options,
      });
    },
    'tensor/graphInputs': async ({ tensor }) => {
      const { inspector } = await stopped();
      return { inputs: await inspector.graphInputs(await graphOf(tensor)) };
    },
    'tensor/evaluateGraph': async ({ tensor, feeds = [], stopWhenEvaluated = false }) => {
      const { inspector, callFrameId } = await stopped();
      const given: FeedOf[] = [];
      for (const { name, value } of feeds) {
        if ('file' in value || 'id' in value) given.push({ name, ...value });
        else given.push({ name, expression: value.expression, callFrameId: await callFrameId(value.frameId) });
      }
      return inspector.evaluateGraph(await graphOf(tensor), given, { stopWhenEvaluated });
    },
    'tensor/compare': async ({ a, b, tolerance }, { signal, onProgress }) => {
      const { inspector } = await stopped();
      const sides = await compared(a, b);
      return inspector.compare(sides.a, sides.b, {
        ...(tolerance && { tolerance }),
        ...(signal && { signal }),
        ...(onProgress && { onProgress: (fraction: number) => onProgress(fraction, 0) }),
      });
    },
    'tensor/compareBackends': async ({ expression, frameId, tolerance }) => {
      const { inspector, callFrameId } = await stopped();
      return inspector.compareBackends(await callFrameId(frameId), expression, tolerance);
    },
    'tensor/differences': async ({ a, b, slice }) => {
      const { inspector } = await stopped();
      const sides = await compared(a, b);
      return inspector.differences(sides.a, sides.b, slice);
    },
    'tensor/assign': async ({ frameId, ...args }, options) => {
      const { inspector, callFrameId } = await stopped();
      return inspector.assign({ ...args, ...options, callFrameId: await callFrameId(frameId) });
    },
    'tensor/copies': async () => (await stopped()).inspector.copies(),
  };
}

/** One readback for all of them; where a client has named no tensor of this stop, the reason. */
async function previewsOf(
  named: readonly Promise<string>[],
  inspector: TensorInspector,
): Promise<(TensorPreview | NoPreview)[]> {
  const resolved = await Promise.allSettled(named);
  const failed = (reason: unknown): NoPreview => {
    if (!(reason instanceof TensorError)) throw reason;
    return { tensor: null, error: reason.toReport() };
  };
  const previews = await inspector.previews(
    resolved.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
  );
  let next = 0;
  return resolved.map((result) => (result.status === 'fulfilled' ? previews[next++]! : failed(result.reason)));
}
