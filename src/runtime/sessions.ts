/** The default session, without knowing what a session is: graph tensors need it, and sessions need graph tensors. */
import type { Graph } from './graph/graph.ts';
import { optionsOf } from './options.ts';
import { ScopedStack } from './scopedStack.ts';
import { ValueError } from './errors.ts';
import type { SparseTensor } from './sparse.ts';
import type { Tensor } from './tensor.ts';
import type { TfTensor } from './tfjs.ts';

/** What a graph tensor needs of a session. */
export interface SessionLike {
  readonly graph: Graph;
  /** Runs the graph for one of its tensors, and gives what `run` does. */
  evaluate(tensor: Tensor | SparseTensor, feeds?: unknown): Promise<unknown>;
  evaluateSync(tensor: Tensor | SparseTensor, feeds?: unknown): unknown;
  /** What a variable has in this session; undefined before its initializer ran. */
  variableValue(name: string): TfTensor | undefined;
}

export interface EvalOptions {
  session?: SessionLike;
  /** Values for placeholders, as `session.run` takes them. */
  feeds?: unknown;
}

const scopes = new ScopedStack<SessionLike>();
/** Sessions that made themselves the default without a scope: InteractiveSession. The last one counts. */
const installed: SessionLike[] = [];

/** Every session that was not closed; one that nobody has any more goes. */
const open = new Set<WeakRef<SessionLike>>();

export function noteOpened(session: SessionLike): void {
  open.add(new WeakRef(session));
}

export function noteClosed(session: SessionLike): void {
  for (const reference of open) if ((reference.deref() ?? session) === session) open.delete(reference);
}

export function openSessions(graph: Graph): SessionLike[] {
  return [...open].flatMap((reference) => reference.deref() ?? []).filter((session) => session.graph === graph);
}

export function withSession<R>(session: SessionLike, fn: () => R): R {
  return scopes.run(session, fn);
}

export function installSession(session: SessionLike): void {
  installed.push(session);
}

export function uninstallSession(session: SessionLike): void {
  const at = installed.lastIndexOf(session);
  if (at >= 0) installed.splice(at, 1);
}

/** `tf.compat.v1.get_default_session()`; undefined where Python says None. */
export function getDefaultSession(): SessionLike | undefined {
  return scopes.current ?? installed.at(-1);
}

function isSession(value: EvalOptions | SessionLike): value is SessionLike {
  return 'evaluate' in value && 'graph' in value;
}

/**
 * The session that evaluates a tensor of `graph`, and the feeds.
 * @throws ValueError without one, with TensorFlow's words, or if it is of another graph
 */
export function sessionFor(
  graph: Graph,
  options: EvalOptions | SessionLike = {},
): { session: SessionLike; feeds: unknown } {
  const given = isSession(options)
    ? { session: options }
    : optionsOf<EvalOptions>('eval', [options], [], ['session', 'feeds']);
  const session = given.session ?? getDefaultSession();
  if (session === undefined) {
    throw new ValueError(
      'Cannot evaluate tensor using `eval()`: No default session is registered.',
      'Pass one: await tensor.eval({ session })\n' +
        'Or make one the default: await session.asDefault(() => tensor.eval()), or new InteractiveSession().',
    );
  }
  if (session.graph !== graph) {
    throw new ValueError(
      `Cannot use the ${given.session ? 'given' : 'default'} session to evaluate tensor: the tensor's graph is different from the session's graph.`,
      "Pass a session of the tensor's graph: await tensor.eval({ session: new Session(tensor.graph) })",
    );
  }
  return { session, feeds: given.feeds };
}
