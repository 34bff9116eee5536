/** Every form in which a tensor can be copied as text. */
import { jaxJsCode } from './jaxJsCode.ts';
import { numpyCode } from './numpyCode.ts';
import type { SourceFormat } from './sourceText.ts';
import { tfjsCode } from './tfjsCode.ts';
import { typescriptCode } from './typescriptCode.ts';

export const sourceFormats: readonly SourceFormat[] = [numpyCode, typescriptCode, tfjsCode, jaxJsCode];
