/** What the tests in the extension host have in common. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { deskVariable, type DeskCallName, type DeskCalls } from '../desk.ts';

export interface Test {
  name: string;
  run: () => Promise<void>;
}

const tests: Test[] = [];

export function test(name: string, run: () => Promise<void>): void {
  tests.push({ name, run });
}

export async function runTests(filter: string): Promise<void> {
  let failures = 0;
  const chosen = tests.filter((each) => each.name.includes(filter));
  if (chosen.length === 0) throw new Error(`no test's name contains "${filter}"`);
  for (const { name, run } of chosen) {
    const start = performance.now();
    let error: string | undefined;
    await desk('begin', { name });
    try {
      await run();
    } catch (thrown) {
      error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
      failures++;
      await desk('screenshot', { name: `failed-${name.replace(/\W+/g, '-')}` }).catch(() => undefined);
    }
    await endSessions();
    await desk('report', { name, ms: performance.now() - start, ...(error !== undefined && { error }) });
  }
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

export async function endSessions(): Promise<void> {
  await vscode.debug.stopDebugging();
  await until('the sessions are over', () => vscode.debug.activeDebugSession === undefined);
}

/** Waits until what `look` gives is neither undefined nor false. */
export async function until<T>(
  what: string,
  look: () => T | false | undefined | Promise<T | false | undefined>,
  timeoutMs = 30_000,
): Promise<T> {
  let last: T | false | undefined;
  for (const end = Date.now() + timeoutMs; Date.now() < end;) {
    last = await look();
    if (last !== undefined && last !== false) return last;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited ${timeoutMs} ms in vain until ${what}`);
}

export function stoppedFrame(): vscode.DebugStackFrame | undefined {
  const item = vscode.debug.activeStackItem;
  return item instanceof vscode.DebugStackFrame ? item : undefined;
}

/** Steps over one line, until its program has stopped again. */
export async function step(): Promise<void> {
  const before = stoppedFrame();
  await vscode.commands.executeCommand('workbench.action.debug.stepOver');
  await until('the step is done', () => stoppedFrame() !== before && stoppedFrame());
}

/** Lets the program run to its next stop. */
export async function continueToNextStop(): Promise<void> {
  const before = stoppedFrame();
  await vscode.commands.executeCommand('workbench.action.debug.continue');
  await until('it stops again', () => stoppedFrame() !== before && stoppedFrame());
}

/** Opens the Tensors view, which is folded in sessions that are not of type `tensor`. */
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

const themes = { light: 'Default Light Modern', dark: 'Default Dark Modern', contrast: 'Default High Contrast' };
export type Theme = keyof typeof themes;

/** Pictures for people to look at, in these themes. */
export async function screenshots(name: string, which: Theme[] = ['light', 'dark', 'contrast']): Promise<void> {
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
