/** A connection of our own to what VS Code's JavaScript debugger debugs, through its CDP proxy. */
import * as vscode from 'vscode';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import { WebSocketSession } from '../../cdp/webSocketSession.ts';
import { TensorError } from '../../protocol/errors.ts';

interface ProxyAddress {
  host: string;
  port: number;
  path?: string;
}

/** The proxy of a session that has just started comes some 50 ms later. */
const startedPatienceMs = 1_000;
const retryMs = 20;

/**
 * Only events are subscribed to: nothing is sent to the program by connecting.
 * @param patienceMs how long a session that is being started may take to have a proxy
 * @param isOver whether there is no more use in waiting
 * @throws TensorError `cannot-attach`
 */
export async function connectProxy(
  session: vscode.DebugSession,
  patienceMs = startedPatienceMs,
  isOver = () => false,
): Promise<CdpSession> {
  const { host, port, path = '' } = await proxyAddress(session, patienceMs, isOver);
  const name = host.includes(':') ? `[${host}]` : host;
  const connection = await WebSocketSession.connect(`ws://${name}:${port}${path}`);
  // A domain of the proxy's own, which the protocol's types don't know.
  const send = connection.send.bind(connection) as (method: string, params: unknown) => Promise<unknown>;
  await send('JsDebug.subscribe', { events: ['Debugger.paused', 'Debugger.resumed', 'Runtime.bindingCalled'] });
  return connection;
}

async function proxyAddress(
  session: vscode.DebugSession,
  patienceMs: number,
  isOver: () => boolean,
): Promise<ProxyAddress> {
  for (const end = Date.now() + patienceMs; ;) {
    const address = await vscode.commands.executeCommand<ProxyAddress | undefined>(
      'extension.js-debug.requestCDPProxy',
      session.id,
    );
    if (address) return address;
    if (Date.now() > end || isOver()) break;
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
  throw new TensorError({
    code: 'cannot-attach',
    message: `The JavaScript debugger gives no access to the program of "${session.name}".`,
    help: 'Start it with a launch configuration of type "tensor" instead.',
  });
}
