/** A debug session in a test: the real adapter, a real program, and the few steps that every test takes. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient } from '../support/dapClient.ts';

/** The path of a program in test/debuggee/adapter. */
export function debuggee(name: string): string {
  return fileURLToPath(new URL(`../debuggee/adapter/${name}`, import.meta.url));
}

/** The line, from 1, that carries `#NAME`. */
export function lineOf(file: string, marker: string): number {
  const lines = readFileSync(file, 'utf8').split('\n');
  const index = lines.findIndex((line) => new RegExp(`#${marker}\\b`).test(line));
  if (index < 0) throw new Error(`${file} has no line with #${marker}`);
  return index + 1;
}

export type SourceBreakpoint = Omit<DebugProtocol.SourceBreakpoint, 'line'> & { at: string | number };

export interface SessionOptions {
  /** Launch configuration; `program` may be the name of a debuggee. */
  launch?: Record<string, unknown>;
  attach?: Record<string, unknown>;
  node?: string;
  /** File name (of a debuggee, or absolute) to breakpoints. */
  breakpoints?: Record<string, SourceBreakpoint[]>;
  exceptions?: string[];
  /** Exception filters with conditions. */
  filterOptions?: DebugProtocol.ExceptionFilterOptions[];
  initialize?: Partial<DebugProtocol.InitializeRequestArguments>;
  client?: DapClient;
}

export class TestSession {
  readonly client: DapClient;
  /** Answers to setBreakpoints, by file as it was named. */
  readonly breakpoints: Record<string, DebugProtocol.Breakpoint[]> = {};
  /** Events up to here were seen. */
  #seen = 0;

  private constructor(client: DapClient) {
    this.client = client;
  }

  /** Runs `body` in a session and ends it, whatever happens. */
  static async run(options: SessionOptions, body: (session: TestSession) => Promise<void>): Promise<void> {
    const session = new TestSession(options.client ?? DapClient.start());
    try {
      await session.#start(options);
      await body(session);
      if (session.client.errorText !== '') throw new Error(`the adapter wrote to stderr: ${session.client.errorText}`);
    } catch (error) {
      if (error instanceof Error) error.message += `\nevents: ${session.client.summary()}`;
      throw error;
    } finally {
      await session.client.close();
    }
  }

  async #start(options: SessionOptions): Promise<void> {
    const { client } = this;
    await client.request('initialize', { adapterID: 'tensor', ...options.initialize });
    const { program } = options.launch ?? {};
    const launch = {
      ...(options.node !== undefined && { runtimeExecutable: options.node }),
      ...options.launch,
      ...(typeof program === 'string' && !program.startsWith('/') && { program: debuggee(program) }),
    };
    const started = options.attach ? client.request('attach', options.attach) : client.request('launch', launch);
    await Promise.race([client.event('initialized'), started]);
    for (const [name, wanted] of Object.entries(options.breakpoints ?? {})) {
      this.breakpoints[name] = await this.setBreakpoints(name, wanted);
    }
    const { exceptions: filters = [], filterOptions = [] } = options;
    if (filters.length + filterOptions.length > 0) {
      await client.request('setExceptionBreakpoints', { filters, filterOptions });
    }
    await client.request('configurationDone');
    await started;
  }

  async setBreakpoints(name: string, wanted: SourceBreakpoint[]): Promise<DebugProtocol.Breakpoint[]> {
    const path = name.startsWith('/') ? name : debuggee(name);
    const breakpoints = wanted.map(({ at, ...rest }) => ({
      ...rest,
      line: typeof at === 'number' ? at : lineOf(path, at),
    }));
    const answer = await this.client.request<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
      source: { path },
      breakpoints,
    });
    return answer.breakpoints;
  }

  /** The next stop, not one that was returned before. */
  async stopped(reason?: string): Promise<DebugProtocol.StoppedEvent['body']> {
    const after = this.#seen;
    const event = await Promise.race([
      this.client.event<DebugProtocol.StoppedEvent>('stopped', undefined, after),
      this.client.event('terminated').then(() => {
        throw new Error('the program ended instead of stopping');
      }),
    ]);
    this.#seen = this.client.events.indexOf(event) + 1;
    if (reason !== undefined && event.body.reason !== reason) {
      throw new Error(`stopped for ${event.body.reason} instead of ${reason}`);
    }
    return event.body;
  }

  async terminated(): Promise<void> {
    await this.client.event('terminated');
  }

  async exitCode(): Promise<number> {
    await this.terminated();
    return (await this.client.event<DebugProtocol.ExitedEvent>('exited')).body.exitCode;
  }

  async stack(args: object = {}): Promise<DebugProtocol.StackFrame[]> {
    const body = await this.client.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', {
      threadId: 1,
      ...args,
    });
    return body.stackFrames;
  }

  async top(): Promise<DebugProtocol.StackFrame> {
    const [frame] = await this.stack({ levels: 1 });
    if (!frame) throw new Error('the stack is empty');
    return frame;
  }

  /** Where it stands, as `file:line function`. */
  async where(): Promise<string> {
    const { source, line, name } = await this.top();
    return `${source?.path?.split('/').pop() ?? source?.name}:${line} ${name}`;
  }

  async continue(): Promise<void> {
    await this.client.request('continue', { threadId: 1 });
  }

  /** Steps and waits for the stop behind it. */
  async step(command: 'next' | 'stepIn' | 'stepOut'): Promise<string> {
    await this.client.request(command, { threadId: 1 });
    await this.stopped('step');
    return this.where();
  }

  async scope(name: string): Promise<number> {
    const { id } = await this.top();
    const { scopes } = await this.client.request<DebugProtocol.ScopesResponse['body']>('scopes', { frameId: id });
    const scope = scopes.find((candidate) => candidate.name === name);
    if (!scope) throw new Error(`no scope ${name}, but ${scopes.map((candidate) => candidate.name).join(', ')}`);
    return scope.variablesReference;
  }

  async variables(variablesReference: number, page: object = {}): Promise<DebugProtocol.Variable[]> {
    const args = { variablesReference, ...page };
    return (await this.client.request<DebugProtocol.VariablesResponse['body']>('variables', args)).variables;
  }

  /** One variable by name: of a scope, or of what a reference holds. */
  async variable(container: string | number, name: string): Promise<DebugProtocol.Variable> {
    const reference = typeof container === 'string' ? await this.scope(container) : container;
    const variables = await this.variables(reference);
    const found = variables.find((candidate) => candidate.name === name);
    if (!found) throw new Error(`no variable ${name}, but ${variables.map((variable) => variable.name).join(', ')}`);
    return found;
  }

  async evaluate(expression: string, context = 'repl'): Promise<DebugProtocol.EvaluateResponse['body']> {
    const { id } = await this.top();
    return this.client.request('evaluate', { expression, frameId: id, context });
  }

  /** What a request that must fail says. */
  async failure(command: string, args: object = {}): Promise<string> {
    const response = await this.client.send(command, args);
    if (response.success) throw new Error(`${command} succeeded: ${JSON.stringify(response.body)}`);
    return response.message ?? '';
  }
}
