/**
 * The values of a file as a new tensor of the program, in place of one that a variable or property holds. What does not
 * fit is refused before a byte is sent; the values go over in pieces, so that neither side holds more than the tensor itself.
 */
import { basename } from 'node:path';
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import { withFileMember } from '../../formats/fileMember.ts';
import { agentFromAnyContext } from '../../protocol/agent.ts';
import { assertNotCancelled, TensorError } from '../../protocol/errors.ts';
import type { AssignedTensor } from '../../protocol/requests.ts';
import type { TensorDescriptor } from '../../protocol/tensor.ts';
import { blocks } from '../../tensor/blocks.ts';
import { shapedAs, type ElementSource } from '../../tensor/elementSource.ts';
import { itemSize, numpyName } from '../../tensor/dtypes.ts';
import { formatType } from '../../tensor/preview.ts';
import { sameShape, sizeOf } from '../../tensor/shape.ts';
import type { AgentLink } from '../link/agentLink.ts';
import { stopObjectGroup } from '../link/stopObjects.ts';
import type { BulkReader } from '../read/bulkReader.ts';
import type { NamesInSight } from '../names/originalNames.ts';
import { evaluateOnFrame } from '../evaluate/evaluate.ts';
import { setProperty } from '../link/remoteObjects.ts';
import type { AssignRequest } from '../tensorInspector.ts';
import { assertPropertyAssignable } from './properties.ts';
import { numbersAs } from './plainNumbers.ts';
import { parseTarget, type AssignTarget } from './target.ts';
import { assertAssignable, cannotAssign, findVariable, variableWriter } from './variables.ts';

/** What assigning needs of the inspector. */
interface Assigning {
  main: CdpSession;
  link: AgentLink;
  bulk: BulkReader;
  frame: Protocol.Debugger.CallFrame;
  frames: readonly Protocol.Debugger.CallFrame[];
  names: NamesInSight;
  /** The tensor that is to be replaced. */
  old: TensorDescriptor;
}

const pieceBytes = 4 * 2 ** 20;

/** @throws TensorError `invalid-argument` for a constant, and for another dtype or shape (nothing was changed then); what opening the file throws */
export async function assignTensor(request: AssignRequest, assigning: Assigning): Promise<AssignedTensor> {
  const { expression } = request;
  const { old, link, names } = assigning;
  const target = parseTarget(names.translate(expression));
  const purpose = target.kind === 'variable' ? expression : undefined;
  return withFileMember(request.file, purpose, async (inFile, { path }, member) => {
    const name = basename(path) + (member === undefined ? '' : `#${member}`);
    const stored = shapedAs(await numbersAs(old.dtype, inFile, name), old);
    assertFits(expression, old, stored, name);
    const writer = await writerOf(target, expression, assigning);
    const upload = await send(stored, assigning, request);
    const { dtype } = old;
    const made = await link.call('make', { id: old.id, upload, dtype, shape: [...stored.shape] });
    const { tensor, isNew, warnings } = made;
    if (isNew) {
      try {
        await writer.write(tensor.id);
      } catch (error) {
        await link.call('unmake', { id: tensor.id });
        throw error;
      }
      await writer.refresh?.();
    }
    return {
      expression,
      file: path,
      tensor,
      isNew,
      message: message(expression, tensor, isNew, name),
      warnings,
    };
  });
}

/** Before anything is sent or made. @throws TensorError `invalid-argument` */
function assertFits(expression: string, old: TensorDescriptor, stored: ElementSource, file: string): void {
  const { dtype, shape } = old;
  const differs = (what: string, help: string): TensorError =>
    new TensorError({
      code: 'invalid-argument',
      message: `${expression} is ${formatType(dtype, shape)}, ${file} holds ${formatType(stored.dtype, stored.shape)}: ${what}.`,
      help,
    });
  const raw = dtype === 'unknown' && stored.dtype === 'uint8';
  if (dtype !== stored.dtype && !raw) {
    throw differs('the dtypes differ', `Convert it in NumPy: array.astype(np.${numpyName(dtype)}).`);
  }
  if (dtype === 'string') throw differs('text is not assigned', 'Assign it in the debug console.');
  if (!shape.every((count) => count !== null)) {
    throw differs('not every axis of the one has a length', 'Assign to a tensor that has its value.');
  }
  if (sameShape(shape, stored.shape)) return;
  const [wanted, held] = [sizeOf(shape), sizeOf(stored.shape)];
  if (wanted === held) {
    throw differs('the shapes differ', `Bring it into shape in NumPy: array.reshape(${tupleOf(shape)}).`);
  }
  throw differs(
    `${countInWords(held)} can't be put in the place of ${countInWords(wanted)}`,
    `Save an array of the shape ${tupleOf(shape)} in NumPy, or name another tensor of the program.`,
  );
}

