/** `tf.compat.v1` and its relatives: what TensorFlow 1 programs are written with. */
import { SymbolicVariable, Variable } from './variable.ts';
import { getDefaultGraph, resetDefaultGraph } from './graph/graph.ts';
import { addInitializer } from './graph/graphVariable.ts';
import type { Operation } from './graph/symbolicTensor.ts';
import { disableEagerExecution, enableEagerExecution, executingEagerly } from './mode.ts';
import { ModeError } from './errors.ts';
import type { ArrayElement } from './numpy/elementFormat.ts';
import type { NDArray } from './numpy/ndarray.ts';
import { placeholder, placeholderWithDefault } from './ops/creation.ts';
import { InteractiveSession, Session } from './session.ts';
import { getDefaultSession, installSession, type SessionLike } from './sessions.ts';
import { SparseTensorValue, sparsePlaceholder } from './sparse.ts';
import type { Tensor } from './tensor.ts';

/** `tf.compat.v1.global_variables_initializer()`: an op that gives every variable of the graph its first value. */
export function globalVariablesInitializer(): Operation {
  if (executingEagerly()) {
    throw new ModeError('In eager mode variables have their values from the start: there is nothing to initialize.');
  }
  return addInitializer(getDefaultGraph());
}

let kerasSession: Session | undefined;

/** `keras.backend`: one session for the whole program. */
const backend = {
  /** The default session, or one that is made for the default graph. */
  getSession(): SessionLike & Pick<Session, 'run' | 'runSync' | 'close'> {
    const current = getDefaultSession();
    if (current instanceof Session) return current;
    if (kerasSession?.graph !== getDefaultGraph()) {
      kerasSession = new Session();
      installSession(kerasSession);
    }
    return kerasSession;
  },
  /** The value of a tensor in either mode. */
  async getValue<T extends ArrayElement = number>(tensor: Tensor): Promise<NDArray<T>> {
    return executingEagerly() ? tensor.numpyAsync<T>() : tensor.eval<T>({ session: backend.getSession() });
  },
};

export const keras = { backend };

export const compat = {
  v1: {
    Session,
    InteractiveSession,
    SparseTensorValue,
    Variable,
    placeholder,
    placeholderWithDefault,
    sparsePlaceholder,
    globalVariablesInitializer,
    enableEagerExecution,
    disableEagerExecution,
    enableV2Behavior: enableEagerExecution,
    disableV2Behavior: disableEagerExecution,
    executingEagerly,
    getDefaultGraph,
    resetDefaultGraph,
    getDefaultSession,
    keras,
  },
};

export { SymbolicVariable };
