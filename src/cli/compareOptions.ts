/** The command line of `tensor-debugger compare`. */
import { parseArgs } from 'node:util';
import { defaultTolerance, type Tolerance } from '../protocol/comparison.ts';
import { checkExport } from './checkExport.ts';
import { joinValues } from './joinValues.ts';
import { UsageError } from './usageError.ts';

export interface CompareOptions {
  /** Files, with `#name` behind them where one tensor of several is meant. */
  a: string;
  b: string;
  tolerance: Tolerance;
  exportFile: string | undefined;
  force: boolean;
  json: boolean;
}

export const compareHelp = `Compare two files, tensor by tensor, as numpy.allclose does: |a - b| <= atol + rtol * |b|
  --rtol <number>           relative tolerance (default: 1e-5)
  --atol <number>           absolute tolerance (default: 1e-8)
  --equal-nan               NaN is close to NaN
  --export <file>           write the differences, first file minus second, as float64; the ending
                            names the format, as for inspect: diff.npz, diff.heatmap.png
  --force                   replace the file if it exists
  --json                    one JSON document on stdout
  Exit status: 0 close, 1 not close, 2 the command line makes no sense, 4 not readable or writable
`;

const definitions = {
  rtol: { type: 'string' },
  atol: { type: 'string' },
  'equal-nan': { type: 'boolean' },
  export: { type: 'string' },
  force: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** @throws UsageError */
export function parseCompare(args: readonly string[]): CompareOptions {
  const { values, positionals } = parse(args);
  const [, a, b, ...rest] = positionals;
  if (a === undefined || b === undefined) {
    throw new UsageError('compare needs two files.', 'For example: tensor-debugger compare expected.npy actual.npy');
  }
  if (rest.length > 0) throw new UsageError(`compare takes two files; what "${rest.join(' ')}" is for is not clear.`);
  if (values.export !== undefined) checkExport(values.export);
  if (values.force && values.export === undefined) throw new UsageError('--force needs an --export that it is for.');
  return {
    a,
    b,
    tolerance: {
      rtol: parseTolerance('rtol', values.rtol) ?? defaultTolerance.rtol,
      atol: parseTolerance('atol', values.atol) ?? defaultTolerance.atol,
      equalNan: values['equal-nan'] ?? false,
    },
    exportFile: values.export,
    force: values.force ?? false,
    json: values.json ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: joinValues(args, definitions),
      options: definitions,
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0] ?? '', 'See: tensor-debugger --help');
  }
}

function parseTolerance(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < Infinity) return value;
  throw new UsageError(`--${name} is a number from 0, not "${text}".`);
}
