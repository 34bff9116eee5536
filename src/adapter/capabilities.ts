import type { DebugProtocol } from '@vscode/debugprotocol';
import { notFiniteFilters } from './notFiniteFilters.ts';

export const exceptionFilters: DebugProtocol.ExceptionBreakpointsFilter[] = [
  { filter: 'all', label: 'All Exceptions', default: false, description: 'Stops at every throw, caught or not.' },
  {
    filter: 'uncaught',
    label: 'Uncaught Exceptions',
    default: false,
    description: 'Stops where nothing will catch it.',
  },
  ...notFiniteFilters,
];

export const capabilities: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsEvaluateForHovers: true,
  supportsClipboardContext: true,
  supportsSetVariable: true,
  supportsRestartRequest: true,
  supportsTerminateRequest: true,
  supportTerminateDebuggee: true,
  supportsExceptionInfoRequest: true,
  supportsExceptionFilterOptions: true,
  supportsDelayedStackTraceLoading: true,
  supportsReadMemoryRequest: true,
  supportsCancelRequest: true,
  exceptionBreakpointFilters: exceptionFilters,
};
