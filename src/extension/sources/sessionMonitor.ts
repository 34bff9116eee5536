/**
 * What passes between VS Code and the debug adapter of one session: whether the program stands still, and, of our own
 * adapter, what VS Code's API leaves out of answers to custom requests.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import type { ErrorReport } from '../../protocol/errors.ts';

type Message = DebugProtocol.Request | DebugProtocol.Response | DebugProtocol.Event;

/** After these requests succeed, the program runs. */
const resuming = new Set(['continue', 'next', 'stepIn', 'stepOut', 'stepBack', 'reverseContinue', 'goto', 'restart']);

/** Failed requests are asked about right after they failed. */
const keptReports = 32;

export class SessionMonitor implements vscode.DebugAdapterTracker, vscode.Disposable {
  readonly session: vscode.DebugSession;
  #stoppedThread: number | undefined;
  readonly #reports = new Map<string, ErrorReport>();
  readonly #changed = new vscode.EventEmitter<SessionMonitor>();
  readonly #requested = new vscode.EventEmitter<DebugProtocol.Request>();
  /** The program stopped or runs on. */
  readonly onDidChange = this.#changed.event;
  /** A custom request of ours is on its way. */
  readonly onDidRequest = this.#requested.event;

  constructor(session: vscode.DebugSession) {
    this.session = session;
  }

  /** The thread that stopped; undefined while the program runs. */
  get stoppedThread(): number | undefined {
    return this.#stoppedThread;
  }

  /** The report behind the message that a failed custom request was rejected with. */
  reportOf(message: string): ErrorReport | undefined {
    return this.#reports.get(message);
  }

  onWillReceiveMessage(message: Message): void {
    if (message.type !== 'request') return;
    const request = message as DebugProtocol.Request;
    if (request.command.startsWith('tensor/')) this.#requested.fire(request);
  }

  onDidSendMessage(message: Message): void {
    if (message.type === 'event') {
      const event = message as DebugProtocol.Event;
      if (event.event === 'stopped') this.#set((event as DebugProtocol.StoppedEvent).body.threadId ?? 0);
      if (event.event === 'continued' || event.event === 'terminated') this.#set(undefined);
    } else if (message.type === 'response') {
      const response = message as DebugProtocol.Response;
      if (response.success && resuming.has(response.command)) this.#set(undefined);
      if (!response.success && response.command.startsWith('tensor/')) this.#keepReport(response);
    }
  }

  onExit(): void {
    this.#set(undefined);
  }

  dispose(): void {
    this.#changed.dispose();
    this.#requested.dispose();
  }

  #set(thread: number | undefined): void {
    // A second stop without a resume in between is a new one all the same.
    if (thread === undefined && this.#stoppedThread === undefined) return;
    this.#stoppedThread = thread;
    this.#changed.fire(this);
  }

  #keepReport(response: DebugProtocol.Response): void {
    const { error } = (response as DebugProtocol.ErrorResponse).body ?? {};
    const report = error?.variables?.['report'];
    if (report === undefined) return;
    this.#reports.set(error?.variables?.['text'] ?? response.message ?? '', JSON.parse(report) as ErrorReport);
    if (this.#reports.size > keptReports) this.#reports.delete(this.#reports.keys().next().value ?? '');
  }
}
