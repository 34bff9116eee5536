/** Gives the agent a function of the DevTools protocol to speak up with, while the program runs or at a stop. */
import type { CdpSession } from '../../cdp/cdpSession.ts';
import type { AgentLink } from './agentLink.ts';
import { contextOf } from './otherContexts.ts';

interface Binding {
  /** The global under which the protocol puts it; it is taken from there at once. */
  name: string;
  /** Of the agent, which gets the function. */
  method: 'connectTracking' | 'connectLater';
  onPayload: (json: string) => void;
}

/** Payloads come over the main session: before the message that tells of the next stop, or of the program's end. */
export async function bind(main: CdpSession, link: AgentLink, { name, method, onPayload }: Binding): Promise<void> {
  const agent = await link.agentOnMain();
  main.on('Runtime.bindingCalled', (event) => {
    if (event.name === name) onPayload(event.payload);
  });
  // Without a context, every `vm` context would get the binding.
  const executionContextId = contextOf(agent);
  await main.send('Runtime.addBinding', { name, executionContextId });
  await main.send('Runtime.callFunctionOn', {
    objectId: agent,
    functionDeclaration: `function (name, method) {
      const send = globalThis[name];
      delete globalThis[name];
      this[method](send);
    }`,
    arguments: [{ value: name }, { value: method }],
    silent: true,
  });
}
