/** Asks an inspector over HTTP which targets it has. */
import { get } from 'node:http';

interface InspectorTarget {
  id: string;
  type: string;
  title: string;
  url: string;
  webSocketDebuggerUrl?: string;
}

/** Node answers within a millisecond; something that is no inspector may never do. */
const answerTimeoutMs = 5_000;
const maxAnswerBytes = 1024 * 1024;

/** @throws the socket's error if nobody listens, an `Error` if what listens is no inspector. */
export async function listTargets(address: string, port: number, signal?: AbortSignal): Promise<InspectorTarget[]> {
  const text = await fetchText(address, port, '/json/list', signal);
  let targets: unknown;
  try {
    targets = JSON.parse(text);
  } catch {
    targets = undefined;
  }
  if (!Array.isArray(targets)) throw new Error(`${address}:${port} answered, but not as an inspector does`);
  return targets as InspectorTarget[];
}

/** The websocket of the program itself; workers (module loaders among them) are targets of their own behind it. */
export function mainTarget(targets: readonly InspectorTarget[]): InspectorTarget | undefined {
  const usable = targets.filter((target) => target.webSocketDebuggerUrl !== undefined);
  return usable.find(({ type }) => type === 'node') ?? usable.find(({ type }) => type === 'page') ?? usable[0];
}

/** `fetch` would refuse the ports that browsers refuse; an inspector may listen on one of them. */
function fetchText(address: string, port: number, path: string, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host: address, port, path, agent: false, timeout: answerTimeoutMs, signal }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > maxAnswerBytes) response.destroy(new Error(`${address}:${port} answers without end`));
      });
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      response.on('error', reject);
    });
    request.on('timeout', () =>
      request.destroy(new Error(`${address}:${port} accepts connections but does not answer`)),
    );
    request.on('error', reject);
  });
}
