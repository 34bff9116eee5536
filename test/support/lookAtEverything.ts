/** What the most curious of users would do at a stop: list, preview, read, reduce and dump all that is in sight. */
import { TensorError } from '../../src/protocol/errors.ts';
import type { PausedProgram } from './pausedProgram.ts';

export interface Sight {
  /** Tensors whose values were read at this stop. */
  reads: number;
  /** The codes of what could not be read. */
  refusals: string[];
}

/** Frames below these are Node's own. */
const framesLookedAt = 3;
const tensorsPerFrame = 25;

export async function lookAtEverything(program: PausedProgram): Promise<Sight> {
  const { inspector, main } = program;
  const sight: Sight = { reads: 0, refusals: [] };
  const attempt = async (action: () => Promise<unknown>) => {
    try {
      await action();
      sight.reads++;
    } catch (error) {
      if (!(error instanceof TensorError)) throw error;
      if (error.code === 'agent-failed') throw error;
      sight.refusals.push(error.code);
    }
  };
  for (const frame of program.frames.slice(0, framesLookedAt)) {
    const { tensors } = await inspector.list(frame.callFrameId);
    const scopes = frame.scopeChain.filter(({ type }) => type !== 'global');
    const objects: string[] = [];
    for (const { object } of scopes) {
      const { result } = await main.send('Runtime.getProperties', { objectId: object.objectId!, ownProperties: true });
      objects.push(...result.map(({ value }) => value?.objectId).filter((id) => id !== undefined));
    }
    await inspector.preview(objects);
    for (const { tensor } of tensors.slice(0, tensorsPerFrame)) {
      const { id, shape, dtype } = tensor;
      const strided = shape.map((count) => (count !== null && count > 2 ? '::2' : ':')).join(', ');
      await attempt(() => inspector.read(id, {}));
      await attempt(() => inspector.read(id, { slice: strided, encoding: 'bytes' }));
      if (dtype === 'string') continue;
      const byteCount = Math.min(tensor.byteLength, 64);
      await attempt(() => inspector.readBytes(id, tensor.byteLength - byteCount, byteCount));
      await attempt(() => inspector.find(id, -1, 'next'));
      await attempt(() => inspector.stats(id, { bins: 4, ...(dtype === 'unknown' && { dtype: 'float32' }) }));
    }
  }
  return sight;
}
