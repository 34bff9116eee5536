/** Runs in VS Code's extension host; see ../run.ts. */
import { strictEqual, ok, deepStrictEqual } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { breakAt, desk, rowsWith, runTests, start, stoppedFrame, test, until, workspaceFile } from './harness.ts';

const themes = { light: 'Default Light Modern', dark: 'Default Dark Modern', contrast: 'Default High Contrast' };

/** The same program in the two kinds of session. */
const kinds = {
  tensor: { type: 'tensor', program: '${workspaceFolder}/network.ts' },
  companion: { type: 'node', program: '${workspaceFolder}/network.ts', runtimeArgs: ['--import', 'tsx'] },
};

for (const [kind, config] of Object.entries(kinds)) {
  test(`${kind}: the tree shows the tensors of the stopped frame and follows steps`, async () => {
    breakAt('network.ts', 'first');
    await start(config);
    // Sessions of type `tensor` open it by themselves, the first time.
    if (kind === 'companion') await openView();
    const rows = await rowsWith('product');
    ok(
      rows.some((row) => /^tfjs.* webgpu · eager mode/.test(row)),
      rows.join('\n'),
    );
    ok(rows.includes('product float32[64, 64] webgpu 16 KB'), rows.join('\n'));
    ok(rows.includes('host float32[3] cpu 12 B'), rows.join('\n'));
    ok(
      rows.some((row) => /^weights float32\[128, 10\]/.test(row)),
      rows.join('\n'),
    );
    ok(rows.includes('gone float32[] disposed'), rows.join('\n'));
    ok(!rows.some((row) => /^scaled float32/.test(row)), rows.join('\n'));
    await desk('click', { row: 'product' });
    await rowsWith('values [[');
    await desk('click', { row: 'statistics' });
    await rowsWith('max 4095');
    await screenshots(`${kind}-tree`);
    for (let step = 0; step < 2; step++) {
      const before = stoppedFrame();
      await vscode.commands.executeCommand('workbench.action.debug.stepOver');
      await until('the step is done', () => stoppedFrame() !== before && stoppedFrame());
    }
    await rowsWith('scaled float32[64, 64]');
    ok(
      (await desk('rows', {})).some((row) => row.startsWith('values [[')),
      'the expanded tensor stays expanded',
    );
  });

  test(`${kind}: saves that NumPy loads`, async () => {
    breakAt('network.ts', 'first');
    await start(config);
    await rowsWith('product');
    const folder = mkdtempSync(join(tmpdir(), 'tensor-vscode-'));
    try {
      const file = join(folder, 'product.npy');
      await vscode.commands.executeCommand('tensorDebugger.saveNpy', { expression: 'product', file });
      await until('the file is there', () => existsSync(file));
      strictEqual(
        numpy(`a = np.load(${JSON.stringify(file)}); print(a.dtype, a.shape, a.sum())`),
        'float32 (64, 64) 8386560.0',
      );
      const archive = join(folder, 'all.npz');
      await vscode.commands.executeCommand('tensorDebugger.saveAllNpz', { file: archive });
      const names = numpy(`print(sorted(np.load(${JSON.stringify(archive)}).files))`);
      ok(/'bias', .*'host', .*'product', .*'weights'/.test(names), names);
      const table = join(folder, 'host.csv');
      await vscode.commands.executeCommand('tensorDebugger.saveCsv', { expression: 'host', file: table });
      strictEqual(numpy(`print(np.loadtxt(${JSON.stringify(table)}, delimiter=','))`), '[ 1.5  nan -2. ]');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test(`${kind}: copies as NumPy code, TypeScript and JSON`, async () => {
    breakAt('network.ts', 'first');
    await start(config);
    await rowsWith('bias');
    const copied = async (command: string) => {
      await vscode.env.clipboard.writeText('');
      await vscode.commands.executeCommand(`tensorDebugger.${command}`, { expression: 'bias' });
      return vscode.env.clipboard.readText();
    };
    strictEqual(await copied('copyNumpy'), 'np.array([0.1, 0.2, 0.3], dtype=np.float32)');
    ok((await copied('copyTypescript')).includes('[0.1, 0.2, 0.3]'));
    deepStrictEqual(JSON.parse(await copied('copyJson')), { dtype: 'float32', shape: [3], values: [0.1, 0.2, 0.3] });
  });
}

test('companion: a program without tensors is left alone, and the view says why it is empty', async () => {
  breakAt('plain.mjs', 'plain');
  await start({ type: 'node', program: '${workspaceFolder}/plain.mjs' });
  const frame = await until('it stopped', stoppedFrame);
  await openView();
  await until('the view says why', async () => (await desk('viewText', {})).includes('No tensors here'));
  await screenshots('companion-empty', ['light']);
  const expression = "String(globalThis[Symbol.for('tensor-debugger.agent.v1')])";
  const answer = (await frame.session.customRequest('evaluate', { expression, frameId: frame.frameId })) as {
    result: string;
  };
  strictEqual(answer.result.replace(/'/g, ''), 'undefined');
});

test('tensor: starts the open file with no launch.json', async () => {
  breakAt('network.ts', 'second');
  await vscode.window.showTextDocument(vscode.Uri.file(workspaceFile('network.ts')));
  await vscode.commands.executeCommand('tensorDebugger.debugFile');
  await vscode.commands.executeCommand('workbench.view.debug');
  await rowsWith('scaled');
});

test('tensor: a failure is said once, and says what to do', async () => {
  breakAt('network.ts', 'first');
  await start(kinds.tensor);
  await rowsWith('product');
  await vscode.commands.executeCommand('tensorDebugger.saveNpy', {
    expression: 'product',
    file: '/no/such/folder/x.npy',
  });
  // While tests run, VS Code keeps messages in its list instead of letting them pop up.
  await vscode.commands.executeCommand('notifications.showList');
  const said = await until('it is said', async () => {
    const texts = (await desk('notifications', {})).filter((text) => text.includes('x.npy could not be written'));
    return texts.length > 0 && texts;
  });
  strictEqual(said.length, 1, said.join('\n'));
  ok(said[0]?.includes('/no/such/folder') && said[0].includes('choose another place'), said[0]);
  await screenshots('tensor-failed-save', ['dark']);
  await vscode.commands.executeCommand('notifications.clearAll');
});

async function openView(): Promise<void> {
  await vscode.commands.executeCommand('tensorDebugger.tensors.focus');
}

async function screenshots(
  name: string,
  which: (keyof typeof themes)[] = ['light', 'dark', 'contrast'],
): Promise<void> {
  for (const theme of which) {
    const settings = vscode.workspace.getConfiguration('workbench');
    await settings.update('colorTheme', themes[theme], vscode.ConfigurationTarget.Global);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await desk('screenshot', { name: `${name}-${theme}` });
  }
}

function numpy(code: string): string {
  return execFileSync('/usr/bin/python3', ['-c', `import numpy as np; ${code}`], { encoding: 'utf8' }).trim();
}

export async function run(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAuxiliaryBar');
  await runTests(process.env['TENSOR_DEBUGGER_TEST_FILTER'] ?? '');
}
