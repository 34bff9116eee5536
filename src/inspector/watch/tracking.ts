/**
 * The debugger's end of tracked expressions: brings the agent in before the tracked line runs, and takes what it sends.
 *
 * Points come over a CDP binding of the main session, so all of them are here before the message that tells of a stop or
 * of the program's end. The binding's function is taken from the program's global object at once.
 *
 * A program that ends by itself stays for its last points (`agent/track/tracking.ts`); for one that calls `process.exit`, or
 * throws, see `endings.ts`.
 */
import type { CdpSession } from '../../cdp/cdpSession.ts';
import { trackBinding, type TrackedBatch } from '../../protocol/track.ts';
import type { AgentLink } from '../link/agentLink.ts';
import { bind } from '../link/bind.ts';

/** Resolves when lines that run from then on are heard of. */
export async function connectTracking(
  main: CdpSession,
  link: AgentLink,
  onBatch: (batch: TrackedBatch) => void,
): Promise<void> {
  await link.closures.preparePump();
  await bind(main, link, {
    name: trackBinding,
    method: 'connectTracking',
    onPayload: (json) => onBatch(JSON.parse(json) as TrackedBatch),
  });
}
