/** Every way in which people start programs under VS Code's own JavaScript debugger: each has the tensors. */
import * as vscode from 'vscode';
import { breakAt, desk, openView, rowsWith, start, untilStopped, test, until } from './harness.ts';
import { closeEditors, gridRows } from './viewerPage.ts';

interface Start {
  config: Partial<vscode.DebugConfiguration>;
  file: string;
  mark: string;
}

const starts: Record<string, Start> = {
  'a debug terminal': {
    config: { type: 'node-terminal', command: 'node runner.test.mjs' },
    file: 'runner.test.mjs',
    mark: 'runner',
  },
  'an npm script that runs tsx': {
    config: { type: 'node', runtimeExecutable: 'npm', runtimeArgs: ['run', 'script'] },
    file: 'script.ts',
    mark: 'script',
  },
  'a test runner with a process per file': {
    config: { type: 'node', runtimeArgs: ['--test', '${workspaceFolder}/runner.test.mjs'] },
    file: 'runner.test.mjs',
    mark: 'runner',
  },
  Vitest: {
    config: {
      type: 'node',
      program: '${workspaceFolder}/../../../node_modules/vitest/vitest.mjs',
      args: ['run', 'vitest.spec.ts'],
    },
    file: 'vitest.spec.ts',
    mark: 'vitest',
  },
  Jest: {
    config: { type: 'node-terminal', command: 'npx jest jest.test.cjs' },
    file: 'jest.test.cjs',
    mark: 'jest',
  },
  'a worker thread': {
    config: { type: 'node', program: '${workspaceFolder}/workers.mjs' },
    file: 'workers.mjs',
    mark: 'worker',
  },
};

for (const [how, { config, file, mark }] of Object.entries(starts)) {
  test(`companion: tensors of ${how} are in the view, and open`, async () => {
    await closeEditors();
    breakAt(file, mark);
    await start({ cwd: '${workspaceFolder}', ...config });
    await untilStopped();
    await openView();
    await rowsWith('batch float32[3] cpu 12 B');
    await desk('click', { row: 'batch', action: 'Open in Viewer' });
    await gridRows('0 1.5', '1 NaN', '2 -2');
  });
}

test('companion: of two threads that stand still, the view shows that of the selected frame', async () => {
  breakAt('threads.mjs', 'thread');
  await start({ type: 'node', program: '${workspaceFolder}/threads.mjs' });
  await untilStopped();
  await vscode.commands.executeCommand('workbench.debug.action.focusCallStackView');
  // Each thread is a session of its own; a click on one selects its topmost frame.
  const rows = '.debug-call-stack .monaco-list-row';
  for (const [text, tensor] of [
    ['[worker 2]', 'mine float32[3] cpu 12 B'],
    ['[worker 1]', 'mine float32[2] cpu 8 B'],
  ] as const) {
    // Else the call stack may be too low for both.
    await desk('collapse', { panes: ['Tensors'] });
    await until('it stands still', async () => {
      const found = (await desk('texts', { selector: rows })).filter((row) => row.startsWith(text));
      return found.some((row) => !row.includes('Running'));
    });
    // At its name: buttons are beside it, such as to continue.
    await desk('clickOn', { selector: '.debug-call-stack .session .name', text });
    await openView();
    await rowsWith(tensor);
  }
});
