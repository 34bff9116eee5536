/** What the tests in the extension host have in common. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { deskVariable, themesVariable, type DeskCallName, type DeskCalls } from '../desk.ts';

/** Where a program stops first. */
export interface Place {
  config: Partial<vscode.DebugConfiguration>;
  file: string;
  /** Of the line that it stops at: `// #mark`. */
  mark: string;
}

interface Test {
  name: string;
  place?: Place;
  run: (frame?: vscode.DebugStackFrame) => Promise<void>;
}

const tests: Test[] = [];

const timeoutMs = 60_000;

export function test(name: string, run: () => Promise<void>): void {
  tests.push({ name, run });
}

/**
 * A test at a stop. Tests at the same place run one after another, and in the same session for as long as none of them
 * makes its program run on: starting one takes seconds.
 */
export function testAt(place: Place, name: string, run: (frame: vscode.DebugStackFrame) => Promise<void>): void {
  tests.push({ name, place, run: run as Test['run'] });
}

/** Tests at the same place next to each other, where the first of them stands. */
function inOrder(): Test[] {
  const places = [...new Set(tests.map(({ place }) => place))];
  return tests
    .flatMap((each) => (each.place === undefined ? [each] : []))
    .concat(places.flatMap((place) => (place ? tests.filter((each) => each.place === place) : [])));
}

export async function runTests(filter: string): Promise<void> {
  let failures = 0;
  const chosen = inOrder().filter((each) => each.name.includes(filter));
  if (chosen.length === 0) throw new Error(`no test's name contains "${filter}"`);
  const watching = watchSessions();
  for (const [index, { name, place, run }] of chosen.entries()) {
    const start = performance.now();
    let error: string | undefined;
    await desk('begin', { name });
    try {
      await run(place && (await arriveAt(place)));
      const isLast = place === undefined || chosen[index + 1]?.place !== place;
      if (isLast || standing === undefined) await endSessions();
    } catch (thrown) {
      error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
      failures++;
      await desk('screenshot', { name: `failed-${name.replace(/\W+/g, '-')}` }).catch(() => undefined);
      // The next test begins without it; where it does not end even now, the run does.
      await endSessions();
    }
    await desk('report', { name, ms: performance.now() - start, ...(error !== undefined && { error }) });
  }
  watching.dispose();
  if (failures > 0) throw new Error(`${failures} tests failed`);
}

export async function desk<Name extends DeskCallName>(
  name: Name,
  args: DeskCalls[Name]['arguments'],
): Promise<DeskCalls[Name]['result']> {
  const response = await fetch(process.env[deskVariable] ?? '', {
    method: 'POST',
    body: JSON.stringify({ name, args }),
  });
  const answer = (await response.json()) as { result: DeskCalls[Name]['result'] } | { error: string };
  if ('error' in answer) throw new Error(answer.error);
  return answer.result;
}

export function workspaceFile(name: string): string {
  return join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', name);
}

/** The same program in the two kinds of session. */
export const kinds = {
  tensor: { type: 'tensor', program: '${workspaceFolder}/network.ts' },
  companion: { type: 'node', program: '${workspaceFolder}/network.ts', runtimeArgs: ['--import', 'tsx'] },
};
export const places = {
  tensor: { config: kinds.tensor, file: 'network.ts', mark: 'first' },
  companion: { config: kinds.companion, file: 'network.ts', mark: 'first' },
} satisfies Record<string, Place>;
/** A program without tensors, in VS Code's own JavaScript debugger. */
export const plainPlace: Place = {
  config: { type: 'node', program: '${workspaceFolder}/plain.mjs' },
  file: 'plain.mjs',
  mark: 'plain',
};

/** Sets breakpoints at the lines that carry these marks, and no others. */
export function breakAt(name: string, ...marks: string[]): void {
  vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
  const file = workspaceFile(name);
  const lines = readFileSync(file, 'utf8').split('\n');
  const uri = vscode.Uri.file(file);
  vscode.debug.addBreakpoints(
    marks.map((mark) => {
      const line = lines.findIndex((text) => text.includes(`// #${mark}`));
      return new vscode.SourceBreakpoint(new vscode.Location(uri, new vscode.Position(line, 0)));
    }),
  );
}

/** The stop that tests at one place share; undefined as soon as the program is not at it any more. */
let standing: vscode.DebugStackFrame | undefined;

