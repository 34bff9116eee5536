/** Starts a program with its inspector on loopback, stopped before its first line until the debugger lets it run. */
import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { listTargets, mainTarget } from '../../cdp/targets.ts';
import type { LaunchConfiguration } from '../configuration.ts';
import { errors } from '../errors.ts';
import { BannerFilter, decodeTo } from './output.ts';
import { makeRunnable, type RunnableProgram } from './typescript.ts';

export interface ProgramEnd {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
}

/** The debuggee's process as the session needs it. */
export interface DebuggeeProcess {
  pid: number | undefined;
  /** The file that runs, as it was found; undefined if there is none. */
  program?: string | undefined;
  /** Where its inspector listens; undefined if it runs without one. */
  websocketUrl: string | undefined;
  /** Null if this process can't be watched: it is not our child. */
  ended: Promise<ProgramEnd> | null;
  /** @returns false if it is gone already. */
  kill(signal: NodeJS.Signals): boolean;
}

export interface LaunchHost {
  output(category: 'stdout' | 'stderr' | 'console', text: string): void;
  /** What the program reads from: a file descriptor of ours, or nothing. */
  stdin: number | 'ignore';
  /** Asks the client to run a command in a terminal; undefined if it can't. */
  runInTerminal:
    | ((args: DebugProtocol.RunInTerminalRequestArguments) => Promise<DebugProtocol.RunInTerminalResponse['body']>)
    | undefined;
}

/** A terminal has to start a shell and Node: seconds on a busy machine. */
const terminalTimeoutMs = 30_000;
const terminalPollMs = 25;
/** For how long a program is waited for that was started in a terminal, only to end it. */
const leftGraceMs = 5_000;
/** After the end of a program, a child of its own may hold its output open for ever. */
const outputGraceMs = 500;

/**
 * Resolves when the program stands before its first line (or runs, without a debugger).
 * @throws TensorError `cannot-launch`, with what can be done; the reason of `signal`
 */
export async function launch(
  config: LaunchConfiguration,
  host: LaunchHost,
  signal: AbortSignal,
): Promise<DebuggeeProcess> {
  checkFolder(config.cwd);
  if (config.port !== 0) await checkPortIsFree(config.port);
  const runnable = config.program === undefined ? undefined : await makeRunnable(config, config.program);
  const start = config.console === 'internalConsole' ? launchAsChild : launchInTerminal;
  // Whoever left meanwhile has nobody end what would be started now.
  signal.throwIfAborted();
  const process = await start(config, commandOf(config, runnable), host, signal);
  process.program = runnable?.program;
  return process;
}

/** Next to the adapter's own bundle: a program may start worker threads, which load it again, long after we are gone. */
const bootstrapFile = join(__dirname, 'bootstrap.cjs');

function commandOf(config: LaunchConfiguration, runnable: RunnableProgram | undefined): string[] {
  return [
    config.runtimeExecutable,
    ...(config.noDebug ? [] : [`--require=${bootstrapFile}`]),
    ...(runnable?.runtimeArgs ?? []),
    ...config.runtimeArgs,
    ...(runnable ? [runnable.program] : []),
    ...config.args,
  ];
}

function inspectorVariable(config: LaunchConfiguration, port: number): Record<string, string> {
  return config.noDebug ? {} : { TENSOR_DEBUGGER_PORT: String(port) };
}

async function launchAsChild(
  config: LaunchConfiguration,
  command: string[],
  host: LaunchHost,
  signal: AbortSignal,
): Promise<DebuggeeProcess> {
  const [executable = '', ...args] = command;
  const child = spawn(executable, args, {
    cwd: config.cwd,
    env: { ...environmentOf(config), ...inspectorVariable(config, config.port) },
    stdio: [host.stdin, 'pipe', 'pipe'],
    windowsHide: true,
  }) as ChildProcessByStdio<null, Readable, Readable>;
  const errorText: string[] = [];
  const listening = new Promise<string>((resolve) => {
    const stdout = decodeTo((text) => host.output('stdout', text));
    // Only the first banner is the program's own: its children may inherit stderr.
    const filter = new BannerFilter((text) => {
      errorText.push(text);
      host.output('stderr', text);
    }, resolve);
    const stderr = decodeTo((text) => filter.push(text));
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stdout.on('end', () => stdout.end());
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stderr.on('end', () => {
      stderr.end();
      filter.end();
    });
    // A pipe that breaks ends the output; the program's end is told by its exit.
    child.stdout.on('error', () => undefined);
    child.stderr.on('error', () => undefined);
  });
  const leave = () => child.kill('SIGKILL');
  signal.addEventListener('abort', leave);
  const ended = endOf(child);
  const process: DebuggeeProcess = {
    pid: child.pid,
    websocketUrl: undefined,
    ended,
    kill: (signal) => child.exitCode === null && child.signalCode === null && child.kill(signal),
  };
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(spawnError(config, error)));
  });
  if (config.noDebug) {
    await Promise.race([failed, new Promise((resolve) => child.once('spawn', resolve))]);
    signal.removeEventListener('abort', leave);
    return process;
  }
  const endedEarly = ended.then(({ exitCode, signal }): never => {
    const how = signal === null ? `ended with exit code ${exitCode}` : `was killed by ${signal}`;
    const said = errorText.join('').trim();
    throw errors.cannotLaunch(
      `${command.join(' ')}\n${how} before its inspector was there${said === '' ? '.' : `:\n${said}`}`,
    );
  });
  process.websocketUrl = await Promise.race([listening, failed, endedEarly]);
  signal.removeEventListener('abort', leave);
  return process;
}

