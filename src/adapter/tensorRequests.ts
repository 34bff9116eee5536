/** The custom requests about tensors, as a client of the debug adapter makes them. */
import { tensorRequests } from '../inspector/tensorRequests.ts';
import type { TensorRequests } from '../protocol/requests.ts';
import { inspectionOf, type Program } from './programHandlers.ts';
import type { Call, Handlers } from './requestTable.ts';

export function tensorHandlers(program: Program): Handlers<TensorRequests> {
  const requests = tensorRequests(async () => {
    const { debuggee, frames, tensors } = await inspectionOf(program);
    const { callFrames } = debuggee.requireStop();
    const frameOf = (frameId: number | undefined) => (frameId === undefined ? callFrames[0] : frames.frameOf(frameId));
    return {
      inspector: await tensors.inspector(),
      callFrameId: (frameId) => frameOf(frameId)?.callFrameId ?? '',
      warn: (warning, frameId) => {
        const frame = frameOf(frameId);
        if (frame) frames.warnAt(frame, (placed) => program.send('tensor/warning', placed))(warning);
      },
    };
  });
  /** Its progress goes by the number of the request. */
  const watched = ({ seq, signal }: Call) => ({
    signal,
    onProgress: (fraction: number, bytes: number) => program.send('tensor/progress', { request: seq, fraction, bytes }),
  });
  return {
    ...requests,
    'tensor/stats': (args, call) => requests['tensor/stats'](args, watched(call)),
    'tensor/export': (args, call) => requests['tensor/export'](args, watched(call)),
    'tensor/compare': (args, call) => requests['tensor/compare'](args, watched(call)),
    'tensor/assign': async (args, call) => {
      const result = await requests['tensor/assign'](args, watched(call));
      await program.assigned();
      program.invalidated();
      return result;
    },
    'tensor/budget': async ({ bytes, ms }) => {
      const { inspection } = await program.run();
      await inspection?.tensors.setBudget({ bytes, ms });
      return {};
    },
    'tensor/breakOnNotFinite': async ({ mode, nanOnly = false }) => {
      await program.breakOnNotFinite({ mode, nanOnly });
      return {};
    },
  };
}