async function arriveAt({ config, file, mark }: Place): Promise<vscode.DebugStackFrame> {
  // What the test before has opened would be in the way.
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  // VS Code does not ask for inline values of a file that it opens because of a stop, before that is scrolled.
  await vscode.window.showTextDocument(vscode.Uri.file(workspaceFile(file)));
  if (standing === undefined) {
    breakAt(file, mark);
    await start(config);
    standing = await untilStopped();
  }
  return standing;
}

export async function start(config: Partial<vscode.DebugConfiguration>): Promise<void> {
  const started = await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], {
    name: `test ${String(config['type'])}`,
    request: 'launch',
    type: '',
    ...config,
  });
  if (!started) throw new Error('the session did not start');
  await vscode.commands.executeCommand('workbench.view.debug');
  await vscode.commands.executeCommand('workbench.action.closePanel');
  await desk('collapse', { panes: ['Variables', 'Watch', 'Call Stack', 'Loaded Scripts', 'Breakpoints'] });
}

/**
 * The sessions that have begun and not ended. `activeDebugSession` does not tell: when two of them end together, as a root
 * session of VS Code's JavaScript debugger and that of its program do, VS Code may name one that is over for ever after.
 */
const running = new Set<string>();

/** How often each session has stopped: VS Code may make another frame of the same stop, when the focus moves. */
const stops = new Map<string, number>();

function stopsOf(id: string): number {
  return stops.get(id) ?? 0;
}

/** A session begins, stops or ends, or the focus moves. */
const sessionsChanged = new vscode.EventEmitter<void>();

/** To be called before the first session begins. */
export function watchSessions(): vscode.Disposable {
  const then = (run: () => unknown) => {
    run();
    sessionsChanged.fire();
  };
  return vscode.Disposable.from(
    vscode.debug.onDidStartDebugSession(({ id }) => then(() => running.add(id))),
    vscode.debug.onDidTerminateDebugSession(({ id }) => then(() => running.delete(id))),
    vscode.debug.onDidChangeActiveStackItem(() => sessionsChanged.fire()),
    vscode.debug.registerDebugAdapterTrackerFactory('*', {
      createDebugAdapterTracker: ({ id }) => ({
        onDidSendMessage(message: { event?: string }) {
          if (message.event === 'stopped') then(() => stops.set(id, stopsOf(id) + 1));
        },
      }),
    }),
  );
}

/** Waits until what `look` gives is neither undefined nor false; it is asked whenever something of the sessions changes. */
export function untilSessions<T>(what: string, look: () => T | false | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      subscription.dispose();
      clearTimeout(timer);
    };
    const check = () => {
      const found = look();
      if (found === undefined || found === false) return;
      end();
      resolve(found);
    };
    const subscription = sessionsChanged.event(check);
    const timer = setTimeout(() => {
      end();
      reject(new Error(`waited ${timeoutMs} ms in vain until ${what}`));
    }, timeoutMs);
    check();
  });
}

/** Waits until every session has ended, by itself. */
export async function sessionsEnd(): Promise<void> {
  standing = undefined;
  await untilSessions('the sessions are over', () => running.size === 0);
}

export async function endSessions(): Promise<void> {
  await vscode.debug.stopDebugging();
  await sessionsEnd();
}

