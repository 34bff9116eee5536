/** Tracked lines as requests, for clients that don't set breakpoints with a tracking condition themselves. */
import { randomUUID } from 'node:crypto';
import type { Position } from '../cdp/sourceMaps.ts';
import type { TrackRequests } from '../protocol/requests.ts';
import { trackCondition } from '../protocol/trackCondition.ts';
import type { Breakpoints } from './breakpoints/breakpoints.ts';
import type { PathMapper } from './program/paths.ts';
import type { Handlers } from './requestTable.ts';

export interface TrackHost {
  breakpoints: Breakpoints;
  paths: () => PathMapper;
  offsets: () => Position;
}

export function trackHandlers({ breakpoints, paths, offsets }: TrackHost): Handlers<TrackRequests> {
  return {
    'tensor/track': async ({ source, line, expression, id = randomUUID().slice(0, 8), stopAt = 0 }) => {
      const condition = trackCondition([{ id, expression, stopAt }]);
      const path = paths().fromClient(source.path);
      const { verified, actual, line: wanted, message } = await breakpoints.track(path, { line, condition }, offsets());
      return {
        id,
        verified,
        line: (actual?.line ?? wanted) + offsets().line,
        ...(message !== undefined && { message }),
      };
    },
    'tensor/untrack': async ({ id }) => ({ found: await breakpoints.untrack(id) }),
  };
}
