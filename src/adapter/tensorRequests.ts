/** The custom requests about tensors: references resolved, then handed to the inspector. */
import type { ProgramWarning, TensorReference, TensorRequests } from '../protocol/requests.ts';
import type { TensorDescriptor } from '../protocol/tensor.ts';
import { compared } from '../inspector/compared.ts';
import { previewsOf } from '../inspector/previews.ts';
import { inspectionOf, type Program } from './programHandlers.ts';
import type { Handlers } from './requestTable.ts';
import type { FeedOf, TensorInspector } from '../inspector/tensorInspector.ts';

export function tensorHandlers(program: Program): Handlers<TensorRequests> {
  const warned = (warning: ProgramWarning) => program.send('tensor/warning', warning);
  /** The inspector of the stopped program, with a way from references to tensors. */
  async function opened(): Promise<{
    inspector: TensorInspector;
    resolve: (reference: TensorReference) => Promise<TensorDescriptor>;
    callFrameId: (frameId: number | undefined) => string;
    graphOf: (reference: TensorReference) => Promise<string>;
  }> {
    const { debuggee, frames, tensors } = await inspectionOf(program);
    const { callFrames } = debuggee.requireStop();
    const frameOf = (frameId: number | undefined) => (frameId === undefined ? callFrames[0] : frames.frameOf(frameId));
    const callFrameId = (frameId: number | undefined) => frameOf(frameId)?.callFrameId ?? '';
    const inspector = await tensors.inspector();
    return {
      inspector,
      callFrameId,
      graphOf: async (reference) => {
        if ('id' in reference) return reference.id;
        return inspector.graphOf(callFrameId(reference.frameId), reference.expression);
      },
      resolve: async (reference) => {
        if ('id' in reference) return inspector.describe(reference.id);
        const { expression, frameId } = reference;
        const frame = frameOf(frameId);
        return inspector.resolve(frame?.callFrameId ?? '', expression, frame && frames.warnAt(frame, warned));
      },
    };
  }

  return {
    'tensor/list': async ({ frameId }) => {
      const { debuggee, frames, tensors } = await inspectionOf(program);
      debuggee.requireStop();
      const { callFrameId } = frames.frameOf(frameId);
      return (await tensors.inspector()).list(callFrameId);
    },
    'tensor/describe': async ({ tensor }) => ({ tensor: await (await opened()).resolve(tensor) }),
    'tensor/read': async ({ tensor, ...options }) => {
      const { inspector, resolve } = await opened();
      return inspector.read((await resolve(tensor)).id, options);
    },
    'tensor/preview': async ({ tensors }) => {
      const { inspector, resolve } = await opened();
      return { previews: await previewsOf(tensors.map(resolve), inspector) };
    },
    'tensor/stats': async ({ tensor, ...options }) => {
      const { inspector, resolve } = await opened();
      const { id } = await resolve(tensor);
      const stats = await inspector.stats(id, options);
      // Described again: what the statistics have found is among its warnings now.
      return { tensor: await inspector.describe(id), stats };
    },
    'tensor/find': async ({ tensor, from, direction }) => {
      const { inspector, resolve } = await opened();
      return { index: await inspector.find((await resolve(tensor)).id, from, direction) };
    },
    'tensor/export': async ({ tensors, file, force = false, encoding, loss }, { seq, signal }) => {
      const { inspector, resolve } = await opened();
      const named = [];
      for (const { name, tensor, slice } of tensors) {
        named.push({ name, id: (await resolve(tensor)).id, ...(slice !== undefined && { slice }) });
      }
      return inspector.export({
        file,
        force,
        ...(encoding && { encoding }),
        ...(loss && { loss }),
        tensors: named,
        signal,
        onProgress: (fraction, bytes) => program.send('tensor/progress', { request: seq, fraction, bytes }),
      });
    },
    'tensor/graphInputs': async ({ tensor }) => {
      const { inspector, graphOf } = await opened();
      return { inputs: await inspector.graphInputs(await graphOf(tensor)) };
    },
    'tensor/evaluateGraph': async ({ tensor, feeds = [], stopWhenEvaluated = false }) => {
      const { inspector, graphOf, callFrameId } = await opened();
      const given = feeds.map(({ name, value }): FeedOf => {
        if ('file' in value || 'id' in value) return { name, ...value };
        return { name, expression: value.expression, callFrameId: callFrameId(value.frameId) };
      });
      return inspector.evaluateGraph(await graphOf(tensor), given, { stopWhenEvaluated });
    },
    'tensor/compare': async ({ a, b, tolerance }, { seq, signal }) => {
      const { inspector, resolve } = await opened();
      const sides = await compared(a, b, resolve);
      return inspector.compare(sides.a, sides.b, {
        ...(tolerance && { tolerance }),
        signal,
        onProgress: (fraction) => program.send('tensor/progress', { request: seq, fraction, bytes: 0 }),
      });
    },
    'tensor/compareBackends': async ({ expression, frameId, tolerance }) => {
      const { inspector, callFrameId } = await opened();
      return inspector.compareBackends(callFrameId(frameId), expression, tolerance);
    },
    'tensor/differences': async ({ a, b, slice }) => {
      const { inspector, resolve } = await opened();
      const sides = await compared(a, b, resolve);
      return inspector.differences(sides.a, sides.b, slice);
    },
    'tensor/keep': async ({ tensor }) => {
      const { inspector, resolve } = await opened();
      return inspector.keep((await resolve(tensor)).id, tensor.expression);
    },
    'tensor/assign': async ({ frameId, ...args }, { seq, signal }) => {
      const { inspector, callFrameId } = await opened();
      const result = await inspector.assign({
        ...args,
        callFrameId: callFrameId(frameId),
        signal,
        onProgress: (fraction, bytes) => program.send('tensor/progress', { request: seq, fraction, bytes }),
      });
      await program.assigned();
      program.invalidated();
      return result;
    },
    'tensor/budget': async ({ bytes, ms }) => {
      // The one object that all parts of the session look at.
      Object.assign((await program.run()).config.copyBudget, { bytes, ms });
      return {};
    },
    'tensor/breakOnNotFinite': async ({ mode, nanOnly = false }) => {
      await program.breakOnNotFinite({ mode, nanOnly });
      return {};
    },
    'tensor/copies': async () => (await (await inspectionOf(program)).tensors.inspector()).copies(),
  };
}
