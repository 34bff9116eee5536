/** Why V8 has paused the program. */
import type { Protocol } from 'devtools-protocol';

/** `Break on start` is Node's own reason, which the protocol's types don't know. */
export interface PauseReason {
  reason: string;
  data: unknown;
}

/** One for each thing that came together at this place. */
export function reasonsOf({ reason, data }: Protocol.Debugger.PausedEvent): PauseReason[] {
  if (reason !== 'ambiguous') return [{ reason, data }];
  const { reasons } = data as { reasons: { reason: string; auxData?: unknown }[] };
  return reasons.map(({ reason: one, auxData }) => ({ reason: one, data: auxData }));
}

export function isException(reason: string): boolean {
  return reason === 'exception' || reason === 'promiseRejection';
}
