/**
 * One stop of the program: its frames, what of it the agent was told, and the tensors that were described since. It looks
 * for what a read or an evaluation misses (devices, models) in every frame, once.
 */
import type { Protocol } from 'devtools-protocol';
import { isRefused, TensorError } from '../protocol/errors.ts';
import type { TensorDescriptor } from '../protocol/tensor.ts';
import { ranOn, type AgentLink } from './link/agentLink.ts';
import { withOwnName, withOwnNameIn } from './names/ownName.ts';
import { sameNames, type NamesAt, type NamesInSight } from './names/originalNames.ts';

export class Stop {
  readonly described = new Map<string, TensorDescriptor>();
  readonly #link: AgentLink;
  readonly #namesAt: NamesAt;
  readonly #names = new Map<string, Promise<NamesInSight>>();
  /** What the program calls its tensors, by their ids. */
  readonly #expressions = new Map<string, string>();
  #startMs = 0;
  #frames: readonly Protocol.Debugger.CallFrame[] = [];
  #handedOver: Promise<void> | null = null;
  #devicesSearched = false;
  #ownersSearched = false;

  constructor(link: AgentLink, namesAt: NamesAt = () => Promise.resolve(sameNames)) {
    this.#link = link;
    this.#namesAt = namesAt;
  }

  /** @param callFrames none: the program is about to run on */
  begin(callFrames: readonly Protocol.Debugger.CallFrame[], stoppedAt: number): void {
    this.#frames = callFrames;
    this.#link.callFrameId = callFrames[0]?.callFrameId;
    if (callFrames.length > 0) this.#startMs = stoppedAt;
    this.#handedOver = null;
    this.#devicesSearched = false;
    this.#ownersSearched = false;
    this.described.clear();
    this.#expressions.clear();
    this.#names.clear();
  }

  /** Since the stop. */
  get heldMs(): number {
    return performance.now() - this.#startMs;
  }

  /** Whether the agent knows of it, and so has something to let go of. */
  get isHandedOver(): boolean {
    return this.#handedOver !== null;
  }

  get frames(): readonly Protocol.Debugger.CallFrame[] {
    return this.#frames;
  }

  /** @throws TensorError `not-paused` */
  frame(callFrameId: string): Protocol.Debugger.CallFrame {
    const frame = this.#frames.find((candidate) => candidate.callFrameId === callFrameId);
    if (frame) return frame;
    throw new TensorError({
      code: 'not-paused',
      message: 'The program is running, or has moved on since this frame was shown.',
      help: 'Tensors can be read while it is stopped: set a breakpoint, or pause it.',
    });
  }

  /** What the variables of a frame are called by their author. @throws TensorError `not-paused` */
  names(callFrameId: string): Promise<NamesInSight> {
    const names = this.#names.get(callFrameId) ?? this.#namesAt(this.frame(callFrameId));
    this.#names.set(callFrameId, names);
    return names;
  }

  /** Once per stop: which objects the stopped functions work on, and which immediate is being run. */
  handOver(): Promise<void> {
    this.#handedOver ??= this.#sendStop();
    return this.#handedOver;
  }

  async #sendStop(): Promise<void> {
    const receivers = this.#frames.map((frame) => frame.this.objectId).filter((id) => id !== undefined);
    // Node's loop over immediates is called by nobody. (V8 does not tell the URLs of frames.)
    const outermost = this.#frames.at(-1);
    const processing = outermost?.functionName === 'processImmediate' ? outermost : undefined;
    const locals = processing?.scopeChain.filter(({ type }) => type === 'local' || type === 'block') ?? [];
    const immediates = locals.map(({ object }) => object.objectId).filter((id) => id !== undefined);
    await this.#link.tell('setStop', [
      { value: JSON.stringify({ receivers: receivers.length, heldMs: this.heldMs }) },
      ...[...receivers, ...immediates].map((objectId) => ({ objectId })),
    ]);
  }

  /**
   * Keeps what is known of a tensor for the rest of the stop.
   * @param expression what the program calls it; default: as it was called before
   */
  keep(tensor: TensorDescriptor, expression = this.#expressions.get(tensor.id)): TensorDescriptor {
    if (expression !== undefined) this.#expressions.set(tensor.id, expression);
    const kept = withOwnName(tensor, expression);
    this.described.set(tensor.id, kept);
    return kept;
  }

  /** Which of the objects of this stop are tensors: a descriptor each, null for any other. */
  async take(objectIds: readonly string[]): Promise<(TensorDescriptor | null)[]> {
    const tensors = await this.#link.handOver<(TensorDescriptor | null)[]>(
      'take',
      objectIds.map((objectId) => ({ objectId })),
    );
    return tensors.map((tensor) => tensor && this.keep(tensor));
  }

  /**
   * Runs a read; where a GPU buffer's device is not in sight, looks for it in every frame and tries once more. What shows that a
   * buffer is gone is only its read: the descriptions of all buffers are asked for anew then.
   * @param id the tensor, if it is one
   * @throws TensorError `not-paused` if it fails for the program having run on meanwhile, be it to its end
   */
  async reading<Value>(read: () => Promise<Value>, id?: string): Promise<Value> {
    const frames = this.#frames;
    try {
      return await this.#readWithDevices(read);
    } catch (error) {
      if (isRefused(error)) {
        for (const [id, { kind }] of this.described) if (kind === 'buffer') this.described.delete(id);
      }
      const isGone =
        error instanceof TensorError && (error.code === 'no-such-tensor' || error.code === 'program-ended');
      const expression = id === undefined ? undefined : this.#expressions.get(id);
      if (!isGone || this.#frames === frames) throw withOwnNameIn(error, expression);
      throw new TensorError(ranOn, { cause: error });
    }
  }

  async #readWithDevices<Value>(read: () => Promise<Value>): Promise<Value> {
    await this.#link.closures.preparePump();
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof TensorError) || error.code !== 'no-device' || this.#devicesSearched) throw error;
    }
    this.#devicesSearched = true;
    await this.#link.tell('findDevices', this.#allScopes());
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof TensorError) || error.code !== 'no-device') throw error;
    }
    await this.#link.closures.findTrackedDevices();
    return read();
  }

  /** Where the model or session of a graph tensor is not known, looks for it in every frame and tries again. */
  async withOwners<Value>(evaluate: () => Promise<Value>): Promise<Value> {
    // What it is found in may have a closure that has to be looked into, too.
    for (let searches = 0; ; searches++) {
      try {
        return await evaluate();
      } catch (error) {
        if (!(error instanceof TensorError) || error.code !== 'no-graph' || searches === 2) throw error;
      }
      if (!this.#ownersSearched) await this.#link.tell('findOwners', this.#allScopes());
      this.#ownersSearched = true;
      await this.#link.closures.findWanted();
    }
  }

  /** The scopes of every frame, but for the globals. */
  #allScopes(): Protocol.Runtime.CallArgument[] {
    const scopes = this.#frames.flatMap((frame) => frame.scopeChain).filter(({ type }) => type !== 'global');
    const ids = scopes.map(({ object }) => object.objectId).filter((id) => id !== undefined);
    return ids.map((objectId) => ({ objectId }));
  }
}
