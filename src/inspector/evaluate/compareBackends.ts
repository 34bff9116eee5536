/** What comparing backends found, for people. */
import type { ComparedKernels } from '../../protocol/agent.ts';
import type { TensorComparison, Tolerance } from '../../protocol/comparison.ts';
import type { BackendComparison, ComparedKernel } from '../../protocol/requests.ts';
import { formatMs } from '../../tensor/preview.ts';

/** The result of a request: which kernel is the first whose results differ, and all of it as text. */
export function backendComparison(expression: string, found: ComparedKernels, tolerance: Tolerance): BackendComparison {
  const first = found.kernels.findIndex(({ comparisons }) => comparisons.some(({ close }) => !close));
  const firstDifferent = first < 0 ? null : first;
  return { expression, ...found, firstDifferent, text: textOf(expression, found, firstDifferent, tolerance) };
}

function textOf(
  expression: string,
  { backend, kernels, ms }: ComparedKernels,
  firstDifferent: number | null,
  { rtol, atol }: Tolerance,
): string {
  const skipped = kernels.filter((kernel) => kernel.skipped !== undefined).length;
  const different = firstDifferent === null ? undefined : kernels[firstDifferent];
  return [
    `${expression}: each kernel on ${backend}, and on cpu with the same inputs (rtol ${rtol}, atol ${atol}; ${formatMs(ms)}).`,
    different
      ? `The first that differs is ${different.kernel} (${(firstDifferent as number) + 1} of ${kernels.length}).`
      : `All ${kernels.length - skipped} that were compared are close.`,
    ...(skipped > 0 ? [`${skipped} of ${kernels.length} could not be compared.`] : []),
    '',
    ...kernels.flatMap((kernel, index) => kernelLines(kernel, index)),
    '',
  ].join('\n');
}

function kernelLines(
  { kernel, inputs, attrs, outputs, comparisons, skipped }: ComparedKernel,
  index: number,
): string[] {
  const head = `${index + 1}. ${kernel}(${inputs.join(', ')})${attrs === '' ? '' : ` ${attrs}`} → ${outputs.join(', ')}`;
  if (skipped !== undefined) return [head, `   not compared: ${skipped}`];
  return [head, ...comparisons.map((comparison) => `   ${comparisonText(comparison)}`)];
}

function comparisonText({ a, b, sameShape, count, different, absolute, relative }: TensorComparison): string {
  if (!sameShape)
    return `the shapes differ: [${a.shape.join(', ')}] on ${a.name}, [${b.shape.join(', ')}] on ${b.name}`;
  const parts = [different === 0 ? `all ${count} elements are close` : `${different} of ${count} elements differ`];
  if (absolute?.difference === 0 && different === 0) parts.push('no difference at all');
  else {
    if (absolute) {
      const { difference, index, a: left, b: right } = absolute;
      parts.push(
        `largest difference ${difference} at [${index.join(', ')}] (${a.name} ${String(left)}, ${b.name} ${String(right)})`,
      );
    }
    if (relative) parts.push(`largest relative one ${relative.difference} at [${relative.index.join(', ')}]`);
  }
  return parts.join('; ');
}
