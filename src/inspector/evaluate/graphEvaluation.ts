/** Values of graphs: which tensor or model an expression means, what feeds it, and its result. */
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../../cdp/cdpSession.ts';
import type { AgentFeed, AgentListing, ListOptions, TakenFeed } from '../../protocol/agent.ts';
import { reportText, TensorError, type ErrorCode } from '../../protocol/errors.ts';
import type { EvaluatedValue, TensorRequests } from '../../protocol/requests.ts';
import type { GraphInput } from '../../protocol/tensor.ts';
import { evaluateHelp } from '../../tensor/evaluateHelp.ts';
import { isPlace } from '../assign/target.ts';
import type { AgentLink } from '../link/agentLink.ts';
import { bind } from '../link/bind.ts';
import type { Stop } from '../stop.ts';
import { parseId } from '../tensorId.ts';
import type { FeedOf } from '../tensorInspector.ts';
import { evaluateOnFrame, notATensor, splitReinterpretation } from './evaluate.ts';
import { fileFeed, noFeed, primitiveFeed } from './graphFeeds.ts';

/** Carries what comes after the program has gone on; the program never sees it. */
const laterBinding = '__tensorDebuggerLater';

/** Of the tensors in a container, so many are named. */
const namedMembers = 3;
/** Of so many tensors in it, the number is told. */
const maxCounted = 1000;

/** A model or session can't be evaluated as a whole: it has several outputs, or is of another version. */
const saysWhyNotAsAWhole: ReadonlySet<ErrorCode> = new Set(['invalid-argument', 'no-graph', 'not-available']);

export class GraphEvaluation {
  readonly #main: CdpSession;
  readonly #link: AgentLink;
  readonly #stop: Stop;
  readonly #onEvaluated: (value: EvaluatedValue) => void;
  #laterConnected: Promise<void> | undefined;
  /** Values that were promised for later, and had not come when the program last stopped. */
  readonly #promised = new Set<string>();
  readonly #come = new Set<string>();

  constructor(main: CdpSession, link: AgentLink, stop: Stop, onEvaluated: (value: EvaluatedValue) => void) {
    this.#main = main;
    this.#link = link;
    this.#stop = stop;
    this.#onEvaluated = onEvaluated;
  }

  /** The id of what an expression names: a graph tensor, or a model or session as a whole. */
  async targetOf(callFrameId: string, expression: string): Promise<string> {
    const names = await this.#stop.names(callFrameId);
    await this.#stop.handOver();
    const value = await evaluateOnFrame(this.#main, callFrameId, expression, { throwOnSideEffect: true, names });
    const id = await this.#graphId(value);
    if (id !== null) return id;
    const [tensor] = value.objectId === undefined ? [] : await this.#stop.take([value.objectId]);
    if (!tensor) throw await this.#notATensor(expression, value);
    return tensor.id;
  }

  /** Why an expression is no tensor, and what to do with it where it is a model or a session. */
  async notATensor(expression: string, value: Protocol.Runtime.RemoteObject): Promise<TensorError> {
    const id = await this.#graphId(value);
    if (id === null) return this.#notATensor(expression, value);
    try {
      const names = (await this.inputs(id)).map(({ name }) => name);
      return notATensor(expression, value, evaluateHelp(names));
    } catch (error) {
      if (!(error instanceof TensorError) || !saysWhyNotAsAWhole.has(error.code)) throw error;
      return notATensor(expression, value, { help: reportText(error) });
    }
  }

  /** Of a container, it names the tensors that are in it. */
  async #notATensor(expression: string, value: Protocol.Runtime.RemoteObject): Promise<TensorError> {
    const { objectId } = value;
    if (objectId === undefined || !isPlace(expression)) return notATensor(expression, value);
    const request: ListOptions = { limit: maxCounted, within: expression };
    const args = [{ value: JSON.stringify(request) }, { objectId }];
    const { tensors, containers, truncated } = await this.#link.handOver<AgentListing>('list', args);
    const expressions = tensors.map(([, , , each]) => each);
    if (expressions.length === 0 && containers.length > 0) {
      const deeper = containers
        .slice(0, namedMembers)
        .map((each) => each.expression)
        .join(', ');
      return notATensor(expression, value, { help: `Its tensors lie deeper: look into ${deeper}.` });
    }
    if (expressions.length === 0) return notATensor(expression, value);
    const named = expressions.slice(0, namedMembers).join(', ');
    const rest = expressions.length > namedMembers ? `, ... (${truncated ? 'over ' : ''}${expressions.length})` : '';
    return notATensor(expression, value, { help: `Name one of the tensors in it: ${named}${rest}.` });
  }

  /** A handle for a graph tensor, or for a model or session as a whole; null for any other value. */
  async #graphId({ objectId }: Protocol.Runtime.RemoteObject): Promise<string | null> {
    return objectId === undefined ? null : this.#link.handOver<string | null>('takeGraph', [{ objectId }]);
  }

  inputs(id: string): Promise<GraphInput[]> {
    return this.#stop.withOwners(() => this.#link.call('graphInputs', { id }));
  }

  async evaluate(
    id: string,
    feeds: readonly FeedOf[],
    { stopWhenEvaluated: stops = false }: { stopWhenEvaluated?: boolean },
  ): Promise<TensorRequests['tensor/evaluateGraph']['result']> {
    const given: AgentFeed[] = [];
    for (const feed of feeds) given.push({ name: feed.name, ...(await this.#feed(feed)) });
    const evaluate = () => this.#link.call('evaluateGraph', { id, feeds: given, stops });
    const evaluated = await this.#stop.reading(() => this.#stop.withOwners(evaluate), id);
    const { tensor, isLater } = evaluated;
    this.#stop.described.set(tensor.id, tensor);
    if (isLater) {
      this.#promised.add(tensor.id);
      await (this.#laterConnected ??= this.#connectLater());
    }
    return evaluated;
  }

  stopped(): void {
    for (const id of this.#come) this.#promised.delete(id);
    this.#come.clear();
  }

  /** Whether values are still to be read, at a stop to come; those that are awaited together stay together. */
  get keepsLater(): boolean {
    return this.#promised.size > 0;
  }

  /** Values may come after the program has gone on, which are read by their handles alone. */
  get hasLater(): boolean {
    return this.#laterConnected !== undefined;
  }

  /** The program stands still, so nothing can have come yet. */
  #connectLater(): Promise<void> {
    return bind(this.#main, this.#link, {
      name: laterBinding,
      method: 'connectLater',
      onPayload: (json) => {
        const value = JSON.parse(json) as EvaluatedValue;
        this.#come.add(value.id);
        this.#onEvaluated(value);
      },
    });
  }

  async #feed(feed: FeedOf) {
    if ('file' in feed) return fileFeed(feed.name, feed.file);
    if ('id' in feed) return parseId(feed.id);
    const { expression, as } = splitReinterpretation(feed.expression);
    const names = await this.#stop.names(feed.callFrameId);
    await this.#stop.handOver();
    const value = await evaluateOnFrame(this.#main, feed.callFrameId, expression, { throwOnSideEffect: true, names });
    const primitive = primitiveFeed(value);
    if (primitive) return primitive;
    const { objectId } = value;
    const { id, problem }: TakenFeed =
      objectId === undefined ? { id: null } : await this.#link.handOver('takeFeed', [{ objectId }]);
    if (id === null) throw noFeed(feed.name, expression, value, problem);
    return { id, ...(as && { as }) };
  }
}
