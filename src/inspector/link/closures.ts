/** Variables in the closures of functions: JavaScript can't see them, a debugger can. The agent is handed those that it needs. */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import { elementsOf, internalOf, propertiesOf } from './remoteObjects.ts';

export class Closures {
  readonly #agent: CdpSession;
  readonly #agentObject: () => Promise<string>;
  #pumpReady: Promise<void> | null = null;

  /** @param agentObject the agent as an object of that session */
  constructor(agent: CdpSession, agentObject: () => Promise<string>) {
    this.#agent = agent;
    this.#agentObject = agentObject;
  }

  /**
   * Gives the agent Node's list of pending immediates, once: a read of a WebGPU buffer needs the callback that Dawn may
   * have queued before the stop. The list is in a closure of Node's own (`internal/timers`) that only a debugger sees.
   */
  preparePump(): Promise<void> {
    this.#pumpReady ??= this.#handImmediateQueue();
    return this.#pumpReady;
  }

  async #handImmediateQueue(): Promise<void> {
    const { result } = await this.#agent.send('Runtime.evaluate', { expression: 'clearImmediate' });
    const [queue] = await this.#closedOver(result.objectId, (name) => name === 'immediateQueue');
    if (queue === undefined) return;
    await this.#agent.send('Runtime.callFunctionOn', {
      objectId: await this.#agentObject(),
      functionDeclaration: 'function(queue) { this.setImmediateQueue(queue); }',
      arguments: [{ objectId: queue }],
    });
  }

  /**
   * Hands over the devices that the npm package `webgpu` has seen: it keeps a WeakMap of them in its module, around its
   * own `createBuffer`. For buffers whose device is in no variable of the stopped functions.
   */
  async findTrackedDevices(): Promise<void> {
    const wrapper = await this.#agent.send('Runtime.callFunctionOn', {
      objectId: await this.#agentObject(),
      functionDeclaration: 'function() { return this.bindingsWrapper(); }',
    });
    const [buffers] = await this.#closedOver(wrapper.result.objectId, (name) => name === 'deviceBuffers');
    const entries = await internalOf(this.#agent, buffers, '[[Entries]]');
    const devices: Protocol.Runtime.CallArgument[] = [];
    for (const entry of entries === undefined ? [] : await elementsOf(this.#agent, entries)) {
      const { result } = await propertiesOf(this.#agent, entry.objectId!);
      const objectId = result.find((property) => property.name === 'key')?.value?.objectId;
      if (objectId !== undefined) devices.push({ objectId });
    }
    await this.#agent.send('Runtime.callFunctionOn', {
      objectId: await this.#agentObject(),
      functionDeclaration: "function(...devices) { this.enter('addDevices', devices); }",
      arguments: devices,
    });
  }

  /** Looks into the closures that an evaluation has asked for: a variable there is hidden from JavaScript. */
  async findWanted(): Promise<void> {
    const objectGroup = 'tensor-debugger.closures';
    const agent = await this.#agentObject();
    const { result: wanted } = await this.#agent.send('Runtime.callFunctionOn', {
      objectId: agent,
      functionDeclaration: 'function() { return this.wantedClosures(); }',
      objectGroup,
    });
    const entries = await elementsOf(this.#agent, wanted.objectId!);
    for (let i = 0; i + 1 < entries.length; i += 2) {
      const fn = entries[i]?.objectId;
      const pattern = new RegExp(entries[i + 1]?.value as string, 'i');
      const values = await this.#closedOver(fn, (name) => pattern.test(name));
      await this.#agent.send('Runtime.callFunctionOn', {
        objectId: agent,
        functionDeclaration: "function(...args) { this.enter('addClosure', args); }",
        arguments: [fn === undefined ? {} : { objectId: fn }, ...values.map((objectId) => ({ objectId }))],
        objectGroup,
      });
    }
    // What the properties gave is of the same group: nothing of the program lives longer for having been looked at.
    await this.#agent.send('Runtime.releaseObjectGroup', { objectGroup });
  }

  /** Objects in variables that a function closes over, the innermost scope first; the global scope is left out. */
  async #closedOver(fn: string | undefined, isWanted: (name: string) => boolean): Promise<string[]> {
    const scopes = await internalOf(this.#agent, fn, '[[Scopes]]');
    const found: string[] = [];
    for (const scope of scopes === undefined ? [] : (await propertiesOf(this.#agent, scopes)).result) {
      if (!scope.value?.objectId || scope.value.description?.startsWith('Global')) continue;
      for (const { name, value } of (await propertiesOf(this.#agent, scope.value.objectId)).result) {
        if (value?.objectId !== undefined && isWanted(name)) found.push(value.objectId);
      }
    }
    return found;
  }
}
