import type { DebugProtocol } from '@vscode/debugprotocol';

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
  supportsDelayedStackTraceLoading: true,
  supportsReadMemoryRequest: true,
  supportsCancelRequest: true,
  exceptionBreakpointFilters: [
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
      default: false,
      description:
        'Stops behind the op of TensorFlow.js that makes a NaN or infinity. On webgpu it waits for the device after every op.',
    },
  ],
};
