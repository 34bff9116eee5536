/** Cuts a window into the pieces that it is moved in: by buffer copies, or gathered by a shader. */
import { itemSize } from '../../tensor/dtypes.ts';
import { platformValue } from '../safely.ts';
import type { DeviceSource } from '../source.ts';
import { usage, type Device } from './device.ts';
import { maxGatherAxes } from './gather.ts';
import { stagedBytesOfCopies, tailOf, tailOutOfReach, type Piece } from './pieces.ts';
import { spanOf, splitPlan, type WindowPlan } from './plan.ts';
import { maxStagingBytes } from './staging.ts';

/** Above so many runs, one shader that gathers them is cheaper than a copy command for each. */
const maxCopies = 1024;
/** What the staged bytes of a piece may exceed its own by: up to seven around each run, and the last bytes of a buffer. */
const stagingSlack = maxCopies * 8 + 8;

export interface DeviceWindow {
  source: DeviceSource;
  plan: WindowPlan;
}

/** The pieces of a window, none larger than the staging memory and what the device binds at once. */
export function* piecesOf({ source, plan }: DeviceWindow, device: Device): Generator<Piece> {
  const size = itemSize(source.layout.dtype);
  const flags = platformValue(source.buffer, 'usage') as number;
  const canCopy = (flags & usage.copySrc) !== 0;
  const canBind = (flags & usage.storage) !== 0;
  let resultOffset = 0;
  // A piece of sub-word elements must start at a word of its own, so pieces are cut at multiples of four elements.
  const maxElements = Math.floor((maxStagingBytes - stagingSlack) / size / 4) * 4;
  const emit = (part: WindowPlan, mode: Piece['mode'], bytes: number): Piece => {
    const tail = tailOf(source, part);
    const stagedBytes = bytes + (tail ? 4 : 0);
    const piece: Piece = { source, plan: part, mode, stagedBytes, tail, resultOffset };
    resultOffset += part.elements * size;
    return piece;
  };
  for (const part of splitPlan(plan, maxElements)) {
    if (canCopy && (part.runs <= maxCopies || !canBind)) {
      for (const copies of part.runs <= maxCopies ? [part] : splitPlan(part, maxCopies * part.run)) {
        yield emit(copies, 'copy', stagedBytesOfCopies(copies, source, size));
      }
    } else {
      if (!canCopy && tailOf(source, part)) throw tailOutOfReach(source.buffer);
      for (const bound of withinBinding(part, source, device)) {
        yield emit(bound, 'gather', Math.ceil((bound.elements * size) / 4) * 4);
      }
    }
  }
}

/** Parts of a window whose span fits one storage binding; the axes shrink from the outermost. */
function* withinBinding(plan: WindowPlan, source: DeviceSource, device: Device): Generator<WindowPlan> {
  const size = itemSize(source.layout.dtype);
  const { from, to } = spanOf(plan);
  const fits = (to - from) * size + 2 * device.bindingAlignment <= device.maxBindingBytes;
  if ((fits && plan.outer.length < maxGatherAxes) || plan.elements === 1) {
    yield plan;
    return;
  }
  const parts = splitPlan(plan, Math.max(1, Math.ceil(plan.elements / 2)));
  for (const part of parts) yield* withinBinding(part, source, device);
}
