/**
 * `parseArgs` refuses a separate value that begins with a dash, for it may be an option. Here it can't be meant
 * otherwise: `--runtime-arg --import`, `--slice -1`, `--expr -x`.
 */
export function joinValues(
  args: readonly string[],
  definitions: Readonly<Record<string, { type: 'string' | 'boolean' }>>,
): string[] {
  const joined: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    const name = arg.startsWith('--') ? arg.slice(2) : '';
    const takesValue = Object.hasOwn(definitions, name) && definitions[name]?.type === 'string';
    const value = args[i + 1];
    if (takesValue && value !== undefined) {
      joined.push(`${arg}=${value}`);
      i++;
    } else {
      joined.push(arg);
    }
  }
  return joined;
}
