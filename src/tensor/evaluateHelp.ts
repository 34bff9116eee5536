/**
 * How a graph gives a value at a stop, in the same words wherever something is met that has none before.
 * @param inputs the names of those that it depends on, where they are known
 */
export function evaluateHelp(inputs?: readonly string[]): string {
  const command = 'Tensor: Evaluate Graph Tensor…';
  if (inputs?.length === 0) return `Evaluate it: ${command}, or --evaluate on the command line.`;
  const names = inputs?.join(', ') ?? 'its inputs';
  const options = inputs?.map((name) => `--feed ${name}=...`).join(' ') ?? '--evaluate and --feed';
  return `Evaluate it with values for ${names}: ${command}, or ${options} on the command line.`;
}
