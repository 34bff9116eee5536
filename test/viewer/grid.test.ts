import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bytesReader } from '../../src/formats/byteReader.ts';
import { openNpyArray } from '../../src/formats/npy.ts';
import { runPython } from '../formats/python.ts';
import { TensorError } from '../../src/protocol/errors.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';
import { arraySource, computedSource, sourceOf, stringSource } from './sources.ts';
import { viewerPages } from './viewerPage.ts';
import type { ViewerPage } from './viewerPage.ts';

const open = viewerPages();

const billion = () => computedSource('x', 'float32', [40_000, 25_000], (flat) => flat % 1_000_003);
const expected = (row: number, column: number) => String((row * 25_000 + column) % 1_000_003);

async function focusGrid({ page }: ViewerPage): Promise<void> {
  await page.locator('[role=grid]').focus();
}

async function setSlice({ page }: ViewerPage, text: string): Promise<void> {
  await page.locator('#slice').fill(text);
  await page.locator('#slice').press('Enter');
}

test('a billion elements: cells are right at every corner, and little more is read than is on screen', async () => {
  const viewer = await open();
  await viewer.show(billion());
  const { page } = viewer;
  assert.equal(await viewer.cell(0, 0), '0');
  assert.equal(await viewer.cell(1, 2), expected(1, 2));
  await focusGrid(viewer);
  await page.keyboard.press('Control+End');
  assert.equal(await viewer.cell(39_999, 24_999), expected(39_999, 24_999));
  await page.keyboard.press('Control+ArrowLeft');
  assert.equal(await viewer.cell(39_999, 0), expected(39_999, 0));
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('End');
  assert.equal(await viewer.cell(0, 24_999), expected(0, 24_999));
  await viewer.settled();
  const onScreen = (await page.locator('[role=gridcell]').count()) * 4;
  const read = viewer.reads().reduce((sum, { bytes }) => sum + bytes, 0);
  assert.ok(read < 4 * 1.5 * onScreen, `${read} bytes for four screens of ${onScreen}`);
  assert.deepEqual(viewer.errors, []);
});

test('a billion rows: the wheel moves by rows, the scrollbar by any distance', async () => {
  const viewer = await open();
  const { page } = viewer;
  await viewer.show(computedSource('x', 'int32', [1_000_000_000], (flat) => flat));
  assert.equal(await viewer.cell(5, 0), '5');
  await page.locator('#goto').fill('777777777');
  await page.locator('#goto').press('Enter');
  assert.equal(await viewer.cell(777_777_777, 0), '777777777');
  const first = async () => Number(await page.locator('.grid-body [role=rowheader]').first().textContent());
  await page.locator('#goto').fill('1000000000');
  await page.locator('#goto').press('Enter');
  await page.getByText(/^Index 1000000000 is out of range for axis 0 .*-1000000000 to 999999999/).waitFor();
  const before = await first();
  await page.locator('.grid-scroller').hover();
  await page.mouse.wheel(0, 200);
  await viewer.settled();
  const after = await first();
  assert.ok(after > before && after < before + 20, `from row ${before} to ${after}`);
  // The bar's end is the tensor's end.
  await page.evaluate(`document.querySelector('.grid-scroller').scrollTop = 1e12`);
  assert.equal(await viewer.cell(999_999_999, 0), '999999999');
  assert.deepEqual(viewer.errors, []);
});

test('what has scrolled away before it was answered is cancelled', async () => {
  const viewer = await open();
  let release!: () => void;
  viewer.hold = new Promise((resolve) => (release = resolve));
  await viewer.show(billion());
  await viewer.page.locator('.grid-cell.loading').first().waitFor();
  await focusGrid(viewer);
  await viewer.page.keyboard.press('Control+End');
  await viewer.page.locator('[aria-rowindex="40001"]').waitFor();
  release();
  viewer.hold = null;
  assert.equal(await viewer.cell(39_999, 24_999), expected(39_999, 24_999));
  const read = viewer.reads();
  assert.ok(read.length >= 2);
  assert.deepEqual(
    read.map(({ cancelled }) => cancelled),
    [...read.slice(1).map(() => true), false],
  );
});

