/** Assigns to variables and properties of the paused program. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Protocol } from 'devtools-protocol';
import { TensorError } from '../protocol/errors.ts';
import { declarationOf } from './declarations.ts';
import { exceptionText } from './debuggee.ts';
import { errors } from './errors.ts';
import { evaluate } from './evaluate.ts';
import type { Inspection } from './run.ts';

type RemoteObject = Protocol.Runtime.RemoteObject;

export async function setVariable(
  { debuggee, variables }: Inspection,
  { variablesReference, name, value }: DebugProtocol.SetVariableArguments,
): Promise<DebugProtocol.SetVariableResponse['body']> {
  const { callFrames } = debuggee.requireStop();
  const container = variables.container(variablesReference);
  const frame = container.kind === 'scope' ? container.frame : callFrames[0];
  const { main } = debuggee;
  const evaluated = () => evaluate(main, value, { frame, contextId: undefined, throwOnSideEffect: false });
  let result: RemoteObject;
  if (container.kind === 'scope') {
    const scope = container.frame.scopeChain[container.index];
    if (name === 'this' || name === 'Return value') throw refused(name, 'it is no variable');
    if (scope?.type === 'global' || scope?.type === 'with') {
      result = await evaluated();
      await setProperty(scope.object.objectId ?? '', name, result);
    } else {
      // V8 itself would overwrite a constant without a word.
      await refuseConstant();
      result = await evaluated();
      await main.send('Debugger.setVariableValue', {
        scopeNumber: container.index,
        variableName: name,
        newValue: argumentOf(result),
        callFrameId: container.frame.callFrameId,
      });
    }
  } else if (container.kind === 'object') {
    result = await evaluated();
    await setProperty(container.object.objectId ?? '', name, result);
  } else throw refused(name, 'the debugger computed it');
  const { name: _, evaluateName: __, ...body } = await variables.describe(name, result, undefined);
  return body;

  async function setProperty(objectId: string, property: string, newValue: RemoteObject): Promise<void> {
    const { exceptionDetails, result: thrown } = await main.send('Runtime.callFunctionOn', {
      objectId,
      // Strict, so that a frozen object or a property without setter throws.
      functionDeclaration: 'function (name, value) { "use strict"; this[name] = value; }',
      arguments: [{ value: property }, argumentOf(newValue)],
      silent: true,
    });
    if (exceptionDetails) throw errors.expressionThrew(exceptionText(exceptionDetails.exception ?? thrown));
  }

  async function refuseConstant(): Promise<void> {
    if (container.kind !== 'scope') return;
    const { frame: of, index } = container;
    // Names are resolved from where the program stands: one that an inner scope has too is not the one meant here.
    const inner = await Promise.all(of.scopeChain.slice(0, index).map(({ object }) => namesOf(object)));
    if (inner.some((names) => names.includes(name))) {
      throw refused(
        name,
        'an inner scope has a variable of the same name, and whether this one is a constant is not known',
      );
    }
    const { scriptId, lineNumber, columnNumber = 0 } = of.location;
    const { scriptSource } = await main.send('Debugger.getScriptSource', { scriptId });
    const declaration = declarationOf(scriptSource, name, { line: lineNumber, column: columnNumber });
    if (declaration === 'const') throw refused(name, 'it is a constant');
    if (declaration === 'import') throw refused(name, 'it is an import');
    if (declaration === 'unparsable') {
      throw refused(name, 'its source could not be parsed, so that it is not known whether it is a constant');
    }
  }

  async function namesOf({ objectId }: RemoteObject): Promise<string[]> {
    if (objectId === undefined) return [];
    const { result: properties } = await main.send('Runtime.getProperties', { objectId, ownProperties: true });
    return properties.map((property) => property.name);
  }
}

function refused(name: string, why: string): TensorError {
  return new TensorError({ code: 'invalid-argument', message: `${name} can't be assigned to: ${why}.` });
}

/** A value as an argument of a call in the debuggee. */
function argumentOf({ objectId, unserializableValue, value }: RemoteObject): Protocol.Runtime.CallArgument {
  if (objectId !== undefined) return { objectId };
  return unserializableValue !== undefined ? { unserializableValue } : { value: value as unknown };
}
