/** How much memory a process has taken at its most, as Linux counts it. */
import { readFileSync, writeFileSync } from 'node:fs';

/** The most resident memory since the last reset, in bytes. */
function peakMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

/** @returns what is resident now */
function resetPeak(pid: number): number {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return peakMemory(pid);
}

/** By how much each of the processes grew at its most while something was done. */
export async function peakGrowth(pids: readonly number[], run: () => Promise<unknown>): Promise<number[]> {
  const before = pids.map(resetPeak);
  await run();
  return pids.map((pid, index) => peakMemory(pid) - before[index]!);
}
