import type { Advice } from '../protocol/errors.ts';

/** @param sentence of how something without a value gets one at a stop: by a command of VS Code, or on the command line */
export function adviceToEvaluate(sentence: (how: string) => string, options = '--evaluate'): Required<Advice> {
  return { help: sentence('Tensor: Evaluate Graph Tensor…'), commandLineHelp: sentence(`--expr NAME ${options}`) };
}

/**
 * How a graph gives a value at a stop, in the same words wherever something is met that has none before.
 * @param inputs the names of those that it depends on, where they are known
 * @param inProgram how the program itself gets it, in a sentence
 */
export function evaluateHelp(inputs?: readonly string[], inProgram?: string): Required<Advice> {
  const rest = inProgram === undefined ? '' : ` ${inProgram}`;
  if (inputs?.length === 0) return adviceToEvaluate((how) => `Evaluate it (${how}).${rest}`);
  const names = inputs?.join(', ') ?? 'its inputs';
  const options = inputs?.map((name) => `--feed ${name}=VALUE`).join(' ') ?? '--evaluate and --feed';
  return adviceToEvaluate((how) => `Evaluate it with values for ${names} (${how}).${rest}`, options);
}
