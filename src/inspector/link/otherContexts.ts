/**
 * Frames in `vm` contexts (every test that Jest runs is one): V8 hands an object only to functions of its own context, and
 * the agent lives in the program's first. What such a frame has is laid down with the agent from the inside of its context,
 * and picked up on the agent's side.
 */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import { agentFromAnyContext } from '../../protocol/agent.ts';
import { TensorError } from '../../protocol/errors.ts';
import { elementsOf } from './remoteObjects.ts';
import { stopObjectGroup } from './stopObjects.ts';

type Argument = Protocol.Runtime.CallArgument;

/** The execution context of an object: its id names its isolate, its context and itself. */
export function contextOf(objectId: string): number {
  return Number(objectId.split('.')[1]);
}

export class OtherContexts {
  readonly #main: CdpSession;
  /** By context, the agent as an object of it. */
  readonly #agents = new Map<number, Promise<string | null>>();
  #nextKey = 0;

  constructor(main: CdpSession) {
    this.#main = main;
  }

  /**
   * @param agent the agent as an object of its own context
   * @param unreachable what is done where there is no way out of an object's context: it becomes null, or it is an error
   * @returns the arguments, with every object as one of the agent's context; the same where all are
   * @throws TensorError `not-readable`
   */
  async bringOver(agent: string, args: readonly Argument[], unreachable: 'null' | 'throws'): Promise<Argument[]> {
    const own = [...args];
    const home = contextOf(agent);
    const abroad = new Map<number, number[]>();
    args.forEach(({ objectId }, index) => {
      const context = objectId === undefined ? home : contextOf(objectId);
      if (context !== home) abroad.set(context, [...(abroad.get(context) ?? []), index]);
    });
    for (const [context, indices] of abroad) {
      const inside = await this.#agentIn(context);
      if (inside === null) {
        if (unreachable === 'throws') throw noWayOut();
        for (const index of indices) own[index] = { value: null };
        continue;
      }
      const objects = indices.map((index) => args[index]!);
      const objectIds = await this.#carried(agent, inside, objects);
      indices.forEach((index, k) => (own[index] = { objectId: objectIds[k]! }));
    }
    return own;
  }

  async #carried(agent: string, inside: string, objects: Argument[]): Promise<string[]> {
    const key = { value: this.#nextKey++ };
    await this.#main.send('Runtime.callFunctionOn', {
      objectId: inside,
      functionDeclaration: 'function(key, ...objects) { this.layDown(key, globalThis, objects); }',
      arguments: [key, ...objects],
      silent: true,
    });
    const { result } = await this.#main.send('Runtime.callFunctionOn', {
      objectId: agent,
      functionDeclaration: 'function(key) { return this.pickUp(key); }',
      arguments: [key],
      objectGroup: stopObjectGroup,
      silent: true,
    });
    return (await elementsOf(this.#main, result.objectId!)).map(({ objectId }) => objectId!);
  }

  #agentIn(context: number): Promise<string | null> {
    const known = this.#agents.get(context);
    if (known) return known;
    const asked = this.#askFromInside(context);
    this.#agents.set(context, asked);
    return asked;
  }

  async #askFromInside(contextId: number): Promise<string | null> {
    const { result, exceptionDetails } = await this.#main.send('Runtime.evaluate', {
      expression: agentFromAnyContext,
      contextId,
      silent: true,
    });
    // An exception: the context forbids code from strings, or what leads out of it is not what it seems.
    return exceptionDetails ? null : (result.objectId ?? null);
  }
}

function noWayOut(): TensorError {
  return new TensorError({
    code: 'not-readable',
    message:
      'This function runs in a vm context of its own, and nothing in it leads to the rest of the program: its objects ' +
      "can't be handed to the debugger.",
    help: 'Give the context a function of the program, such as setTimeout, or stop in a function outside of it.',
  });
}
