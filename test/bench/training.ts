/** A whole training process, as a user would start it: alone, and launched by the debug adapter with nothing read. */
import { runAlone, runDebugged } from './programs.ts';

const program = { program: 'test/debuggee/bench/train.ts', args: ['60'] };

function lifetime(output: string): number {
  const ms = /lifetime ([\d.]+)/.exec(output)?.[1];
  if (ms === undefined) throw new Error(`The training did not end: ${output}`);
  return Number(ms);
}

const plain = async () => lifetime(await runAlone(program));
const debugged = async () => lifetime(await runDebugged(program));

/** Both sides, one right after the other. */
export async function trainingPair(debuggedFirst: boolean): Promise<{ debugged: number; plain: number }> {
  if (debuggedFirst) return { debugged: await debugged(), plain: await plain() };
  return { plain: await plain(), debugged: await debugged() };
}
