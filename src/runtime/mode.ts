/**
 * Which mode the program is in. The rules are TensorFlow's: eager by default; graph mode inside of `graph.asDefault`, in
 * a traced function, or after `compat.v1.disableEagerExecution()`.
 */
import type { ExecutionMode } from '../protocol/tensor.ts';
import { ValueError } from './errors.ts';
import type { Graph } from './graph/graph.ts';
import { ScopedStack } from './scopedStack.ts';

const graphScopes = new ScopedStack<Graph>();

const state = {
  eager: true,
  /** The graph that is the default outside of every scope; made when it is first asked for. */
  globalGraph: undefined as Graph | undefined,
  eagerTensors: false,
  graphTensors: false,
};

/** Whether ops run now: `tf.executing_eagerly()`. */
export function executingEagerly(): boolean {
  return state.eager && graphScopes.current === undefined;
}

/** Calls `fn` in graph mode, its ops going into `graph`. */
export function withGraph<R>(graph: Graph, fn: () => R): R {
  return graphScopes.run(graph, fn);
}

/** The graph that ops go into now; `make` makes the global one when it is first needed. */
export function defaultGraph(make: () => Graph): Graph {
  return graphScopes.current ?? (state.globalGraph ??= make());
}

export function resetGlobalGraph(): void {
  state.globalGraph = undefined;
}

/**
 * @throws ValueError once the default graph was used: what is in it would be lost to the program
 */
export function enableEagerExecution(): void {
  if (state.eager) return;
  if (state.globalGraph !== undefined) {
    throw new ValueError(
      'compat.v1.enableEagerExecution must be called at program startup: the default graph is in use already.',
      'Call it before the first op, or drop the graph first: compat.v1.resetDefaultGraph().',
    );
  }
  state.eager = true;
}

/**
 * As TensorFlow documents it, to be called before any graph, op or tensor is made. Like TensorFlow it does not enforce
 * that: eager tensors that exist keep their values, and `executionMode()` says `mixed`.
 */
export function disableEagerExecution(): void {
  state.eager = false;
}

export function noteEagerTensor(): void {
  state.eagerTensors = true;
}

export function noteGraphTensor(): void {
  state.graphTensors = true;
}

/** The mode the whole program is in so far: `mixed` once it has made both eager and graph tensors. */
export function executionMode(): ExecutionMode {
  if (state.eagerTensors && state.graphTensors) return 'mixed';
  if (state.graphTensors) return 'graph';
  return state.eagerTensors || state.eager ? 'eager' : 'graph';
}
