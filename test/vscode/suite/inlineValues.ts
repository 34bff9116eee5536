/** Tensors at the ends of lines, and in hovers. */
import { deepStrictEqual, match, ok } from 'node:assert';
import * as vscode from 'vscode';
import {
  desk,
  openView,
  places,
  plainPlace,
  rowsWith,
  screenshots,
  step,
  testAt,
  until,
  workspaceFile,
} from './harness.ts';
import { closeEditors, pageSays } from './viewerPage.ts';

/** The editor's line with this text, as it is on screen, its inline values behind it. */
async function lineWith(text: string): Promise<string | undefined> {
  const lines = await desk('texts', { selector: '.view-line' });
  return lines.map((line) => line.replace(/\u00a0/g, ' ').trim()).find((line) => line.includes(text));
}

async function inlineAt(start: string): Promise<string> {
  let seen: string | undefined;
  try {
    return await until(`the line "${start}" has a value`, async () => {
      seen = await lineWith(start);
      return seen?.includes(' = float32[') && seen;
    });
  } catch (error) {
    throw new Error(`${String(error)}; it is "${seen ?? 'not there'}"`, { cause: error });
  }
}

for (const [kind, place] of Object.entries(places)) {
  testAt(place, `inline values, ${kind}: tensors stand at the ends of the lines that set them`, async () => {
    ok((await inlineAt('const product =')).endsWith('product = float32[64, 64] [[0, 1, 2, 3, 4, 5, 6, 7, ...], ...]'));
    ok((await inlineAt('const bias =')).endsWith('bias = float32[3] [0.1, 0.2, 0.3]'));
    ok((await inlineAt('const weights =')).includes('weights = float32[128, 10] [['), 'of an outer scope');
    const stopped = await inlineAt('log(product.shape');
    ok(/product = float32.*host = float32\[3\] \[1.5, NaN, -2\].*bias =/.test(stopped), stopped);
    ok(!(await lineWith('multiply(64)'))?.includes(' = '), 'below the stop there is none');
    await screenshots(`inline-${kind}`);
    await step();
    await step();
    // While the line was the stopped one, it showed what it uses.
    await until('the step has set it', async () =>
      (await inlineAt('const scaled =')).endsWith('scaled = float32[64, 64] [[0, 2, 4, 6, 8, 10, 12, 14, ...], ...]'),
    );
  });
}

testAt(
  places.companion,
  "inline values: what they have read together is counted once in the session's costs",
  async () => {
    await inlineAt('const product =');
    // What lives on the host costs nothing more.
    await vscode.commands.executeCommand('tensorDebugger.openInViewer', { expression: 'host' });
    await pageSays('header', /host float32\[3\]/);
    match(await pageSays('footer', /Session/), /Session \d+ B in [\d.]+ ms$/);
    const titles = await desk('webviewValues', { selector: 'footer span', name: 'title' });
    ok(titles.at(-1)?.includes(', in 1 readback;'), titles.join('\n'));
    await closeEditors();
  },
);

testAt(plainPlace, 'inline values: a session without tensors has none of ours', async (frame) => {
  await openView();
  await until('it was looked at', async () => (await desk('viewText', {})).includes('No tensors here'));
  const uri = vscode.Uri.file(workspaceFile('plain.mjs'));
  const values = await vscode.commands.executeCommand(
    'vscode.executeInlineValueProvider',
    uri,
    new vscode.Range(0, 0, 9, 0),
    {
      frameId: frame.frameId,
      stoppedLocation: new vscode.Range(4, 0, 4, 0),
    },
  );
  deepStrictEqual(values ?? [], []);
});

for (const [kind, place] of Object.entries(places)) {
  testAt(place, `hover, ${kind}: a tensor in the editor says what it is, and opens`, async () => {
    if (kind === 'companion') await inlineAt('const product =');
    // VS Code takes no notice of a mouse that came before the editor knew of the stop: a person moves it again.
    let looks = 0;
    const text = await until('the hover is there', async () => {
      if (looks++ % 30 === 0) await desk('hover', { word: 'product' });
      const [shown] = await desk('texts', { selector: '.debug-hover-widget' });
      return shown !== undefined && shown.includes('float32[64, 64]') && shown;
    });
    ok(text.includes('webgpu 16 KB') && text.includes('[[0, 1, 2'), text);
    await desk('screenshot', { name: `hover-${kind}` });
  });
}

testAt(places.tensor, 'hover, tensor: answers in less than 300 ms, and moves a preview', async (frame) => {
  await rowsWith('product');
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const begin = performance.now();
    await frame.session.customRequest('evaluate', { expression: 'product', frameId: frame.frameId, context: 'hover' });
    times.push(performance.now() - begin);
  }
  times.sort((a, b) => a - b);
  ok((times[2] ?? Infinity) < 300, times.join(', '));
  const { previews } = (await frame.session.customRequest('tensor/preview', {
    tensors: [{ expression: 'product', frameId: frame.frameId }],
  })) as { previews: { cost: { bytes: number } }[] };
  ok((previews[0]?.cost.bytes ?? Infinity) <= 64, JSON.stringify(previews[0]?.cost));
});
