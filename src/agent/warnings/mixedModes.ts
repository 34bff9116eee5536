import type { RuntimeDescription, TensorDescriptor, TensorWarning } from '../../protocol/tensor.ts';

interface Named {
  expression: string;
  tensor: TensorDescriptor;
}

/** Runtimes that have both modes; the tensors of others meet nobody of the other kind. */
const withBothModes = new Set(['tfjs', 'tensor-debugger']);

/** Eager tensors and graph tensors in one frame, or a runtime that has made both: which is which. */
export function mixedModes(listed: readonly Named[], runtimes: readonly RuntimeDescription[]): TensorWarning[] {
  const ours = listed.filter(({ tensor }) => withBothModes.has(tensor.runtime));
  const eager = ours.filter(({ tensor }) => tensor.kind === 'eager').map(({ expression }) => expression);
  const symbolic = ours.filter(({ tensor }) => tensor.kind === 'symbolic').map(({ expression }) => expression);
  const isMixed = eager.length > 0 && symbolic.length > 0;
  const mixed = runtimes.find(({ mode }) => mode === 'mixed');
  if (!isMixed && !mixed) return [];
  return [
    {
      code: 'mixed-modes',
      message: isMixed
        ? `Eager and graph tensors meet in this frame: ${some(eager)} ${has(eager)} a value, ${some(symbolic)} ${has(symbolic)} none until the graph is run.`
        : `The program has made both eager and graph tensors with ${mixed!.name}.`,
      help: `Run the graph for the value of ${symbolic[0] ?? 'a graph tensor'} (session.run, eval or predict); eager tensors have theirs: numpy(), dataSync().`,
    },
  ];
}

const some = (names: readonly string[]) =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
const has = (names: readonly string[]) => (names.length === 1 ? 'has' : 'have');
