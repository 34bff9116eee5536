/** What the arguments of the protocol's own requests must be, as far as this adapter looks at them. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import {
  array,
  boolean,
  integer,
  nonNegativeInteger,
  object,
  oneOf,
  optional,
  refine,
  string,
  type Check,
} from '../protocol/checks.ts';
import type { StandardRequests } from './requestTable.ts';

const breakpoint = object<DebugProtocol.SourceBreakpoint>({
  line: nonNegativeInteger,
  column: optional(nonNegativeInteger),
  condition: optional(string),
  hitCondition: optional(string),
  logMessage: optional(string),
  mode: optional(string),
});

/** Others have none that matter: there is one thread. Configurations are checked in `configuration.ts`. */
export const standardArguments: { [Name in keyof StandardRequests]?: Check<object> } = {
  disconnect: object<Pick<DebugProtocol.DisconnectArguments, 'terminateDebuggee'>>({
    terminateDebuggee: optional(boolean),
  }),
  cancel: object<Pick<DebugProtocol.CancelArguments, 'requestId'>>({ requestId: optional(integer) }),
  setBreakpoints: object<Omit<DebugProtocol.SetBreakpointsArguments, 'source' | 'sourceModified'> & { source: object }>(
    {
      source: object<Pick<DebugProtocol.Source, 'path'>>({ path: optional(string) }),
      breakpoints: optional(array(breakpoint)),
      lines: optional(array(nonNegativeInteger)),
    },
  ),
  setExceptionBreakpoints: object<Omit<DebugProtocol.SetExceptionBreakpointsArguments, 'exceptionOptions'>>({
    filters: array(string),
    filterOptions: optional(
      array(
        object<DebugProtocol.ExceptionFilterOptions>({
          filterId: string,
          condition: optional(string),
          mode: optional(string),
        }),
      ),
    ),
  }),
  stackTrace: object<Pick<DebugProtocol.StackTraceArguments, 'startFrame' | 'levels'>>({
    startFrame: optional(nonNegativeInteger),
    levels: optional(nonNegativeInteger),
  }),
  scopes: object<DebugProtocol.ScopesArguments>({ frameId: integer }),
  variables: object<Omit<DebugProtocol.VariablesArguments, 'format'>>({
    variablesReference: integer,
    filter: optional(oneOf('indexed', 'named')),
    start: optional(nonNegativeInteger),
    count: optional(nonNegativeInteger),
  }),
  setVariable: object<Omit<DebugProtocol.SetVariableArguments, 'format'>>({
    variablesReference: integer,
    name: string,
    value: string,
  }),
  evaluate: object<Pick<DebugProtocol.EvaluateArguments, 'expression' | 'frameId' | 'context'>>({
    expression: string,
    frameId: optional(integer),
    context: optional(string),
  }),
  readMemory: object<DebugProtocol.ReadMemoryArguments>({
    memoryReference: string,
    offset: optional(integer),
    count: nonNegativeInteger,
  }),
  source: refine(
    object<Partial<Pick<DebugProtocol.SourceArguments, 'source' | 'sourceReference'>>>({
      source: optional(object<Pick<DebugProtocol.Source, 'sourceReference'>>({ sourceReference: optional(integer) })),
      sourceReference: optional(integer),
    }),
    'sourceReference',
    ({ source, sourceReference }) => (source?.sourceReference ?? sourceReference) !== undefined,
    'an integer',
  ),
};
