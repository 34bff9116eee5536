/** Assigns to variables and properties of the paused program. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Protocol } from 'devtools-protocol';
import { assertPropertyAssignable } from '../../inspector/assign/properties.ts';
import { assertAssignable, cannotAssign, variableWriter } from '../../inspector/assign/variables.ts';
import { argumentOf, setProperty } from '../../inspector/link/remoteObjects.ts';
import { sameNames } from '../../inspector/names/originalNames.ts';
import { errors } from '../errors.ts';
import type { Inspection } from '../run.ts';
import { evaluate } from './evaluate.ts';
import { exceptionText } from './valueText.ts';

type RemoteObject = Protocol.Runtime.RemoteObject;

/** @throws TensorError `invalid-argument` for what takes no new value, `expression-threw` */
export async function setVariable(
  { debuggee, variables }: Inspection,
  { variablesReference, name, value }: DebugProtocol.SetVariableArguments,
): Promise<DebugProtocol.SetVariableResponse['body']> {
  const { callFrames } = debuggee.requireStop();
  const container = variables.container(variablesReference);
  const frame = container.kind === 'scope' ? container.frame : callFrames[0];
  const { main } = debuggee;
  const names = frame ? await debuggee.scripts.namesAt(frame.location, main) : sameNames;
  const evaluated = () => evaluate(main, value, { frame, names, contextId: undefined, throwOnSideEffect: false });
  let result: RemoteObject;
  if (container.kind === 'scope') {
    const scope = container.frame.scopeChain[container.index];
    if (name === 'this' || name === 'Return value') throw cannotAssign(name, 'it is no variable');
    if (scope?.type === 'global' || scope?.type === 'with') {
      result = await replaceProperty(scope.object.objectId ?? '', name);
    } else {
      const { frame: home, index: scopeNumber } = container;
      const generated = await variables.generatedName(home, scopeNumber, name);
      if (generated === undefined) throw cannotAssign(name, 'this scope has no such variable');
      const variable = { frame: home, scopeNumber, name: generated, shown: name };
      await assertAssignable(main, variable);
      result = await evaluated();
      const writer = await variableWriter(main, callFrames, variable);
      await writer.set(argumentOf(result));
      await writer.refresh();
    }
  } else if (container.kind === 'object') {
    result = await replaceProperty(container.object.objectId ?? '', name);
  } else throw cannotAssign(name, 'the debugger computed it');
  const { name: _, evaluateName: __, ...body } = await variables.describe(name, result, undefined);
  return body;

  async function replaceProperty(objectId: string, property: string): Promise<RemoteObject> {
    await assertPropertyAssignable(main, objectId, { value: property }, property);
    const newValue = await evaluated();
    const thrown = await setProperty(main, objectId, { value: property }, argumentOf(newValue));
    if (thrown) throw errors.expressionThrew(thrown.exception ? exceptionText(thrown.exception) : thrown.text);
    return newValue;
  }
}
