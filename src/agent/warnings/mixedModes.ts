import type { RuntimeDescription, TensorDescriptor, TensorWarning } from '../../protocol/tensor.ts';
import { namesInWords } from './names.ts';

interface Named {
  expression: string;
  tensor: TensorDescriptor;
}

/** Runtimes whose eager tensors can be taken for graph tensors, and the other way round. */
const withEagerMode = new Set(['tfjs', 'tensor-debugger']);

/**
 * Eager tensors and graph tensors in one frame, or a runtime that has made both: which is which. The symbolic tensors of
 * TF.js don't count: a Layers model is built of them beside eager ones, and nobody takes a node of a model for a tensor.
 */
export function mixedModes(listed: readonly Named[], runtimes: readonly RuntimeDescription[]): TensorWarning[] {
  const namesOf = (is: (tensor: TensorDescriptor) => boolean) =>
    listed.filter(({ tensor }) => is(tensor)).map(({ expression }) => expression);
  const eager = namesOf(({ kind, runtime }) => kind === 'eager' && withEagerMode.has(runtime));
  const symbolic = namesOf(({ kind, runtime }) => kind === 'symbolic' && runtime === 'tensor-debugger');
  const isMixed = eager.length > 0 && symbolic.length > 0;
  const mixed = runtimes.find(({ mode }) => mode === 'mixed');
  if (!isMixed && !mixed) return [];
  return [
    {
      code: 'mixed-modes',
      message: isMixed
        ? `Eager and graph tensors meet in this frame: ${namesInWords(eager)} ${has(eager)} a value, ${namesInWords(symbolic)} ${has(symbolic)} none until the graph is run.`
        : `The program has made both eager and graph tensors with ${mixed!.name}.`,
      help: `Run the graph for the value of ${symbolic[0] ?? 'a graph tensor'} (session.run, eval or predict); eager tensors have theirs: numpy(), dataSync().`,
    },
  ];
}

const has = (names: readonly string[]) => (names.length === 1 ? 'has' : 'have');