/** A shape as Python writes it. */
function tupleOf(shape: readonly number[]): string {
  return `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
}

function countInWords(count: number): string {
  return count === 1 ? 'one element' : `${count} elements`;
}

/** How the new tensor gets to its place. */
interface Writer {
  /** What fails here has changed nothing. */
  write(id: string): Promise<void>;
  /** When the place has it. */
  refresh?(): Promise<void>;
}

/**
 * The writer, with all that would keep it from there found out first; nothing is written yet.
 */
async function writerOf(target: AssignTarget, expression: string, assigning: Assigning): Promise<Writer> {
  const { main, frame, frames, names, old } = assigning;
  if (target.kind === 'variable') {
    const { name } = target;
    const shown = names.original(name);
    const variable = await findVariable(main, frame, name, shown);
    if (!variable) {
      const holder = globalObject(frame);
      if (holder === undefined) throw cannotAssign(shown, 'it is no variable of the stopped functions');
      return propertyWriter(holder, { value: name }, expression, assigning);
    }
    // What takes new values itself, as a variable of TF.js does, may well be a constant of the program.
    const refusal = await assertAssignable(main, variable).catch((error: unknown) => error as Error);
    if (refusal && !takesValues(old)) throw refusal;
    const writer = await variableWriter(main, frames, variable);
    return {
      async write(id) {
        if (refusal) throw refusal;
        await writer.set({ objectId: await heldObject(main, frame, id) });
      },
      refresh: () => writer.refresh(),
    };
  }
  const [holder, key] = [
    await evaluateOnFrame(main, frame.callFrameId, target.object, { throwOnSideEffect: true }),
    await evaluateOnFrame(main, frame.callFrameId, target.key, { throwOnSideEffect: true }),
  ];
  const { objectId } = holder;
  if (objectId === undefined) throw cannotAssign(target.object, 'it is no object');
  const name = key.objectId === undefined ? { value: key.value as unknown } : { objectId: key.objectId };
  return propertyWriter(objectId, name, expression, assigning);
}

/** What a name stands for that no scope has; undefined where it may as well be of the object of a `with`. */
function globalObject({ scopeChain }: Protocol.Debugger.CallFrame): string | undefined {
  if (scopeChain.some(({ type }) => type === 'with')) return undefined;
  return scopeChain.find(({ type }) => type === 'global')?.object.objectId;
}

/** @throws TensorError `invalid-argument` for a property that takes no new value */
async function propertyWriter(
  objectId: string,
  key: Protocol.Runtime.CallArgument,
  expression: string,
  { main, frame }: Assigning,
): Promise<Writer> {
  await assertPropertyAssignable(main, objectId, key, expression);
  const write = async (id: string) => {
    const thrown = await setProperty(main, objectId, key, { objectId: await heldObject(main, frame, id) });
    const reason = thrown?.exception?.description?.split('\n', 1)[0];
    if (thrown) throw cannotAssign(expression, reason ?? thrown.text);
  };
  return { write };
}

/** By the names that runtimes give such classes; whether it is so shows when it is tried. */
function takesValues({ className }: TensorDescriptor): boolean {
  return /Variable$/.test(className);
}

/** The object behind a handle, as the main session knows it. */
async function heldObject(main: CdpSession, frame: Protocol.Debugger.CallFrame, id: string): Promise<string> {
  const { result, exceptionDetails } = await main.send('Debugger.evaluateOnCallFrame', {
    callFrameId: frame.callFrameId,
    expression: `${agentFromAnyContext}.held(${JSON.stringify(id)})`,
    objectGroup: stopObjectGroup,
    silent: true,
  });
  if (result.objectId !== undefined && !exceptionDetails) return result.objectId;
  throw new TensorError({ code: 'agent-failed', message: 'The new tensor was lost before it could be assigned.' });
}

async function send(stored: ElementSource, { link, bulk }: Assigning, request: AssignRequest): Promise<number> {
  const size = itemSize(stored.dtype);
  const byteLength = sizeOf(stored.shape) * size;
  const { upload } = await link.call('upload', { byteLength });
  let position = 0;
  for (const ranges of blocks(stored.shape, pieceBytes / size)) {
    assertNotCancelled(request.signal, 'The assignment was cancelled; nothing was changed.');
    const bytes = (await stored.read(ranges)) as Uint8Array;
    await bulk.send(bytes, (piece) => link.call('fill', { upload, position, piece }));
    position += bytes.length;
    request.onProgress?.(position / byteLength, position);
  }
  return upload;
}

function message(expression: string, tensor: TensorDescriptor, isNew: boolean, file: string): string {
  const type = formatType(tensor.dtype, tensor.shape);
  const copy = `a copy of the values in ${file}, which it has no further connection with`;
  return isNew
    ? `${expression} is a new ${type} (${tensor.className}, ${tensor.device.type}), ${copy}. Whatever else refers to the old one keeps it.`
    : `${expression} (${tensor.className}) has new values, ${copy}. Everything that refers to it sees them.`;
}
