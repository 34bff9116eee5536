/**
 * Milliseconds, by the clock that was there before the program could put another in its place (as fake timers do): the
 * recorder comes before the program's first line, and its clock is the agent's too.
 */
import { recorder } from './copies/found.ts';

export const now: () => number = recorder()?.now ?? performance.now.bind(performance);