test('the keyboard goes everywhere, and screen readers hear where', async () => {
  const viewer = await open();
  await viewer.show(billion());
  const { page } = viewer;
  await focusGrid(viewer);
  const active = async () => {
    const cell = page.locator('#active-cell');
    const row = await cell.locator('xpath=ancestor::*[@role="row"]').getAttribute('aria-rowindex');
    return [Number(row) - 2, Number(await cell.getAttribute('aria-colindex')) - 2];
  };
  const grid = page.locator('[role=grid]');
  assert.equal(await grid.getAttribute('aria-rowcount'), '40001');
  assert.equal(await grid.getAttribute('aria-colcount'), '25001');
  assert.equal(await grid.getAttribute('aria-activedescendant'), 'active-cell');
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowUp', 'ArrowLeft'])
    await page.keyboard.press(key);
  assert.deepEqual(await active(), [1, 1]);
  await page.keyboard.press('PageDown');
  const [row] = await active();
  assert.ok(row! > 10 && row! < 40, String(row));
  await page.keyboard.press('Alt+PageDown');
  assert.ok((await active())[1]! > 3);
  await page.keyboard.press('Control+ArrowDown');
  assert.equal((await active())[0], 39_999);
  await page.keyboard.press('Home');
  assert.deepEqual(await active(), [39_999, 0]);
  await page.keyboard.press('Control+Home');
  assert.deepEqual(await active(), [0, 0]);
  await page.keyboard.press('g');
  await page.keyboard.type('123, 456');
  await page.keyboard.press('Enter');
  assert.deepEqual(await active(), [123, 456]);
  await viewer.settled();
  assert.match(
    (await page.locator('.readout').textContent()) ?? '',
    new RegExp(`\\[123, 456\\]\\s+${expected(123, 456)}`),
  );
});

test('slices, axes and indices, in the field and by controls', async () => {
  const viewer = await open();
  const { page } = viewer;
  await viewer.show(computedSource('x', 'int32', [5, 6, 7, 8], (flat) => flat));
  const flat = (...[a, b, c, d]: [number, number, number, number]) => String(((a * 6 + b) * 7 + c) * 8 + d);
  assert.equal(await viewer.cell(2, 3), flat(0, 0, 2, 3));
  await setSlice(viewer, '4, 2, ::-2, 1:4');
  assert.equal(await viewer.cell(0, 0), flat(4, 2, 6, 1));
  assert.equal(await page.locator('[role=grid]').getAttribute('aria-rowcount'), '5');
  await page.locator('#axis-0').fill('3');
  assert.equal(await viewer.cell(0, 0), flat(3, 2, 6, 1));
  assert.equal(await page.locator('#slice').inputValue(), '3, 2, ::-2, 1:4');
  await page.locator('#axis-rows').selectOption('0');
  assert.equal(await viewer.cell(4, 0), flat(4, 2, 0, 1));
  // Choosing the other axis swaps the two.
  await page.locator('#axis-columns').selectOption('0');
  assert.equal(await viewer.cell(2, 4), flat(4, 2, 0, 3));
  const before = viewer.reads().length;
  await setSlice(viewer, '9, :');
  const error = page.locator('#slice-error');
  await error.getByText('index 9 is out of range').waitFor();
  assert.equal(await page.locator('#slice').getAttribute('aria-invalid'), 'true');
  assert.equal(viewer.reads().length, before);
  await page.locator('#slice').press('Escape');
  assert.equal(await page.locator('#slice').getAttribute('aria-invalid'), 'false');
  await setSlice(viewer, '0, 2:2');
  await page.getByText('The slice takes no elements.').waitFor();
});

