/** Break on NaN or Inf as exception breakpoints. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { NotFiniteBreak } from '../protocol/notFinite.ts';

const condition = {
  default: false,
  supportsCondition: true,
  conditionDescription: 'NaN: stop for NaN only; infinities, such as masks, pass',
};

export const notFiniteFilters: DebugProtocol.ExceptionBreakpointsFilter[] = [
  {
    filter: 'notFinitePrecise',
    label: 'Tensor: NaN or Inf (precise)',
    description:
      'Stops right behind the op of TensorFlow.js that makes a NaN or infinity. On webgpu it waits for the device after every op, which is slow.',
    ...condition,
  },
  {
    filter: 'notFiniteDeferred',
    label: 'Tensor: NaN or Inf (deferred)',
    description:
      'Names the same op, but on webgpu stops later: flags stay on the device until the program reads something. On cpu and wasm it is as precise.',
    ...condition,
  },
];

/** If both are chosen, it is precise. Anything but a condition that says NaN is refused. */
export function notFiniteOf({
  filters,
  filterOptions = [],
}: DebugProtocol.SetExceptionBreakpointsArguments): NotFiniteBreak {
  const chosen = (filter: string) => {
    const option = filterOptions.find(({ filterId }) => filterId === filter);
    if (!option && !filters.includes(filter)) return undefined;
    return { nanOnly: isNan(option?.condition) };
  };
  const [precise, deferred] = [chosen('notFinitePrecise'), chosen('notFiniteDeferred')];
  if (precise) return { mode: 'precise', ...precise };
  return deferred ? { mode: 'deferred', ...deferred } : { mode: 'off' };
}

function isNan(text: string | undefined): boolean {
  return /^\s*nan\s*$/i.test(text ?? '');
}

/** One answer per filter, as clients want them where conditions can be given. */
export function answersTo(
  { filters, filterOptions = [] }: DebugProtocol.SetExceptionBreakpointsArguments,
  known: readonly string[],
): DebugProtocol.Breakpoint[] {
  const asked = [...filters.map((filterId) => ({ filterId, condition: '' })), ...filterOptions];
  return asked.map(({ filterId, condition: text = '' }) => {
    if (!known.includes(filterId)) {
      return { verified: false, message: `There is no exception filter "${filterId}", but ${known.join(', ')}.` };
    }
    if (text.trim() === '' || isNan(text)) return { verified: true };
    return { verified: false, message: `The condition can only be NaN, not "${text}".` };
  });
}
