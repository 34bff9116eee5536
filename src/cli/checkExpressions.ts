import { Script } from 'node:vm';

/**
 * @param script the text where it may stand
 * @returns why the text is no expression; undefined for one
 */
export function expressionFault(text: string, script = `(${text}\n)`): string | undefined {
  try {
    new Script(script);
    return undefined;
  } catch (error) {
    return `"${text}" is no expression of JavaScript: ${(error as Error).message}.`;
  }
}

/** What will fail at a stop that may take hours to come: text that is no expression. The others are read all the same. */
export function expressionFaults(expressions: readonly string[]): string[] {
  return expressions.flatMap((text) => {
    // At a stop, what stands behind "as" says how memory is read, and private fields can be named.
    const code = text.replace(/\sas\s+\w+\s*(\[[^\]]*\])?\s*$/, '').replace(/#(?=[\p{ID_Start}$_])/gu, '_');
    // In a method anything may stand that may stand where a program stops: `super`, `new.target`, `await`.
    return expressionFault(text, `({ async stop() { return (${code}\n); } })`) ?? [];
  });
}
