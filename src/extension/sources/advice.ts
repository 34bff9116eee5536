/** Advice is written for every door to a program; in an editor, what can be typed on the command line is left out. */
import type { ErrorReport } from '../../protocol/errors.ts';
import type { ListedTensor } from '../../protocol/requests.ts';
import type { TensorDescriptor } from '../../protocol/tensor.ts';

export function withoutCommandLine(help: string): string {
  return help.replace(/ \([^()]*on the command line[^()]*\)|(?:, or|:) --.*? on the command line/g, '');
}

export function advised(report: ErrorReport): ErrorReport {
  const { help } = report;
  return help === undefined ? report : { ...report, help: withoutCommandLine(help) };
}

/** @param result of a request: the tensors in it, under one of these names, advise on themselves */
export function inEditorsWords<Result extends object>(result: Result): Result {
  const { tensor, tensors } = result as { tensor?: TensorDescriptor; tensors?: ListedTensor[] };
  return {
    ...result,
    ...(tensor && { tensor: reworded(tensor) }),
    ...(tensors && { tensors: tensors.map((listed) => ({ ...listed, tensor: reworded(listed.tensor) })) }),
  };
}

function reworded(tensor: TensorDescriptor): TensorDescriptor {
  const { access, warnings } = tensor;
  if (access.help === undefined && warnings.length === 0) return tensor;
  return {
    ...tensor,
    access: { ...access, ...(access.help !== undefined && { help: withoutCommandLine(access.help) }) },
    warnings: warnings.map((warning) => ({ ...warning, help: withoutCommandLine(warning.help) })),
  };
}
