/** Runs in VS Code's extension host, and reports milliseconds under the names of test/bench/vscode.ts. */
import * as vscode from 'vscode';
import { desk, openView, rowsWith, start, untilStopped, until, watchSessions } from './harness.ts';
import { closeEditors } from './viewerPage.ts';

const rounds = 16;
/** The first ones are slower on both sides: code is compiled, views are made. */
const warmUps = 4;
const now = () => performance.timeOrigin + performance.now();

async function report(name: string, ms: number): Promise<void> {
  await desk('report', { name, ms });
}

export async function run(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAuxiliaryBar');
  const watching = watchSessions();
  await activation();
  await painting();
  await opening();
  watching.dispose();
}

async function activation(): Promise<void> {
  const extension = vscode.extensions.getExtension('tensor-debugger.tensor-debugger');
  if (!extension) throw new Error('The extension is not there.');
  await report('active before', extension.isActive ? 1 : 0);
  await quietWindow();
  await extension.activate();
  // As VS Code itself counts it: loading the code and calling `activate`, without its own preparations.
  await vscode.commands.executeCommand('workbench.action.showRuntimeExtensions');
  const row = '.runtime-extensions-editor .monaco-list-row';
  const [, ms] = await until('VS Code says how long it took', async () => {
    const ours = (await desk('texts', { selector: row })).find((text) => text.startsWith('tensor-debugger.'));
    return /Activation: (\d+)ms/.exec(ours ?? '') ?? undefined;
  });
  await report('activation', Number(ms));
}

/**
 * Waits until the window has made itself ready, which is when people start to debug: it answers at once, twenty times in a
 * row.
 */
async function quietWindow(): Promise<void> {
  for (let quick = 0; quick < 20;) {
    const begun = now();
    await vscode.commands.executeCommand('setContext', 'tensorDebugger.bench', quick);
    quick = now() - begun < 5 ? quick + 1 : 0;
  }
}

/** From `stopped` to the painted tree, and to the variables of VS Code's debugger, at every other stop each. */
async function painting(): Promise<void> {
  let stoppedAt = 0;
  const trackers = vscode.debug.registerDebugAdapterTrackerFactory('*', {
    createDebugAdapterTracker: () => ({
      onDidSendMessage(message: { type: string; event?: string }) {
        if (message.type === 'event' && message.event === 'stopped') stoppedAt = now();
      },
    }),
  });
  await start({ type: 'node', program: '${workspaceFolder}/../../debuggee/bench/manyStops.mjs' });
  await openView();
  await rowsWith('t0 float32[1] ');
  for (let round = 2; round < 2 + rounds; round++) {
    const isOurs = round % 2 === 0;
    if (isOurs) await openView();
    else await desk('collapse', { panes: ['Tensors'] });
    const stopped = nextStop();
    const seen = isOurs
      ? desk('paintedRow', { row: `t0 float32[${round}] ` })
      : stopped.then(async (frame) => {
          await variables(frame);
          return now();
        });
    await vscode.commands.executeCommand('workbench.action.debug.continue');
    await stopped;
    const ms = (await seen) - stoppedAt;
    if (round >= 2 + warmUps) await report(isOurs ? 'tree' : 'variables', ms);
  }
  trackers.dispose();
  await vscode.debug.stopDebugging();
}

/** The frame of the next stop, as soon as VS Code shows it. */
function nextStop(): Promise<vscode.DebugStackFrame> {
  return new Promise((resolve) => {
    const subscription = vscode.debug.onDidChangeActiveStackItem((item) => {
      if (!(item instanceof vscode.DebugStackFrame)) return;
      subscription.dispose();
      resolve(item);
    });
  });
}

/** The local variables, as the Variables view asks for them. */
async function variables({ session, frameId }: vscode.DebugStackFrame): Promise<void> {
  const { scopes } = (await session.customRequest('scopes', { frameId })) as {
    scopes: { variablesReference: number; expensive: boolean }[];
  };
  const found = await Promise.all(
    scopes
      .filter(({ expensive }) => !expensive)
      .map(({ variablesReference }) => session.customRequest('variables', { variablesReference })),
  );
  const count = (found as { variables: unknown[] }[]).reduce((sum, { variables }) => sum + variables.length, 0);
  if (count < 1000) throw new Error(`There are ${count} variables.`);
}

async function opening(): Promise<void> {
  await start({ type: 'node', program: '${workspaceFolder}/../../debuggee/bench/sizes.mjs' });
  await untilStopped();
  for (let round = 0; round < rounds; round++) {
    const name = round % 2 === 0 ? 'big' : 'small';
    await closeEditors();
    await until('no viewer is open', async () => (await desk('webviewTexts', { selector: 'body' })).length === 0);
    const painted = desk('paintedCells', {});
    const begun = now();
    await vscode.commands.executeCommand('tensorDebugger.openInViewer', { expression: name });
    const ms = (await painted) - begun;
    if (round >= warmUps) await report(name, ms);
  }
  await vscode.debug.stopDebugging();
}
