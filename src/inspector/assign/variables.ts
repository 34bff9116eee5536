/** Assigning to a variable of a stopped function: never to a constant, and so that whoever looks again sees it. */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import { TensorError } from '../../protocol/errors.ts';
import { contextOf } from '../link/otherContexts.ts';
import { argumentOf } from '../link/remoteObjects.ts';
import { stopObjectGroup } from '../link/stopObjects.ts';
import { declarationOf } from './declarations.ts';

type CallFrame = Protocol.Debugger.CallFrame;

interface ScopeVariable {
  frame: CallFrame;
  /** The place of its scope in the frame's chain. */
  scopeNumber: number;
  name: string;
  /** Its author's name for it. */
  shown: string;
}

/** @param why completes "it can't be assigned to" */
export function cannotAssign(name: string, why: string, help?: string): TensorError {
  return new TensorError({
    code: 'invalid-argument',
    message: `${name} can't be assigned to: ${why}.`,
    ...(help !== undefined && { help }),
  });
}

/**
 * The innermost variable of that name; null if only the global object has one, or none has.
 */
export async function findVariable(
  main: CdpSession,
  frame: CallFrame,
  name: string,
  shown = name,
): Promise<ScopeVariable | null> {
  const [scopeNumber] = await innermostScopes(main, [frame], name);
  return scopeNumber === undefined || scopeNumber < 0 ? null : { frame, scopeNumber, name, shown };
}

/**
 * V8 itself would overwrite a constant without a word.
 * @throws TensorError `invalid-argument` for a constant, an import, and where neither can be ruled out
 */
export async function assertAssignable(
  main: CdpSession,
  { frame, scopeNumber, name, shown }: ScopeVariable,
): Promise<void> {
  // Names are resolved from where the program stands: one that an inner scope has too is not the one meant here.
  const [innermost = -1] = await innermostScopes(main, [frame], name);
  if (innermost >= 0 && innermost < scopeNumber) {
    throw cannotAssign(
      shown,
      'an inner scope has a variable of the same name, and whether this one is a constant is not known',
    );
  }
  const { scriptId, lineNumber, columnNumber = 0 } = frame.location;
  const { scriptSource } = await main.send('Debugger.getScriptSource', { scriptId });
  const declaration = declarationOf(scriptSource, name, { line: lineNumber, column: columnNumber });
  if (declaration === 'const') throw cannotAssign(shown, 'it is a constant', 'Declare it with "let".');
  if (declaration === 'import') throw cannotAssign(shown, 'it is an import');
  if (declaration === 'unparsable') {
    throw cannotAssign(shown, 'its source could not be parsed, so that it is not known whether it is a constant');
  }
}

/** A variable that is about to be set. */
interface VariableWriter {
  set(value: Protocol.Runtime.CallArgument): Promise<void>;
  /**
   * After it was set: what the debugger was given of the scopes when the program stopped are copies, which V8 leaves as
   * they were. They are brought up to date in every frame that sees the variable.
   */
  refresh(): Promise<void>;
}

/** Looks up all that setting it needs: what fails here leaves the program as it was. */
export async function variableWriter(
  main: CdpSession,
  frames: readonly CallFrame[],
  { frame, scopeNumber, name }: ScopeVariable,
): Promise<VariableWriter> {
  const { callFrameId } = frame;
  const home = contextOfFrame(frame);
  const beside = frames.filter((other) => contextOfFrame(other) === home);
  const scopeNumbers = await innermostScopes(main, beside, name);
  return {
    async set(newValue) {
      await main.send('Debugger.setVariableValue', { scopeNumber, variableName: name, newValue, callFrameId });
    },
    async refresh() {
      for (const [index, other] of beside.entries()) {
        const scope = other.scopeChain[scopeNumbers[index] ?? -1];
        if (scope?.object.objectId !== undefined) await refreshScope(main, other, scope.object.objectId, name);
      }
    },
  };
}

async function refreshScope(main: CdpSession, frame: CallFrame, scopeId: string, name: string): Promise<void> {
  const { result, exceptionDetails } = await main.send('Debugger.evaluateOnCallFrame', {
    callFrameId: frame.callFrameId,
    expression: name,
    objectGroup: stopObjectGroup,
    throwOnSideEffect: true,
    silent: true,
  });
  if (exceptionDetails) return;
  await main.send('Runtime.callFunctionOn', {
    objectId: scopeId,
    functionDeclaration: 'function (name, value) { this[name] = value; }',
    arguments: [{ value: name }, argumentOf(result)],
  });
}

/** Frames of different `vm` contexts share no scope but the global one, and V8 lets their objects not meet. */
function contextOfFrame({ scopeChain }: CallFrame): number | undefined {
  const id = scopeChain.find(({ object }) => object.objectId !== undefined)?.object.objectId;
  return id === undefined ? undefined : contextOf(id);
}

/** Per frame the place of the innermost scope that has the name, -1 where none but the global one has. */
async function innermostScopes(main: CdpSession, frames: readonly CallFrame[], name: string): Promise<number[]> {
  const places: { frame: number; scope: number }[] = [];
  const objects: Protocol.Runtime.CallArgument[] = [];
  frames.forEach(({ scopeChain }, frame) => {
    scopeChain.forEach(({ type, object }, scope) => {
      if (type === 'global' || type === 'with' || object.objectId === undefined) return;
      places.push({ frame, scope });
      objects.push({ objectId: object.objectId });
    });
  });
  const found = frames.map(() => -1);
  const receiver = objects[0]?.objectId;
  if (receiver === undefined) return found;
  const { result } = await main.send('Runtime.callFunctionOn', {
    objectId: receiver,
    functionDeclaration: `function (name, ...scopes) {
      return scopes.map((scope) => Object.prototype.hasOwnProperty.call(scope, name));
    }`,
    arguments: [{ value: name }, ...objects],
    returnByValue: true,
  });
  (result.value as boolean[]).forEach((has, index) => {
    const { frame, scope } = places[index]!;
    if (has && found[frame] === -1) found[frame] = scope;
  });
  return found;
}
