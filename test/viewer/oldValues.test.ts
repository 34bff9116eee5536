/** What is still there, and still works, once nothing can be read any more: hidden and shown again, after the session, after a reload. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arraySource, computedSource } from './sources.ts';
import { viewerPages } from './viewerPage.ts';
import type { ViewerPage } from './viewerPage.ts';

const open = viewerPages();

/** The same panel in a window that was loaded again: there is no session to read from. */
async function loadAgain(viewer: ViewerPage): Promise<ViewerPage> {
  await viewer.kept();
  const again = await open({ state: viewer.state });
  await again.send({ type: 'stale', reason: 'The window was loaded again.' });
  await again.page.locator('.banner.stale').waitFor();
  return again;
}

test('costs stay with the values that they are of: of each tab, the whole tensor, the session', async () => {
  const viewer = await open();
  await viewer.show(computedSource('x', 'float32', [100, 40], (flat) => flat));
  await viewer.settled();
  const grid = await viewer.costs();
  assert.match(grid, /^This view [\d.]+ KB in [\d.]+ ms Whole tensor 15\.6 KB, about [\d.]+ ms/);
  await viewer.page.getByRole('tab', { name: 'Statistics' }).click();
  await viewer.settled();
  const statistics = await viewer.costs();
  assert.match(statistics, /^This view 4 KB in .* Session [\d.]+ KB in [\d.]+ ms$/);
  assert.match((await viewer.page.locator('footer span').last().getAttribute('title')) ?? '', /, in \d readbacks;/);
  const view = (text: string) => text.replace(/ Whole tensor.*/, '');
  await viewer.page.getByRole('tab', { name: 'Grid' }).click();
  assert.equal(view(await viewer.costs()), view(grid));

  const again = await loadAgain(viewer);
  assert.equal(view(await again.costs()), view(grid));
  await again.page.getByRole('tab', { name: 'Statistics' }).click();
  assert.equal(await again.costs(), statistics);
  assert.deepEqual(again.errors, []);
});

test('old values: what was not looked at while it could be read says so', async () => {
  const viewer = await open({ width: 500 });
  const { page } = viewer;
  await viewer.show(computedSource('x', 'float32', [3000, 40], (flat) => flat));
  await viewer.settled();
  await viewer.send({ type: 'stale', reason: 'The session has ended.' });
  for (const tab of ['Heatmap', 'Statistics']) {
    await page.getByRole('tab', { name: tab }).click();
    await page.getByText('This was not looked at while the values could be read.').waitFor();
    assert.equal(await page.locator('#panel button, #panel canvas').count(), 0);
  }
  await page.getByRole('tab', { name: 'Grid' }).click();
  await page.locator('#slice').fill('5');
  await page.locator('#slice').press('Enter');
  await page.getByText('This was not looked at').waitFor();
  await page.locator('#slice').fill('...');
  await page.locator('#slice').press('Enter');
  await page.locator('#goto').fill('2000, 3');
  await page.locator('#goto').press('Enter');
  await page.locator('.readout').getByText('was not on screen while it could be read').waitFor();
  // At the next stop there are values again.
  await viewer.show(computedSource('x', 'float32', [3000, 40], (flat) => flat));
  await viewer.settled();
  await page.getByRole('tab', { name: 'Statistics' }).click();
  await page.getByRole('row', { name: /Elements 120000/ }).waitFor();
});

test('old values: what was too dear to be read is not offered any more', async () => {
  const viewer = await open({ settings: { copyBudget: { bytes: 100, ms: 100 } } });
  const { page } = viewer;
  await viewer.show(computedSource('x', 'float32', [3000, 40], (flat) => flat));
  const anyway = page.getByRole('button', { name: /^Copy Anyway/ });
  for (const tab of ['Heatmap', 'Grid']) {
    await page.getByRole('tab', { name: tab }).click();
    await anyway.waitFor();
  }
  await viewer.send({ type: 'stale', reason: 'The session has ended.' });
  for (const tab of ['Heatmap', 'Grid']) {
    await page.getByRole('tab', { name: tab }).click();
    await page.getByText('This was not looked at').waitFor();
    assert.equal(await anyway.count(), 0);
  }
});

test('old values: NaN jumps go over what is here, Help and Copies work, the rest is off', async () => {
  const viewer = await open();
  const values = Array.from({ length: 300 * 4 }, (_, i) =>
    i === 6 ? NaN : i === 21 ? -Infinity : i === 1000 ? NaN : i,
  );
  await viewer.show(arraySource('x', 'float32', [300, 4], values));
  await viewer.settled();
  const { page } = await loadAgain(viewer).then(async (again) => {
    await again.page.getByRole('button', { name: 'Help' }).click();
    await again.page.getByRole('button', { name: 'Copies' }).click();
    assert.deepEqual(
      again.messages.filter(({ type }) => type === 'command').map((message) => 'command' in message && message.command),
      ['showHelp', 'showCopies'],
    );
    return again;
  });
  for (const name of ['Save As…', 'Compare…', 'Pin']) {
    assert.ok(await page.getByRole('button', { name }).isDisabled(), name);
  }
  const next = page.getByRole('button', { name: 'Next NaN or infinity (N)' });
  await next.click();
  await page.locator('#active-cell.nan').waitFor();
  assert.match((await page.locator('.readout').textContent()) ?? '', /\[1, 2\]\s+NaN/);
  await page.keyboard.press('n');
  await page.locator('#active-cell.negativeInfinity').waitFor();
  // That at 1000 was not on screen.
  await next.click();
  await page.getByText('No NaN or infinity after this cell among the old values.').waitFor();
  await page.getByRole('button', { name: 'Previous NaN or infinity (Shift+N)' }).click();
  await page.locator('#active-cell.nan').waitFor();
});

test('what marks mean is said where there are marks', async () => {
  const viewer = await open();
  const { page } = viewer;
  const at = (step: number) => computedSource('x', 'float32', [1000, 5], (flat) => (flat === 3 ? step : flat));
  await viewer.show(at(0));
  await viewer.settled();
  await viewer.show(at(1));
  await page.locator('.legend').waitFor();
  await viewer.show(at(1));
  await page.locator('.grid-cell.changed').waitFor({ state: 'detached' });
  await page.locator('.legend').waitFor({ state: 'detached' });
  await viewer.show(at(2));
  await page.locator('.legend').waitFor();
  await viewer.send({ type: 'stale', reason: 'The program has ended.' });
  assert.equal(await page.locator('.grid-cell.changed').count(), 1);
  assert.equal(await page.locator('.legend').count(), 1);
});
