/** How the expression that reads a member of something is written, wherever one is made: `weights`, `model.layers[0]`. */

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;
const index = /^(0|[1-9]\d*)$/;

export function isIdentifier(name: string): boolean {
  return identifier.test(name);
}

/** Behind an object, what reads a property of it: `.layers`, `[0]`, `["layer 1"]`. */
export function memberPath(key: string): string {
  if (isIdentifier(key)) return `.${key}`;
  return index.test(key) ? `[${key}]` : `[${JSON.stringify(key)}]`;
}
