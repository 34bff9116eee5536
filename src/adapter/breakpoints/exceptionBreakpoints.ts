/** What the program is to stop for without a line: exceptions, and break on NaN or Inf, which clients see as one of them. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Protocol } from 'devtools-protocol';
import type { NotFiniteBreak } from '../../protocol/notFinite.ts';
import type { Inspection } from '../run.ts';

const condition = {
  default: false,
  supportsCondition: true,
  conditionDescription: 'NaN: stop for NaN only; infinities, such as masks, pass',
};

export const exceptionFilters: DebugProtocol.ExceptionBreakpointsFilter[] = [
  { filter: 'all', label: 'All Exceptions', default: false, description: 'Stops at every throw, caught or not.' },
  {
    filter: 'uncaught',
    label: 'Uncaught Exceptions',
    default: false,
    description: 'Stops where nothing will catch it.',
  },
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

/** Some clients have their own names for all exceptions. */
const knownFilters = [...exceptionFilters.map(({ filter }) => filter), 'caught'];

export class ExceptionBreakpoints {
  #thrown: Protocol.Debugger.SetPauseOnExceptionsRequest['state'] = 'none';
  #notFinite: NotFiniteBreak = { mode: 'off' };
  /** What the client's filters said last. */
  #filtered: NotFiniteBreak = { mode: 'off' };

  /** @returns one answer per filter, as clients want them where conditions can be given */
  set(args: DebugProtocol.SetExceptionBreakpointsArguments): DebugProtocol.Breakpoint[] {
    const { filters, filterOptions = [] } = args;
    const asked = [...filters.map((filterId) => ({ filterId, condition: '' })), ...filterOptions];
    const has = (...names: string[]) => asked.some(({ filterId }) => names.includes(filterId));
    this.#thrown = has('all', 'caught') ? 'all' : has('uncaught') ? 'uncaught' : 'none';
    const filtered = notFiniteOf(args);
    // Clients send all filters for a change of any; what a request has set since then stays.
    if (JSON.stringify(filtered) !== JSON.stringify(this.#filtered)) this.#notFinite = filtered;
    this.#filtered = filtered;
    return asked.map(({ filterId, condition: text = '' }) => answerTo(filterId, text));
  }

  /** By the request of our own. */
  breakOnNotFinite(asked: NotFiniteBreak): void {
    this.#notFinite = asked;
  }

  async apply({ debuggee, tensors }: Pick<Inspection, 'debuggee' | 'tensors'>): Promise<void> {
    await debuggee.main.send('Debugger.setPauseOnExceptions', { state: this.#thrown });
    await tensors.breakOnNotFinite(this.#notFinite);
  }
}

/** If both are chosen, it is precise. Anything but a condition that says NaN is refused. */
function notFiniteOf({ filters, filterOptions = [] }: DebugProtocol.SetExceptionBreakpointsArguments): NotFiniteBreak {
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

function answerTo(filter: string, text: string): DebugProtocol.Breakpoint {
  if (!knownFilters.includes(filter)) {
    return { verified: false, message: `There is no exception filter "${filter}", but ${knownFilters.join(', ')}.` };
  }
  if (text.trim() === '' || isNan(text)) return { verified: true };
  return { verified: false, message: `The condition can only be NaN, not "${text}".` };
}
