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
 *
 * Of `import * as tf` the debugger itself tries to make a string, which throws, and again forgets all the others of its
 * scope: so in programs with tensors such a namespace has a text of ours.
 */
import { agentSymbol } from '../../protocol/agent.ts';

export const describesTensors = `function (defaultText) {
  try {
    if (typeof this !== 'object' || this === null) return defaultText;
    const own = (object, key) => {
      const property = Object.getOwnPropertyDescriptor(object, key);
      return property === undefined ? undefined : property.value;
    };
    const isTensorflow = own(globalThis, '_tfengine') !== undefined;
    const symbol = Object.getOwnPropertySymbols(globalThis).find((each) => String(each) === 'Symbol(${agentSymbol})');
    if (symbol === undefined && !isTensorflow) return defaultText;
    const text = symbol === undefined ? undefined : own(globalThis, symbol).textOf(this);
    if (text !== undefined) return text;
    const { types } = process.getBuiltinModule('util');
    if (types.isModuleNamespaceObject(this)) return 'Module';
    if (!isTensorflow || types.isProxy(this)) return defaultText;
    const shape = own(this, 'shape');
    const dtype = own(this, 'dtype');
    if (typeof own(this, 'dataId') !== 'object' || typeof dtype !== 'string' || !Array.isArray(shape)) return defaultText;
    return dtype + '[' + shape.join(', ') + ']' + (own(this, 'isDisposedInternal') === true ? ' disposed' : '');
  } catch {
    return defaultText;
  }
}`;
