/** Requests by name: their arguments and the bodies of their answers. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { TensorRequests, TrackRequests } from '../protocol/requests.ts';

interface Entry<Arguments, Response extends DebugProtocol.Response> {
  arguments: Arguments;
  result: Response extends { body?: infer Body } ? Body | void : void;
}

export interface StandardRequests {
  initialize: Entry<DebugProtocol.InitializeRequestArguments, DebugProtocol.InitializeResponse>;
  launch: Entry<unknown, DebugProtocol.LaunchResponse>;
  attach: Entry<unknown, DebugProtocol.AttachResponse>;
  configurationDone: Entry<unknown, DebugProtocol.ConfigurationDoneResponse>;
  restart: Entry<DebugProtocol.RestartArguments | undefined, DebugProtocol.RestartResponse>;
  terminate: Entry<DebugProtocol.TerminateArguments | undefined, DebugProtocol.TerminateResponse>;
  disconnect: Entry<DebugProtocol.DisconnectArguments | undefined, DebugProtocol.DisconnectResponse>;
  cancel: Entry<DebugProtocol.CancelArguments | undefined, DebugProtocol.CancelResponse>;
  setBreakpoints: Entry<DebugProtocol.SetBreakpointsArguments, DebugProtocol.SetBreakpointsResponse>;
  setExceptionBreakpoints: Entry<
    DebugProtocol.SetExceptionBreakpointsArguments,
    DebugProtocol.SetExceptionBreakpointsResponse
  >;
  exceptionInfo: Entry<unknown, DebugProtocol.ExceptionInfoResponse>;
  threads: Entry<unknown, DebugProtocol.ThreadsResponse>;
  stackTrace: Entry<DebugProtocol.StackTraceArguments, DebugProtocol.StackTraceResponse>;
  scopes: Entry<DebugProtocol.ScopesArguments, DebugProtocol.ScopesResponse>;
  variables: Entry<DebugProtocol.VariablesArguments, DebugProtocol.VariablesResponse>;
  setVariable: Entry<DebugProtocol.SetVariableArguments, DebugProtocol.SetVariableResponse>;
  evaluate: Entry<DebugProtocol.EvaluateArguments, DebugProtocol.EvaluateResponse>;
  readMemory: Entry<DebugProtocol.ReadMemoryArguments, DebugProtocol.ReadMemoryResponse>;
  source: Entry<DebugProtocol.SourceArguments, DebugProtocol.SourceResponse>;
  continue: Entry<unknown, DebugProtocol.ContinueResponse>;
  next: Entry<unknown, DebugProtocol.NextResponse>;
  stepIn: Entry<unknown, DebugProtocol.StepInResponse>;
  stepOut: Entry<unknown, DebugProtocol.StepOutResponse>;
  pause: Entry<unknown, DebugProtocol.PauseResponse>;
}

export interface Call {
  /** The request's sequence number. */
  seq: number;
  /** Aborted by `cancel`, and when the program ends. */
  signal: AbortSignal;
}

export type Handlers<Requests extends { [Name in keyof Requests]: { arguments: unknown; result: unknown } }> = {
  [Name in keyof Requests]: (
    args: Requests[Name]['arguments'],
    call: Call,
  ) => Promise<Requests[Name]['result']> | Requests[Name]['result'];
};

export type AllHandlers = Handlers<StandardRequests> & Handlers<TensorRequests> & Handlers<TrackRequests>;