/** The program ended and all of its output was passed on. */
function endOf(child: ChildProcess): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => {
      const end = { exitCode, signal };
      const timer = setTimeout(() => resolve(end), outputGraceMs);
      child.once('close', () => {
        clearTimeout(timer);
        resolve(end);
      });
    });
    child.once('error', () => resolve({ exitCode: null, signal: null }));
  });
}

async function launchInTerminal(
  config: LaunchConfiguration,
  args: string[],
  host: LaunchHost,
  signal: AbortSignal,
): Promise<DebuggeeProcess> {
  if (!host.runInTerminal) {
    throw errors.cannotLaunch(
      `This client can't run programs in a terminal, as "console": "${config.console}" asks for.`,
      'Use "console": "internalConsole".',
    );
  }
  // In a terminal nobody reads its banner: the port must be known before.
  const port = config.port === 0 ? await freePort() : config.port;
  signal.throwIfAborted();
  const asked = host.runInTerminal({
    kind: config.console === 'externalTerminal' ? 'external' : 'integrated',
    title: 'Tensor Debugger',
    cwd: config.cwd,
    args,
    env: { ...config.env, ...inspectorVariable(config, port) },
  });
  // A client that has left may never answer; whether it has started the program shows at the port.
  const left = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
  const answer = await Promise.race([asked, left]);
  const process: DebuggeeProcess = {
    pid: answer?.processId,
    websocketUrl: undefined,
    ended: null,
    kill: (signal) => process.pid !== undefined && killProcess(process.pid, signal),
  };
  if (config.noDebug) return process;
  try {
    process.websocketUrl = await waitForInspector(port, args, process.pid, signal);
    return process;
  } catch (error) {
    if (signal.aborted) process.kill('SIGKILL');
    throw error;
  }
}

async function waitForInspector(
  port: number,
  command: string[],
  pid: number | undefined,
  signal: AbortSignal,
): Promise<string> {
  const start = performance.now();
  let deadline = start + terminalTimeoutMs;
  const hurry = () => (deadline = Math.min(deadline, performance.now() + leftGraceMs));
  if (signal.aborted) hurry();
  else signal.addEventListener('abort', hurry);
  for (;;) {
    let reason: unknown;
    try {
      const url = mainTarget(await listTargets('127.0.0.1', port))?.webSocketDebuggerUrl;
      if (url !== undefined) return url;
    } catch (error) {
      reason = error;
    }
    if (performance.now() > deadline) {
      const seconds = Math.round((deadline - start) / 1000);
      throw errors.cannotLaunch(
        `${command.join(' ')}\nstarted in the terminal, but no inspector came up at port ${port} within ${seconds} s.`,
        'The terminal shows what the program said.',
        reason,
      );
    }
    // By its number a program can be ended at once; without it, only its inspector tells which process it is.
    if (pid !== undefined) signal.throwIfAborted();
    await wait(terminalPollMs);
  }
}

/** @returns false if the process is gone or not ours. */
export function killProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

function environmentOf(config: LaunchConfiguration): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...process.env };
  for (const [name, value] of Object.entries(config.env)) {
    if (value === null) delete environment[name];
    else environment[name] = value;
  }
  return environment;
}

function spawnError(config: LaunchConfiguration, error: NodeJS.ErrnoException): Error {
  const reason = error.code === 'ENOENT' ? 'there is no such program on the PATH' : error.message;
  return errors.cannotLaunch(
    `${config.runtimeExecutable} could not be started: ${reason}.`,
    {
      help: 'Set "runtimeExecutable" to the path of a Node.js binary.',
      commandLineHelp: 'Name a Node.js binary with --runtime-executable.',
    },
    error,
  );
}

function checkFolder(folder: string): void {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (isFolder) return;
  throw errors.cannotLaunch(`The working folder ${folder} does not exist.`, {
    help: 'Set "cwd".',
    commandLineHelp: 'Name another one with --cwd.',
  });
}

/** Node itself would only print that the address is in use, and run the program without a debugger. */
async function checkPortIsFree(port: number): Promise<void> {
  try {
    await listenOnce(port);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw errors.cannotLaunch(
      `The inspector can't listen at 127.0.0.1:${port}: ${code === 'EADDRINUSE' ? 'the port is taken' : message}.`,
      'Choose another "port", or leave it out: a free one is found then.',
      error,
    );
  }
}

const freePort = () => listenOnce(0);

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}
