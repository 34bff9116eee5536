/** Objects of the program, as the protocol knows them. */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';

type RemoteObject = Protocol.Runtime.RemoteObject;
type CallArgument = Protocol.Runtime.CallArgument;

/** A value as an argument of a call in the program. */
export function argumentOf({ objectId, unserializableValue, value }: RemoteObject): CallArgument {
  if (objectId !== undefined) return { objectId };
  return unserializableValue !== undefined ? { unserializableValue } : { value: value as unknown };
}

/** Own ones, private and internal ones among them; no getter runs. */
export function propertiesOf(session: CdpSession, objectId: string): Promise<Protocol.Runtime.GetPropertiesResponse> {
  return session.send('Runtime.getProperties', { objectId, ownProperties: true });
}

/** What an internal property of an object holds, such as `[[Scopes]]`; undefined where there is none. */
export async function internalOf(
  session: CdpSession,
  objectId: string | undefined,
  name: string,
): Promise<string | undefined> {
  if (objectId === undefined) return undefined;
  const { internalProperties } = await propertiesOf(session, objectId);
  return internalProperties?.find((property) => property.name === name)?.value?.objectId;
}

/** What an array holds. */
export async function elementsOf(session: CdpSession, objectId: string): Promise<RemoteObject[]> {
  const { result } = await propertiesOf(session, objectId);
  return result.flatMap(({ name, value }) => (/^\d+$/.test(name) && value ? [value] : []));
}

/** Assigns as strict code does, so that what a proxy refuses throws. @returns what was thrown; undefined if it went well */
export async function setProperty(
  session: CdpSession,
  objectId: string,
  key: CallArgument,
  value: CallArgument,
): Promise<Protocol.Runtime.ExceptionDetails | undefined> {
  const { exceptionDetails } = await session.send('Runtime.callFunctionOn', {
    objectId,
    functionDeclaration: 'function (key, value) { "use strict"; this[key] = value; }',
    arguments: [key, value],
    silent: true,
  });
  return exceptionDetails;
}
