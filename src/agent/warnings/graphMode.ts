import type { TensorWarning } from '../../protocol/tensor.ts';

/** A conversion that needs eager mode was tried on a graph tensor. */
export function graphMode(name: string, call: string): TensorWarning {
  return {
    code: 'graph-mode',
    message: `${call}() was called on the graph tensor ${name}, which has no value before its graph is run.`,
    help: `Run it: new Session().run(${name}), or ${name}.eval({ session }); or build it in eager mode, outside of the graph.`,
  };
}
