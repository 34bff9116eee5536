/** Assigning to a property of an object of the program: what would throw there is said before anything is done. */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import { cannotAssign } from './variables.ts';

const refusals = {
  getter: ['it has a getter and no setter', 'Assign to what the getter takes its value from.'],
  readOnly: [
    'it is read only',
    'Its object is frozen, or defines it so; assign to the variable that holds the object.',
  ],
  fixed: ['its object takes no new properties', 'Assign to the variable that holds the object.'],
} as const;

/**
 * @param key a string, a number or a symbol
 * @param shown what its author calls the property
 * @throws TensorError `invalid-argument`
 */
export async function assertPropertyAssignable(
  main: CdpSession,
  objectId: string,
  key: Protocol.Runtime.CallArgument,
  shown: string,
): Promise<void> {
  const { result, exceptionDetails } = await main.send('Runtime.callFunctionOn', {
    objectId,
    functionDeclaration: `function (key) {
      for (let holder = this; holder !== null; holder = Object.getPrototypeOf(holder)) {
        const property = Object.getOwnPropertyDescriptor(holder, key);
        if (!property) continue;
        if (property.set) return null;
        if (!('value' in property)) return 'getter';
        if (!property.writable) return 'readOnly';
        if (holder === this) return null;
        break;
      }
      return Object.isExtensible(this) ? null : 'fixed';
    }`,
    arguments: [key],
    returnByValue: true,
    // The traps of a proxy are the program's: there it is tried.
    throwOnSideEffect: true,
    silent: true,
  });
  if (exceptionDetails || result.value === null) return;
  const [why, help] = refusals[result.value as keyof typeof refusals];
  throw cannotAssign(shown, why, help);
}
