const command = 'Tensor: Evaluate Graph Tensor…';

/** How a lazy array gets its value at a stop: in VS Code, and on the command line. */
export const howToEvaluate = `${command}, or --expr NAME --evaluate on the command line`;

/**
 * How a graph gives a value at a stop, in the same words wherever something is met that has none before.
 * @param inputs the names of those that it depends on, where they are known
 */
export function evaluateHelp(inputs?: readonly string[]): string {
  if (inputs?.length === 0) return `Evaluate it: ${howToEvaluate}.`;
  const names = inputs?.join(', ') ?? 'its inputs';
  const options = inputs?.map((name) => `--feed ${name}=...`).join(' ') ?? '--evaluate and --feed';
  return `Evaluate it with values for ${names}: ${command}, or --expr NAME ${options} on the command line.`;
}
