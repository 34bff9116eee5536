/** Every file format, found by the ending of a file's name. */
import { TensorError } from '../protocol/errors.ts';
import { csv, tsv } from './csv.ts';
import type { EncodeOptions, Format } from './format.ts';
import { json } from './json.ts';
import { npy } from './npy.ts';
import { npz } from './npz.ts';
import { png } from './png.ts';
import { safetensors } from './safetensors.ts';

export const formats: readonly Format[] = [npy, npz, safetensors, csv, tsv, json, png];

/**
 * @param use what is to be done with the file
 * @throws TensorError `unknown-format`, naming the endings that can be used so
 */
export function formatForFile(file: string, use: 'write' | 'read' = 'write'): Format {
  const name = file.toLowerCase();
  const format = formats.find(({ extensions }) => extensions.some((ending) => name.endsWith(ending)));
  if (format) return format;
  const base = file.split(/[/\\]/).at(-1) ?? file;
  const ending = /\.[^.]*$/.exec(base)?.[0];
  const usable = formats.filter((each) => use === 'write' || each.open !== undefined);
  throw new TensorError({
    code: 'unknown-format',
    message: ending
      ? `No format has the ending "${ending}" (${base}).`
      : `"${base}" has no ending that names a format.`,
    help: `Use one of ${usable.flatMap(({ extensions }) => extensions).join(', ')}.`,
  });
}

/** What a file's name says beside its format: where there are no options, `weights.heatmap.png` is coloured by value. */
export function encodingForFile(file: string): EncodeOptions {
  return file.toLowerCase().endsWith('.heatmap.png') ? { colormap: 'viridis' } : {};
}
