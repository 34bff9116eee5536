/**
 * The tensors of a session of VS Code's own JavaScript debugger. The inspector runs here, over the debugger's CDP proxy.
 * The session itself is not touched: it is connected to when something is first asked for, and the agent is brought into
 * the program when a frame is looked at that may have tensors.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Protocol } from 'devtools-protocol';
import * as vscode from 'vscode';
import { withVersions } from '../../inspector/runtimeVersions.ts';
import { tensorRequests, type TensorHandlers } from '../../inspector/tensorRequests.ts';
import { reportOf, reportText, TensorError, type ErrorReport } from '../../protocol/errors.ts';
import type { TensorPreview, TensorRequestName, TensorRequests } from '../../protocol/requests.ts';
import type { RuntimeDescription } from '../../protocol/tensor.ts';
import { copyBudget } from '../settings.ts';
import type { CompanionConnection } from './companionConnection.ts';
import { SessionSource } from './sessionSource.ts';
import { mayHaveTensors } from './tensorProbe.ts';
import type { RequestOptions } from './tensorSource.ts';

const launchPatienceMs = 30_000;

/** At a stop of our own, which deferred checks for NaN may make while the event loop turns. */
const noFunctionOnStack: ErrorReport = {
  code: 'not-available',
  message: 'None of the functions of the program is on the call stack here, so there are no variables to show.',
  help: 'Set a breakpoint at the line that the message names.',
};

export class CompanionSource extends SessionSource {
  #connection: Promise<CompanionConnection> | undefined;
  #isOver = false;
  /** Of the scripts that were loaded when a runtime was first met that does not say its version; and those runtimes. */
  #paths: readonly (string | undefined)[] = [];
  readonly #asked = new Set<string>();

  async request<Name extends TensorRequestName>(
    name: Name,
    args: TensorRequests[Name]['arguments'],
    options: RequestOptions = {},
  ): Promise<TensorRequests[Name]['result']> {
    try {
      const result = await this.#handlers[name](args, options);
      this.costs.addCostsOf(result);
      return result;
    } catch (error) {
      throw new TensorError(reportOf(error, 'not-available'), { cause: error });
    }
  }

  async prepareTracking(): Promise<void> {
    // A root session is no program: its children are, and they have the proxies.
    if (!this.session.parentSession) return;
    // Asked before the program is there, which may take a slow machine a while.
    this.#connection ??= this.#connect(launchPatienceMs);
    const connection = await this.#connection;
    await connection.use();
    await connection.inspector.track((batch) => this.tracked.fire(batch));
  }

