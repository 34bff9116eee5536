/**
 * The function that VS Code's JavaScript debugger calls for each value that it shows (`customDescriptionGenerator`), on
 * the value, with what it would show itself. It has to be one self-contained function as text.
 *
 * For an object's properties it runs with side effects forbidden, and one of them makes the debugger forget the texts of
 * all the properties: V8 takes `Symbol.for` and a symbol's `description` for side effects, but not `String(symbol)`,
 * `WeakMap.prototype.get` and Node's `isProxy`. On other values it must do nothing: no getter, no trap of a proxy.
 *
 * What the agent has described is told by the agent. Where it has not (yet) looked, TensorFlow.js tensors are told from
 * their own data properties; where they are is then not known.
 */
import { agentSymbol } from '../../protocol/agent.ts';

export const describesTensors = `function (defaultText) {
  try {
    if (typeof this !== 'object' || this === null) return defaultText;
    const own = (object, key) => {
      const property = Object.getOwnPropertyDescriptor(object, key);
      return property === undefined ? undefined : property.value;
    };
    for (const symbol of Object.getOwnPropertySymbols(globalThis)) {
      if (String(symbol) !== 'Symbol(${agentSymbol})') continue;
      const text = own(globalThis, symbol).textOf(this);
      if (text !== undefined) return text;
    }
    if (own(globalThis, '_tfengine') === undefined) return defaultText;
    if (process.getBuiltinModule('util').types.isProxy(this)) return defaultText;
    const shape = own(this, 'shape');
    const dtype = own(this, 'dtype');
    if (typeof own(this, 'dataId') !== 'object' || typeof dtype !== 'string' || !Array.isArray(shape)) return defaultText;
    return dtype + '[' + shape.join(', ') + ']' + (own(this, 'isDisposedInternal') === true ? ' disposed' : '');
  } catch {
    return defaultText;
  }
}`;