test('every kind of tensor: files of NumPy, scalars, vectors, nothing, strings, 64-bit integers, complex, bool', async () => {
  const viewer = await open();
  const { page } = viewer;
  await inTemporaryFolder(async (folder) => {
    const file = join(folder, 'a.npy');
    const made = `np.asfortranarray(np.arange(12).reshape(3, 4) / 10).astype('>f4')`;
    runPython(['-c', `import numpy as np; np.save(${JSON.stringify(file)}, ${made})`]);
    await viewer.show(sourceOf(await openNpyArray(bytesReader(readFileSync(file)), 'array')));
    assert.equal(await viewer.cell(2, 1), '0.9');
    await viewer.show(arraySource('scalar', 'float32', [], [Math.fround(3.7)]));
    assert.equal(await viewer.cell(0, 0), '3.7');
    assert.equal(await page.locator('#slice').getAttribute('placeholder'), 'no axes');
    await viewer.show(arraySource('vector', 'int64', [3], [1n, 2n ** 60n, -(2n ** 63n)]));
    assert.equal(await viewer.cell(2, 0), '-9223372036854775808');
    await viewer.show(arraySource('empty', 'float32', [0, 3], []));
    await page.getByText('Shape [0, 3] has no elements.').waitFor();
    await viewer.show(stringSource('names', [2, 2], ['', 'b', 'c, d', 'ü\n2']));
    assert.deepEqual(
      [await viewer.cell(0, 0), await viewer.cell(1, 0), await viewer.cell(1, 1)],
      ['""', '"c, d"', '"ü\\n2"'],
    );
    // What strings do not have is not offered.
    assert.equal(await page.getByRole('tab').count(), 1);
    assert.equal(await page.locator('#format').count(), 0);
    await viewer.show(
      arraySource('z', 'complex64', [1, 2], [[1.5, -2] as [number, number], [0, NaN] as [number, number]]),
    );
    assert.equal(await viewer.cell(0, 0), '1.5-2j');
    assert.equal(await page.locator('.grid-cell.nan').count(), 1);
    await viewer.show(arraySource('flags', 'bool', [2], [true, false]));
    assert.equal(await viewer.cell(0, 0), 'true');
    assert.deepEqual(viewer.errors, []);
  });
});

test('number formats, by choice and by the settings', async () => {
  const viewer = await open({ settings: { numberFormat: 'scientific', digits: 2 } });
  const { page } = viewer;
  await viewer.show(arraySource('x', 'float32', [2], [1234.5, 1]));
  assert.equal(await viewer.cell(0, 0), '1.23e+3');
  await page.locator('#format').selectOption('hexadecimal');
  await page.getByText('0x3f800000').first().waitFor();
  await page.locator('#format').selectOption('fixed');
  await page.locator('#digits').fill('1');
  await page.getByRole('gridcell', { name: '1234.5' }).waitFor();
  // Settings can be anything; the field takes no more than they should.
  const other = await open({ settings: { numberFormat: 'significant', digits: 200 } });
  await other.show(arraySource('x', 'float64', [1], [0.1]));
  assert.equal(await other.cell(0, 0), '0.10000000000000001');
  await other.page.locator('#digits').fill('3');
  await other.page.getByRole('gridcell', { name: '0.100' }).waitFor();
  assert.deepEqual(other.errors, []);
});

test('NaN and the infinities have their own colours, and the next one is a key away', async () => {
  const viewer = await open();
  const { page } = viewer;
  const values = Array.from({ length: 300 * 40 }, (_, i) => i);
  values[5] = NaN;
  values[200 * 40 + 30] = -Infinity;
  await viewer.show(arraySource('x', 'float32', [300, 40], values));
  await viewer.settled();
  const colors = (selector: string) => page.evaluate(`getComputedStyle(document.querySelector('${selector}')).color`);
  assert.notEqual(await colors('.grid-cell.nan'), await colors('.grid-cell.finite'));
  await focusGrid(viewer);
  await page.keyboard.press('n');
  await page.locator('#active-cell.nan').waitFor();
  await page.keyboard.press('n');
  await page.locator('#active-cell.negativeInfinity').waitFor();
  assert.equal(await viewer.cell(200, 30), '-Infinity');
  await page.keyboard.press('n');
  await page.getByText('No NaN or infinity after this cell.').waitFor();
  await page.keyboard.press('Shift+N');
  await page.locator('#active-cell.nan').waitFor();
});

test('Escape in the field for an index goes back to the grid, and takes its complaint along', async () => {
  const viewer = await open();
  const { page } = viewer;
  await viewer.show(computedSource('x', 'float32', [10, 10], (flat) => flat));
  await viewer.settled();
  await page.locator('[role=grid]').focus();
  await page.keyboard.press('g');
  await page.keyboard.type('99, 0');
  await page.keyboard.press('Enter');
  await page.getByText('Index 99 is out of range').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('Index 99 is out of range').waitFor({ state: 'detached' });
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.locator('#active-cell').textContent(), '1');
  assert.equal(await page.locator('#goto').inputValue(), '');
});

