/** Whether a stopped frame is worth bringing the agent into its program: most programs have no tensors. */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import { contextOf } from '../../inspector/link/otherContexts.ts';

/**
 * Runs in the program, with side effects forbidden: a getter or the trap of a proxy ends it instead of being run. Looks
 * at the variables, and into objects one level deep. TensorFlow.js names itself; so nothing else of it is looked for. Tensors
 * of ONNX Runtime have `dims` and `type`, its sessions a handler with names, and values of jax-js the trace they belong to.
 */
const looksForTensors = `function (door, ...scopes) {
  if ('_tfengine' in globalThis) return true;
  const gpuBuffer = Object.getOwnPropertyDescriptor(globalThis, 'GPUBuffer');
  const known = (value) =>
    typeof value === 'object' && value !== null &&
    (ArrayBuffer.isView(value) || door in value || ('dtype' in value && 'shape' in value) || '_trace' in value ||
      ('dims' in value && 'type' in value) || ('handler' in value && 'inputNames' in value) ||
      (gpuBuffer !== undefined && typeof gpuBuffer.value === 'function' && value instanceof gpuBuffer.value));
  for (const scope of scopes) {
    for (const name of Object.getOwnPropertyNames(scope)) {
      const { value } = Object.getOwnPropertyDescriptor(scope, name);
      if (known(value)) return true;
      if (typeof value !== 'object' || value === null) continue;
      const prototype = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && !Array.isArray(value)) continue;
      const inner = Object.getOwnPropertyNames(value);
      for (let i = 0; i < inner.length && i < 100; i++) {
        if (known(Object.getOwnPropertyDescriptor(value, inner[i]).value)) return true;
      }
    }
  }
  return false;
}`;

/** V8 takes Symbol.for for a side effect, so the symbol is handed over, as one of the context that it is asked in. */
async function openDoor(main: CdpSession, contextId: number): Promise<Protocol.Runtime.CallArgument> {
  const expression = "Symbol.for('tensor.inspect')";
  const { result } = await main.send('Runtime.evaluate', { expression, contextId, silent: true });
  return result.objectId === undefined ? {} : { objectId: result.objectId };
}

export async function mayHaveTensors(main: CdpSession, frame: Protocol.Debugger.CallFrame): Promise<boolean> {
  const scopes = frame.scopeChain.filter(({ type, object }) => type !== 'global' && object.objectId !== undefined);
  const [first] = scopes;
  if (first?.object.objectId === undefined) return false;
  const { result, exceptionDetails } = await main.send('Runtime.callFunctionOn', {
    objectId: first.object.objectId,
    functionDeclaration: looksForTensors,
    arguments: [
      await openDoor(main, contextOf(first.object.objectId)),
      ...scopes.map(({ object }) => ({ objectId: object.objectId ?? '' })),
    ],
    throwOnSideEffect: true,
    returnByValue: true,
    silent: true,
  });
  // It met something that can't be looked at from outside, a proxy perhaps: the agent knows how to tell one.
  return exceptionDetails !== undefined || result.value === true;
}
