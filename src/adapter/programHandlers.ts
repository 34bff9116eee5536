/** The requests about a program that runs or is paused. */
import type { Position } from '../cdp/sourceMaps.ts';
import type { NotFiniteBreak } from '../protocol/notFinite.ts';
import type { ProgramWarning, TensorEvents } from '../protocol/requests.ts';
import { errors } from './errors.ts';
import type { Handlers, StandardRequests } from './requestTable.ts';
import type { Inspection, Run } from './run.ts';
import { evaluateRequest } from './values/evaluateRequest.ts';
import { exceptionInfo } from './values/exceptionInfo.ts';
import { setVariable } from './values/setVariable.ts';

/** JavaScript has one thread; workers are not debugged. */
export const threadId = 1;

/** What handlers need of their session. */
export interface Program {
  run(): Promise<Run>;
  offsets(): Position;
  send<Name extends keyof TensorEvents>(name: Name, body: TensorEvents[Name]): void;
  /** Works before the program runs, too. */
  breakOnNotFinite(asked: NotFiniteBreak): Promise<void>;
  /** Something of the program may have been changed by the client. */
  assigned(): Promise<void>;
  /** Something of the program was changed by a request that clients don't expect that of: they look again. */
  invalidated(): void;
}

/** @throws TensorError if the program runs without a debugger */
export async function inspectionOf(program: Program): Promise<Inspection> {
  const { inspection } = await program.run();
  if (!inspection) throw errors.notPaused();
  return inspection;
}

type ProgramRequests = Pick<
  StandardRequests,
  | 'threads'
  | 'stackTrace'
  | 'scopes'
  | 'variables'
  | 'setVariable'
  | 'evaluate'
  | 'exceptionInfo'
  | 'readMemory'
  | 'source'
  | 'continue'
  | 'next'
  | 'stepIn'
  | 'stepOut'
  | 'pause'
>;

export function programHandlers(program: Program): Handlers<ProgramRequests> {
  const inspection = () => inspectionOf(program);
  const warned = (warning: ProgramWarning) => program.send('tensor/warning', warning);
  return {
    threads: () => ({ threads: [{ id: threadId, name: 'main' }] }),
    stackTrace: async ({ startFrame = 0, levels = 0 }) => {
      const { debuggee, frames } = await inspection();
      const totalFrames = debuggee.requireStop().callFrames.length;
      const stackFrames = await frames.trace(startFrame, levels, program.offsets(), debuggee.main);
      return { stackFrames, totalFrames };
    },
    scopes: async ({ frameId }) => {
      const { debuggee, frames, variables } = await inspection();
      debuggee.requireStop();
      return { scopes: variables.scopes(frames.frameOf(frameId)) };
    },
    variables: async ({ variablesReference, filter, start, count }) => {
      const { variables } = await inspection();
      const page = start === undefined && count === undefined ? undefined : { start: start ?? 0, count: count ?? 0 };
      return { variables: await variables.children(variablesReference, page, filter) };
    },
    setVariable: async (args) => {
      const body = await setVariable(await inspection(), args);
      await program.assigned();
      return body;
    },
    evaluate: async (args, { signal }) => {
      const body = await evaluateRequest(await inspection(), args, signal, warned);
      // In the debug console everything is allowed, assignments among it.
      if (args.context === 'repl') await program.assigned();
      return body;
    },
    exceptionInfo: async () => exceptionInfo(await inspection(), warned),
    readMemory: async ({ memoryReference, offset = 0, count }) => {
      const inspector = await (await inspection()).tensors.inspector();
      const bytes = await inspector.readBytes(memoryReference, offset, count);
      return {
        address: String(offset),
        data: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
        ...(bytes.byteLength < count && { unreadableBytes: count - bytes.byteLength }),
      };
    },
    source: async ({ source, sourceReference }) => {
      const { debuggee, frames } = await inspection();
      const content = await frames.text(source?.sourceReference ?? sourceReference, debuggee.main);
      return { content, mimeType: 'text/javascript' };
    },
    continue: async () => {
      await (await inspection()).debuggee.resume();
      return { allThreadsContinued: true };
    },
    next: async () => (await inspection()).debuggee.step('stepOver'),
    stepIn: async () => (await inspection()).debuggee.step('stepInto'),
    stepOut: async () => (await inspection()).debuggee.step('stepOut'),
    pause: async () => (await inspection()).debuggee.pause(),
  };
}