/** The same of what tells nobody that it changes, such as what is on screen. */
export async function until<T>(
  what: string,
  look: () => T | false | undefined | Promise<T | false | undefined>,
): Promise<T> {
  let last: T | false | undefined;
  for (const end = Date.now() + timeoutMs; Date.now() < end;) {
    last = await look();
    if (last !== undefined && last !== false) return last;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited ${timeoutMs} ms in vain until ${what}`);
}

/** The frame that is shown of a program that has stopped. */
export async function untilStopped(): Promise<vscode.DebugStackFrame> {
  try {
    return await untilSessions('it stopped', stoppedFrame);
  } catch (error) {
    const sessions = [...running].map((id) => `one that stopped ${stopsOf(id)} times`);
    throw new Error(`${String(error)}; sessions: ${sessions.join(', ') || 'all have ended'}`, { cause: error });
  }
}

export function stoppedFrame(): vscode.DebugStackFrame | undefined {
  const item = vscode.debug.activeStackItem;
  // VS Code may still name one of a session that has ended.
  return item instanceof vscode.DebugStackFrame && running.has(item.session.id) ? item : undefined;
}

/** Steps over one line, until its program has stopped again. */
export function step(): Promise<void> {
  return resume('stepOver');
}

/** Lets the program run to its next stop. */
export function continueToNextStop(): Promise<void> {
  return resume('continue');
}

async function resume(how: 'stepOver' | 'continue'): Promise<void> {
  standing = undefined;
  const before = await untilSessions('it has stopped', stoppedFrame);
  const { id } = before.session;
  const count = stopsOf(id);
  await vscode.commands.executeCommand(`workbench.action.debug.${how}`);
  await untilSessions('it has stopped again', () => {
    const frame = stoppedFrame();
    return stopsOf(id) > count && frame !== before && frame?.session.id === id;
  });
}

/** Opens the Tensors view, which does so by itself only at the first stop that has tensors. */
export async function openView(): Promise<void> {
  await vscode.commands.executeCommand('tensorDebugger.tensors.focus');
}

/** The Tensors view's rows once one of them begins with this text. */
export async function rowsWith(text: string): Promise<string[]> {
  let seen: string[] = [];
  try {
    return await until(`the view shows "${text}"`, async () => {
      seen = await desk('rows', {});
      return seen.some((row) => row.startsWith(text)) ? seen : undefined;
    });
  } catch (error) {
    throw new Error(`${String(error)}; it shows ${JSON.stringify(seen)}, ${await desk('viewText', {})}`, {
      cause: error,
    });
  }
}

/** What a list that asks offers, the palette among them. */
export const choices = '.quick-input-list .monaco-list-row';

/** Our commands in the palette that have this text in their names. */
export async function inPalette(text: string): Promise<string[]> {
  await vscode.commands.executeCommand('workbench.action.quickOpen', `>Tensor: ${text}`);
  let before = '';
  const rows = await until('it has searched', async () => {
    const found = await desk('texts', { selector: choices });
    const isSettled = found.length > 0 && found.join() === before;
    before = found.join();
    return isSettled && found;
  });
  await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
  // Where none has it, VS Code tells of others, or that there are none.
  return rows.filter((row) => row.startsWith(`Tensor: ${text}`)).map((row) => row.replace('Tensor: ', ''));
}

export const variableRows = '.debug-variables .monaco-list-row';

/** Until a variable of the scope is on screen. VS Code may unfold the scope by itself meanwhile: a click would fold it. */
export async function unfoldScope(scope: string, variable: string): Promise<void> {
  await until(`${variable} is among the variables`, async () => {
    const rows = await desk('texts', { selector: variableRows });
    if (rows.some((row) => row.startsWith(variable))) return true;
    const folded = `${variableRows}[aria-expanded=false]`;
    const scopes = await desk('texts', { selector: folded });
    if (scopes.includes(scope)) await desk('clickOn', { selector: folded, text: scope });
    return false;
  });
}

const themes = { light: 'Default Light Modern', dark: 'Default Dark Modern', contrast: 'Default High Contrast' };
export type Theme = keyof typeof themes;

/** Pictures for people to look at: in these themes where they are wanted, for a change of theme takes its time. */
export async function screenshots(name: string, which: Theme[] = ['light', 'dark', 'contrast']): Promise<void> {
  if (process.env[themesVariable] === undefined) {
    await desk('screenshot', { name });
    return;
  }
  for (const theme of which) {
    const settings = vscode.workspace.getConfiguration('workbench');
    await settings.update('colorTheme', themes[theme], vscode.ConfigurationTarget.Global);
    await desk('screenshot', { name: `${name}-${theme}`, theme });
  }
}

/** What Python prints for a line of code that has NumPy as `np`. */
export function numpy(code: string): string {
  return execFileSync('/usr/bin/python3', ['-c', `import numpy as np; ${code}`], { encoding: 'utf8' }).trim();
}

/** A menu takes no click in its first moments, lest the one that opened it choose something. */
export async function chooseInMenu(item: string): Promise<void> {
  const selector = '.monaco-menu .action-label';
  const isOffered = async () => (await desk('texts', { selector })).includes(item);
  await until(`the menu has ${item}`, isOffered);
  await until(`${item} is chosen`, async () => {
    if (!(await isOffered())) return true;
    await desk('clickOn', { selector, text: item });
    return false;
  });
}
