/** Puts the agent into the debuggee, behind one versioned global symbol that no enumeration shows. */
import { loaded } from './builtins.ts';
import { agentSymbol } from '../protocol/agent.ts';
import { Agent } from './agent.ts';

const key = Symbol.for(agentSymbol);
if (!Object.prototype.hasOwnProperty.call(globalThis, key)) {
  Object.defineProperty(globalThis, key, { value: new Agent(), enumerable: false, configurable: true });
}
loaded();
