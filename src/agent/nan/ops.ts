/** An op of which something is to be told, in words. It holds types and places, never a tensor. */
import type { NotFiniteBreak } from '../../protocol/notFinite.ts';
import type { RecordedFrame } from '../../protocol/recorder.ts';
import { unravelIndex } from '../../tensor/shape.ts';
import type { Checked } from './notFinite.ts';

/** An input or output. */
export interface LookedAt {
  /** The kernel's own for it: `x`, `tensors[1]`. */
  name: string;
  /** `float32[64, 10]`. */
  type: string;
  shape: number[];
  /** Null where there is nothing to look at: integers, strings. */
  checked: Checked | null;
}

export interface Op {
  name: string;
  inputs: LookedAt[];
  outputs: LookedAt[];
  /** Names the line, and the op on it. */
  site: string;
  frames: RecordedFrame[];
}

export function isBad({ checked }: LookedAt, { nanOnly }: NotFiniteBreak): boolean {
  return Boolean(checked?.found && (!nanOnly || checked.found.nan > 0));
}

export function describeOp({ name, inputs }: Op, output: LookedAt, asked: NotFiniteBreak): string {
  const { nan, infinite } = output.checked!.found!;
  const what = [nan > 0 && `${nan} NaN`, infinite > 0 && `${infinite} Inf`].filter(Boolean).join(' and ');
  const from = inputs.map((input) => {
    if (!input.checked) return `${input.name} ${input.type}`;
    const state = isBad(input, asked) ? `not finite either, first at ${firstOf(input, asked)}` : 'finite';
    return `${input.name} ${input.type} (${asked.nanOnly && state === 'finite' ? 'no NaN' : state})`;
  });
  const origin = from.length > 0 ? `, from ${from.join(', ')}` : '';
  return `${name} made ${what} in ${output.type}, the first at ${firstOf(output, asked)}${origin}.`;
}

function firstOf({ checked, shape }: LookedAt, { nanOnly }: NotFiniteBreak): string {
  const { firstNan, firstInfinity } = checked!.found!;
  return `[${unravelIndex(nanOnly ? firstNan : Math.min(firstNan, firstInfinity), shape).join(', ')}]`;
}