  override dispose(): void {
    this.#isOver = true;
    super.dispose();
    void this.#connection?.then(
      (connection) => connection.close(),
      () => undefined,
    );
    this.#connection = undefined;
  }

  readonly #requests = tensorRequests(async () => {
    const connection = await this.#stopped();
    const frameOf = async (frameId: number | undefined) => {
      const frame = frameId === undefined ? connection.frames[0]! : await this.#frameOf(connection, frameId);
      const meant = await connection.programFrame(frame);
      if (!meant) throw new TensorError(noFunctionOnStack);
      return meant;
    };
    return {
      inspector: connection.inspector,
      callFrameId: async (frameId) => {
        const { callFrameId } = await frameOf(frameId);
        await connection.use();
        return callFrameId;
      },
      warn: (warning, frameId) => void frameOf(frameId).then((frame) => connection.warnAt(frame, warning)),
    };
  });

  readonly #handlers: TensorHandlers = {
    ...this.#requests,
    'tensor/list': async (args, options) => {
      const connection = await this.#stopped();
      const frame = await this.#frameOf(connection, args.frameId);
      if (!connection.inUse && !(await mayHaveTensors(connection.main, frame))) {
        return { runtimes: [], tensors: [], containers: [], warnings: [], truncated: false };
      }
      if (await connection.programFrame(frame)) {
        const listing = await this.#requests['tensor/list'](args, options);
        return { ...listing, runtimes: await this.#withVersions(listing.runtimes) };
      }
      // What is known of the program as a whole is in every frame's listing.
      const { runtimes, warnings } = await connection.inspector.list(frame.callFrameId);
      return {
        runtimes: await this.#withVersions(runtimes),
        tensors: [],
        containers: [],
        warnings,
        truncated: false,
        reason: reportText(noFunctionOnStack),
      };
    },
    'tensor/preview': async (args, options) => {
      const { previews } = await this.#requests['tensor/preview'](args, options);
      const { inspector } = await this.#stopped();
      // For hovers and variables. A program that ran on shows none any more.
      inspector
        .note(previews.filter((preview): preview is TensorPreview => preview.tensor !== null))
        .catch(() => undefined);
      return { previews };
    },
    'tensor/budget': async (budget) => {
      // Whoever connects later takes the setting as it is then.
      await (await this.#connection)?.inspector.setBudget(budget);
      return {};
    },
    'tensor/breakOnNotFinite': async (asked) => {
      // A root session is no program: its children are.
      if (!this.session.parentSession) return {};
      this.#connection ??= this.#connect(launchPatienceMs);
      const connection = await this.#connection;
      await connection.use();
      await connection.inspector.breakOnNotFinite(asked);
      return {};
    },
  };

  /** Those that don't say theirs themselves have it in their packages: the debugger knows which scripts are loaded. */
  async #withVersions(runtimes: RuntimeDescription[]): Promise<RuntimeDescription[]> {
    const names = runtimes.filter(({ version }) => version === undefined).map(({ name }) => name);
    if (names.length === 0) return runtimes;
    if (!names.every((name) => this.#asked.has(name))) {
      const { sources } = (await this.session.customRequest(
        'loadedSources',
      )) as DebugProtocol.LoadedSourcesResponse['body'];
      // VS Code hands them to extensions as the URIs of its window.
      this.#paths = sources.map(({ path }) => (path?.includes('://') ? vscode.Uri.parse(path).fsPath : path));
      for (const name of names) this.#asked.add(name);
    }
    return withVersions(runtimes, this.#paths);
  }

  /** @throws TensorError `not-paused` */
  async #stopped(): Promise<CompanionConnection> {
    this.#connection ??= this.#connect();
    const connection = await this.#connection;
    if (connection.frames.length === 0 && this.monitor.stoppedThread !== undefined) await connection.paused();
    if (connection.frames.length > 0) return connection;
    throw new TensorError({
      code: 'not-paused',
      message: 'The program is running; its tensors can be read while it is stopped.',
      help: 'Set a breakpoint, or pause it.',
    });
  }

  async #connect(patienceMs?: number): Promise<CompanionConnection> {
    try {
      // Most sessions never need what reads a program: it is loaded when one does.
      const { CompanionConnection: connections } = await import('../onDemand.ts');
      return await connections.open({
        session: this.session,
        budget: copyBudget(),
        patienceMs,
        isOver: () => this.#isOver,
        onEvaluated: (value) => this.evaluated.fire(value),
        onWarned: (warning) => this.warned.fire(warning),
        onBrokeOnNotFinite: (stop) => this.brokeOnNotFinite.fire(stop),
        onClosed: () => (this.#connection = undefined),
      });
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }

  /** Both sides tell the same frames in the same order, but give them ids of their own. */
  async #frameOf(connection: CompanionConnection, frameId: number): Promise<Protocol.Debugger.CallFrame> {
    const { frames } = connection;
    connection.frameIds ??= this.#frameIds(frames.length);
    const frame = frames[(await connection.frameIds).indexOf(frameId)];
    if (frame && connection.frames === frames) return frame;
    throw new TensorError({
      code: 'not-paused',
      message:
        'This frame is not one of those that the program is stopped in: it has moved on, or the frame is of an earlier task.',
      help: 'Select a frame of the current call stack, above the "await" line.',
    });
  }

  async #frameIds(levels: number): Promise<number[]> {
    const { stackFrames } = (await this.session.customRequest('stackTrace', {
      threadId: this.monitor.stoppedThread ?? 0,
      startFrame: 0,
      levels,
    })) as DebugProtocol.StackTraceResponse['body'];
    return stackFrames.filter(({ presentationHint }) => presentationHint !== 'label').map(({ id }) => id);
  }
}
