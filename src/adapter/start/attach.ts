/** Finds the inspector of a program that runs already. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { listTargets, mainTarget } from '../../cdp/targets.ts';
import type { AttachConfiguration } from '../configuration.ts';
import { errors } from '../errors.ts';
import { killProcess } from './launch.ts';

export interface AttachTarget {
  websocketUrl: string;
  /** The process that was asked for; the target must turn out to be it. */
  processId?: number;
}

/** A program that computes in one go reacts to the signal when it next comes to JavaScript: at once, mostly. */
const signalTimeoutMs = 10_000;
const pollMs = 20;
const defaultInspectorPort = 9229;

/**
 * The websocket of the program's inspector; a process without one is asked to start it.
 * @throws TensorError `cannot-attach`, with what can be done
 */
export async function findTarget({ target }: AttachConfiguration, signal: AbortSignal): Promise<AttachTarget> {
  if ('websocketUrl' in target) return { websocketUrl: target.websocketUrl };
  if ('processId' in target) return findByProcess(target.processId, signal);
  const { address, port } = target;
  try {
    const found = mainTarget(await listTargets(address, port, signal));
    if (found?.webSocketDebuggerUrl === undefined) throw new Error(`${address}:${port} has no target to debug`);
    // Its own idea of its address is of no use through a tunnel or a container's port.
    const url = new URL(found.webSocketDebuggerUrl);
    url.hostname = address.includes(':') ? `[${address}]` : address;
    url.port = String(port);
    return { websocketUrl: url.href };
  } catch (error) {
    throw errors.cannotAttach(
      `No inspector answers at ${address}:${port}: ${whyNot(error)}.`,
      `Start the program with "node --inspect=${port} ...", or have a running one open its inspector, at port 9229: kill -USR1 <its process id>.`,
      error,
    );
  }
}

async function findByProcess(pid: number, signal: AbortSignal): Promise<AttachTarget> {
  // Without an inspector yet, the signal starts one; with one, it does nothing.
  if (!killProcess(pid, 'SIGUSR1')) {
    throw errors.cannotAttach(`There is no process ${pid}, or it belongs to another user.`);
  }
  const deadline = performance.now() + signalTimeoutMs;
  let lastError: unknown;
  while (performance.now() < deadline) {
    for (const port of await portsOf(pid)) {
      try {
        const url = mainTarget(await listTargets('127.0.0.1', port))?.webSocketDebuggerUrl;
        if (url !== undefined) return { websocketUrl: url, processId: pid };
      } catch (error) {
        lastError = error;
      }
    }
    if (!killProcess(pid, 0)) {
      throw errors.cannotAttach(
        `Process ${pid} ended when it was asked to start its inspector; is it a Node.js program?`,
      );
    }
    signal.throwIfAborted();
    await wait(pollMs);
  }
  throw errors.cannotAttach(
    `Process ${pid} started no inspector within ${signalTimeoutMs / 1000} s${lastError === undefined ? '' : ` (${whyNot(lastError)})`}.`,
    `Its port may be taken by another program (it would be ${defaultInspectorPort}); start it with "node --inspect=0 ...".`,
  );
}

/** The ports that a process listens at; on systems without /proc, the one that Node takes by default. */
async function portsOf(pid: number): Promise<number[]> {
  let descriptors: string[];
  try {
    descriptors = await readdir(`/proc/${pid}/fd`);
  } catch {
    return [defaultInspectorPort];
  }
  const links = await Promise.all(descriptors.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
  const inodes = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
  const ports: number[] = [];
  for (const table of ['tcp', 'tcp6']) {
    const text = await readFile(`/proc/${pid}/net/${table}`, 'utf8').catch(() => '');
    for (const row of text.split('\n').slice(1)) {
      // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode; state 0A is LISTEN.
      const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/);
      if (state === '0A' && inodes.has(inode)) ports.push(parseInt(local.split(':')[1] ?? '', 16));
    }
  }
  return ports;
}

function whyNot(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  // What Node's HTTP client says of an answer in another protocol.
  if (code?.startsWith('HPE_') || code === 'ECONNRESET') return 'what listens there is no inspector';
  return message;
}
