/** The script that a person's expressions are to V8: conditions of breakpoints, and what is typed into the debug console. */
export const evaluationUrl = 'tensor-debugger:evaluation';

/** @returns the expression, in a script of that name: what it copies to the host is no copy of the program's */
export function asEvaluation(expression: string): string {
  return `${expression}\n//# sourceURL=${evaluationUrl}`;
}
