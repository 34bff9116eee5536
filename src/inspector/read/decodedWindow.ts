import type { AgentWindow } from '../../protocol/agent.ts';
import type { CopyCost, DType } from '../../protocol/tensor.ts';

/** A window as it was read: dense elements of the tensor's dtype, or strings. */
export interface DecodedWindow {
  bytes?: Uint8Array;
  strings?: string[];
  dtype: DType;
  cost: CopyCost;
}

/** As the agent has sent it. */
export function decode({ base64, strings, dtype, cost }: AgentWindow): DecodedWindow {
  if (strings) return { strings, dtype, cost };
  return { bytes: new Uint8Array(Buffer.from(base64 ?? '', 'base64')), dtype, cost };
}

/** Its little-endian elements in row-major order, or the strings of a `string` tensor. */
export function windowValues({ bytes, strings }: DecodedWindow): Uint8Array | string[] {
  return strings ?? bytes ?? new Uint8Array(0);
}