test('whoever comes back to the page is where he was; the first time, in the grid', async () => {
  const viewer = await open();
  const { page } = viewer;
  await viewer.show(computedSource('x', 'float32', [10, 10], (flat) => flat));
  await viewer.settled();
  // Chromium forgets the focused element of a frame when one of another frame gets the focus.
  const comeBack = () => page.evaluate(`document.activeElement.blur(); window.dispatchEvent(new Event('focus'))`);
  await comeBack();
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.locator('#active-cell').textContent(), '1');
  const button = page.getByRole('button', { name: 'Copy As…' });
  await button.focus();
  await comeBack();
  assert.equal(await page.evaluate('document.activeElement.title.slice(0, 4)'), 'Copy');
});

test("buttons have the border of secondary ones: that of the theme's main button would look like the focus", async () => {
  const viewer = await open();
  const { page } = viewer;
  const setColour = (name: string, colour: string) =>
    page.evaluate(`document.documentElement.style.setProperty('--vscode-button-${name}', '${colour}')`);
  await setColour('border', 'rgb(0, 105, 204)');
  await setColour('secondaryBorder', 'rgb(234, 234, 234)');
  await viewer.show(computedSource('x', 'float32', [10, 10], (flat) => flat));
  await viewer.settled();
  const borders = await page.evaluate(
    `[...document.querySelectorAll('.tools button')].map((button) => getComputedStyle(button).borderTopColor)`,
  );
  assert.deepEqual(borders, ['rgb(234, 234, 234)', 'rgb(234, 234, 234)']);
});

test('stepping keeps the place and marks what changed', async () => {
  const viewer = await open();
  const { page } = viewer;
  const at = (step: number) =>
    computedSource('x', 'float32', [1000, 50], (flat) => flat + (flat === 500 * 50 + 3 ? step : 0));
  await viewer.show(at(0));
  await page.locator('#goto').fill('500, 3');
  await page.locator('#goto').press('Enter');
  await viewer.settled();
  assert.equal(await page.locator('.legend').count(), 0);
  await viewer.show(at(1));
  await page.locator('.grid-cell.changed').waitFor();
  await viewer.settled();
  assert.deepEqual(await page.locator('.grid-cell.changed').allTextContents(), ['25004']);
  assert.equal(
    await page
      .locator('.legend')
      .textContent()
      .then((text) => text?.trim()),
    'changed since the last stop',
  );
  await viewer.show(at(1));
  await page.locator('.grid-cell.changed').waitFor({ state: 'detached' });
  await viewer.settled();
});

test('a session that ends leaves its last values, and a page made anew has them', async () => {
  const viewer = await open();
  await viewer.show(billion());
  await focusGrid(viewer);
  await viewer.page.keyboard.press('Control+End');
  assert.equal(await viewer.cell(39_999, 24_999), expected(39_999, 24_999));
  await viewer.send({ type: 'stale', reason: 'The program has ended.' });
  await viewer.page.getByText('Old values: The program has ended.').waitFor();
  const reads = viewer.reads().length;
  await viewer.page.locator('#goto').fill('20000, 9000');
  await viewer.page.locator('#goto').press('Enter');
  await viewer.page.locator('.grid-cell.loading').first().waitFor();
  await viewer.page.keyboard.press('Control+End');
  assert.equal(await viewer.cell(39_999, 24_999), expected(39_999, 24_999));
  assert.equal(viewer.reads().length, reads);
  await viewer.kept();
  const again = await open({ state: viewer.state });
  await again.send({ type: 'stale', reason: 'The window was loaded again.' });
  assert.equal(await again.cell(39_999, 24_999), expected(39_999, 24_999));
  assert.equal(again.reads().length, 0);
  assert.deepEqual(again.errors, []);
});

test('a page made anew while the session lives is where it was, with new values', async () => {
  const viewer = await open();
  await viewer.show(billion());
  await setSlice(viewer, '5:, 1:');
  await viewer.page.locator('#format').selectOption('hexadecimal');
  await viewer.kept();
  const again = await open({ state: viewer.state });
  await again.show(billion());
  await again.settled();
  assert.equal(await again.page.locator('#slice').inputValue(), '5:40000, 1:25000');
  assert.match(await again.cell(0, 0), /^0x/);
  assert.equal(await again.page.locator('.grid-cell.changed').count(), 0);
});

