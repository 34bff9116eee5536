import type { Format } from '../formats/format.ts';
import { formatForFile } from '../formats/registry.ts';
import { TensorError } from '../protocol/errors.ts';
import { UsageError } from './usageError.ts';

/** The format that a file to be written is in. @throws UsageError where its name tells none */
export function checkExport(file: string): Format {
  try {
    return formatForFile(file);
  } catch (error) {
    if (error instanceof TensorError) throw new UsageError(`--export: ${error.message}`, error.help);
    throw error;
  }
}
