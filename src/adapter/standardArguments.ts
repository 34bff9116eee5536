/** What the arguments of the protocol's own requests must be, as far as this adapter looks at them. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import {
  index,
  integer,
  list,
  object,
  oneOf,
  optional,
  text,
  truth,
  where,
  type Mandatory,
} from '../protocol/checks.ts';
import type { StandardRequests } from './requestTable.ts';

const breakpoint = object<DebugProtocol.SourceBreakpoint>({
  line: index,
  column: optional(index),
  condition: optional(text),
  hitCondition: optional(text),
  logMessage: optional(text),
  mode: optional(text),
});

/** Others have none that matter: there is one thread. Configurations are checked in `configuration.ts`. */
export const standardArguments: { [Name in keyof StandardRequests]?: Mandatory<object> } = {
  disconnect: object<Pick<DebugProtocol.DisconnectArguments, 'terminateDebuggee'>>({
    terminateDebuggee: optional(truth),
  }),
  cancel: object<Pick<DebugProtocol.CancelArguments, 'requestId'>>({ requestId: optional(integer) }),
  setBreakpoints: object<Omit<DebugProtocol.SetBreakpointsArguments, 'source' | 'sourceModified'> & { source: object }>(
    {
      source: object<Pick<DebugProtocol.Source, 'path'>>({ path: optional(text) }),
      breakpoints: optional(list(breakpoint)),
      lines: optional(list(index)),
    },
  ),
  setExceptionBreakpoints: object<Omit<DebugProtocol.SetExceptionBreakpointsArguments, 'exceptionOptions'>>({
    filters: list(text),
    filterOptions: optional(
      list(
        object<DebugProtocol.ExceptionFilterOptions>({
          filterId: text,
          condition: optional(text),
          mode: optional(text),
        }),
      ),
    ),
  }),
  stackTrace: object<Pick<DebugProtocol.StackTraceArguments, 'startFrame' | 'levels'>>({
    startFrame: optional(index),
    levels: optional(index),
  }),
  scopes: object<DebugProtocol.ScopesArguments>({ frameId: integer }),
  variables: object<Omit<DebugProtocol.VariablesArguments, 'format'>>({
    variablesReference: integer,
    filter: optional(oneOf('indexed', 'named')),
    start: optional(index),
    count: optional(index),
  }),
  setVariable: object<Omit<DebugProtocol.SetVariableArguments, 'format'>>({
    variablesReference: integer,
    name: text,
    value: text,
  }),
  evaluate: object<Pick<DebugProtocol.EvaluateArguments, 'expression' | 'frameId' | 'context'>>({
    expression: text,
    frameId: optional(integer),
    context: optional(text),
  }),
  readMemory: object<DebugProtocol.ReadMemoryArguments>({
    memoryReference: text,
    offset: optional(integer),
    count: index,
  }),
  source: where(
    object<Partial<Pick<DebugProtocol.SourceArguments, 'source' | 'sourceReference'>>>({
      source: optional(object<Pick<DebugProtocol.Source, 'sourceReference'>>({ sourceReference: optional(integer) })),
      sourceReference: optional(integer),
    }),
    'sourceReference',
    ({ source, sourceReference }) => (source?.sourceReference ?? sourceReference) !== undefined,
    'a whole number',
  ),
};
