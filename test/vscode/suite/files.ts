/** Tensor files in the viewer, without any program. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { desk, numpy, screenshots, test } from './harness.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';
import { closeEditors, gridRows, pageSays } from './viewerPage.ts';

/** Runs with a folder that is gone afterwards. */
function fileTest(name: string, run: (folder: string) => Promise<void>): void {
  test(`files: ${name}`, async () => {
    await closeEditors();
    await inTemporaryFolder(async (folder) => {
      try {
        await run(folder);
      } finally {
        await closeEditors();
      }
    });
  });
}

/** As a click in the explorer does. */
async function openFile(file: string): Promise<void> {
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  ok(input instanceof vscode.TabInputCustom && input.viewType === 'tensorDebugger.file', 'the viewer is the editor');
}

fileTest('a .npy file opens in the viewer, and what a program writes into it is marked', async (folder) => {
  const file = join(folder, 'weights.npy');
  const path = JSON.stringify(file);
  numpy(`np.save(${path}, np.arange(12, dtype=np.int64).reshape(3, 4))`);
  await openFile(file);
  await gridRows('0 0 1 2 3', '2 8 9 10 11');
  await pageSays('header', /weights\.npy int64\[3, 4\]/);
  await screenshots('files-npy', ['dark']);
  numpy(`a = np.load(${path}); a[1, 1] = -7; np.save(${path}, a)`);
  await gridRows('1 4 -7 6 7');
  deepStrictEqual(await desk('webviewTexts', { selector: '.grid-cell.changed' }), ['-7']);
  rmSync(file);
  await pageSays('.banner.stale', /deleted/);
  await gridRows('1 4 -7 6 7');
});

fileTest('a .npz file, compressed: one array after the other', async (folder) => {
  const file = join(folder, 'all.npz');
  numpy(`np.savez_compressed(${JSON.stringify(file)}, first=np.eye(3), second=np.array(['a', 'bc']))`);
  await openFile(file);
  await gridRows('0 1 0 0', '2 0 0 1');
  await desk('webviewSelect', { selector: '#member', option: 'second' });
  await pageSays('header', /second string\[2\]/);
  await gridRows('0 "a"', '1 "bc"');
});

fileTest('a .safetensors file', async (folder) => {
  const file = join(folder, 'model.safetensors');
  const header = JSON.stringify({ bias: { dtype: 'F32', shape: [3], data_offsets: [0, 12] } });
  const length = new BigUint64Array([BigInt(header.length)]);
  writeFileSync(
    file,
    Buffer.concat([Buffer.from(length.buffer), Buffer.from(header), Buffer.from(Float32Array.of(0.1, NaN, -2).buffer)]),
  );
  await openFile(file);
  await gridRows('0 0.1', '1 NaN', '2 -2');
});

fileTest('4 GiB open at once, by windows', async (folder) => {
  const file = join(folder, 'large.npy');
  // A header, and as good as no blocks on the disk behind it.
  numpy(
    `f = open(${JSON.stringify(file)}, 'wb'); ` +
      "np.lib.format.write_array_header_1_0(f, {'descr': '<f4', 'fortran_order': False, 'shape': (32768, 32768)})",
  );
  truncateSync(file, 128 + 2 ** 32);
  const before = process.memoryUsage().rss;
  await openFile(file);
  await gridRows('0 0 0 0');
  await pageSays('header', /float32\[32768, 32768\].* 4 GB/);
  const grown = process.memoryUsage().rss - before;
  ok(grown < 128 * 2 ** 20, `${Math.round(grown / 2 ** 20)} MiB more`);
});

fileTest('a broken file says what is wrong with it', async (folder) => {
  const file = join(folder, 'broken.npy');
  writeFileSync(file, 'not an array');
  await openFile(file);
  const text = await pageSays('body', /not|magic|NUMPY/i);
  ok(!/Loading/.test(text), text);
  strictEqual((await desk('webviewTexts', { selector: '.grid-cell' })).length, 0);
});
