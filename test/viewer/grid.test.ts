import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computedSource } from './sources.ts';
import { viewerPages } from './viewerPage.ts';

const open = viewerPages();

const billion = () => computedSource('x', 'float32', [40_000, 25_000], (flat) => flat % 1_000_003);

test('a billion elements: cells are right at every corner, and little more is read than is on screen', async () => {
  const viewer = await open();
  await viewer.show(billion());
  assert.equal(await viewer.cell(0, 0), '0');
  assert.equal(await viewer.cell(1, 2), '25002');
  await viewer.page.locator('[role=grid]').focus();
  await viewer.page.keyboard.press('Control+End');
  assert.equal(await viewer.cell(39_999, 24_999), String((40_000 * 25_000 - 1) % 1_000_003));
  await viewer.settled();
  const onScreen = (await viewer.page.locator('[role=gridcell]').count()) * 4;
  const read = viewer.reads().reduce((sum, { bytes }) => sum + bytes, 0);
  assert.ok(read < 2 * 1.5 * onScreen, `${read} bytes for two screens of ${onScreen}`);
  assert.deepEqual(viewer.errors, []);
});