test('why nothing is shown is said', async () => {
  const viewer = await open();
  const { page } = viewer;
  await viewer.send({ type: 'empty', reason: 'No tensor is selected.' });
  await page.getByText('No tensor is selected.').waitFor();
  await viewer.show(arraySource('x', 'float32', [2], [1, 2]), {
    kind: 'symbolic',
    access: { how: 'none', reason: 'A symbolic tensor has no value.', help: 'Evaluate it with feeds.' },
    shape: [null, 2],
  });
  await page.getByText('A symbolic tensor has no value.').waitFor();
  await page.getByText('Evaluate it with feeds.').waitFor();
  viewer.failure = new TensorError({
    code: 'device-lost',
    message: 'The device is lost.',
    help: 'Restart the program.',
  });
  await viewer.show(arraySource('y', 'float32', [2], [1, 2]));
  await page.getByText('The device is lost.').waitFor();
  viewer.failure = null;
  await page.getByRole('button', { name: 'Try Again' }).click();
  assert.equal(await viewer.cell(1, 0), '2');
});

test('a read above the budget is a button with its price', async () => {
  const viewer = await open({ settings: { copyBudget: { bytes: 100, ms: 1000 } } });
  const { page } = viewer;
  await viewer.show(billion());
  const button = page.getByRole('button', { name: /^Copy Anyway \(.* B|KB\)/ });
  await button.waitFor();
  assert.equal(viewer.reads().length, 0);
  await button.click();
  assert.equal(await viewer.cell(1, 1), expected(1, 1));
  assert.match(
    (await page.locator('footer.cost').textContent()) ?? '',
    /This view.*KB in .*Whole tensor\s+3\.7 GB, about .* m?s.*Session/s,
  );
});

test('columns are wide enough for what they show, also when all of it came at once', async () => {
  const viewer = await open({ width: 470 });
  await viewer.show(computedSource('x', 'float32', [64, 64], (flat) => Math.sin(flat)));
  await viewer.settled();
  assert.equal(await viewer.cell(0, 1), '0.84147096');
  const cut = `[...document.querySelectorAll('[role=gridcell]')].filter((cell) => cell.scrollWidth > cell.clientWidth).length`;
  assert.equal(await viewer.page.evaluate(cut), 0);
});

test('commands are sent to the extension; members of an archive can be chosen', async () => {
  const viewer = await open();
  const { page } = viewer;
  const source = arraySource('x', 'float32', [2, 3], [1, 2, 3, 4, 5, 6]);
  await viewer.show(source, {}, { kind: 'file', file: '/data/weights.npz', member: 'b', members: ['a', 'b'] });
  await viewer.settled();
  await page.getByRole('button', { name: 'Copy As…' }).click();
  await page.locator('#member').selectOption('a');
  await viewer.settled();
  assert.deepEqual(
    viewer.messages.filter(({ type }) => type === 'command' || type === 'openMember'),
    [
      { type: 'command', command: 'copy' },
      { type: 'openMember', member: 'a' },
    ],
  );
});

test('beside an editor the controls of four axes take three lines, and a wrong slice one more', async () => {
  const viewer = await open({ width: 500 });
  const { page } = viewer;
  await viewer.show(computedSource('x', 'float32', [8, 3, 256, 320], (flat) => flat));
  await viewer.settled();
  const top = (selector: string) => page.evaluate(`document.querySelector('${selector}').getBoundingClientRect().top`);
  assert.equal(await top('#axis-rows'), await top('#axis-columns'));
  assert.equal(await top('#axis-0'), await top('#axis-1'));
  const gridAt = Number(await top('[role=grid]'));
  assert.ok(gridAt - Number(await top('.slicebar')) < 3 * 36, `${gridAt} px`);
  await page.locator('#slice').fill('9, :');
  await page.locator('#slice').press('Enter');
  await page.getByText('Index 9 is out of range for axis 0 of size 8.').waitFor();
  assert.ok(Number(await top('[role=grid]')) - gridAt < 24);
});
