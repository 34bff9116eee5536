/** Pictures of the viewer in every kind of theme, for people to look at: `.cache/screenshots/viewer-*.png`. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectRoot } from '../support/environment.ts';
import { arraySource, computedSource } from './sources.ts';
import { viewerPages } from './viewerPage.ts';

const open = viewerPages();
mkdirSync(join(projectRoot, '.cache/screenshots'), { recursive: true });

const wave = (row: number, column: number) => Math.sin(row / 9) * Math.cos(column / 14) + 0.1 * Math.sin(row * column);

function activations(step: number) {
  return computedSource('model.layers[0].kernel', 'float32', [8, 256, 320], (flat) => {
    const column = flat % 320;
    const row = Math.floor(flat / 320) % 256;
    if (row === 3 && column === 2) return NaN;
    if (row === 5 && column === 4) return Infinity;
    if (row > 90 && row < 100 && column > 200 && column < 216) return NaN;
    if (row === 7 && column === 1) return -Infinity;
    return (row % 6 === 1 && column % 4 === 2 ? 1 + step / 10 : 1) * wave(row, column);
  });
}

const photo = () =>
  arraySource(
    'image',
    'uint8',
    [120, 160, 3],
    Array.from({ length: 120 * 160 * 3 }, (_, k) => {
      const channel = k % 3;
      const column = Math.floor(k / 3) % 160;
      const row = Math.floor(k / 480);
      const inside = Math.hypot(row - 60, column - 80) < 40;
      return inside ? [230, 150 + row / 2, 60][channel]! : [40 + row, 90, 120 + column / 2][channel]!;
    }),
  );

for (const theme of ['dark', 'light', 'high-contrast', 'high-contrast-light'] as const) {
  test(`every tab in the ${theme} theme`, async () => {
    const viewer = await open({ theme, width: 1000, height: 620 });
    const { page } = viewer;
    await viewer.show(activations(0), {
      warnings: [
        {
          code: 'not-finite',
          message: 'model.layers[0].kernel has 1010 NaN, the first at [0, 3, 2].',
          help: 'Look at what divides by zero or overflows before line 42.',
        },
      ],
    });
    await viewer.settled();
    await viewer.show(activations(1));
    await viewer.settled();
    await page.locator('[role=grid]').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight'])
      await page.keyboard.press(key);
    await viewer.settled();
    await viewer.screenshot(`grid-${theme}`);
    await page.getByRole('tab', { name: 'Heatmap' }).click();
    await viewer.settled();
    await page.locator('.raster canvas').hover({ position: { x: 300, y: 100 } });
    await viewer.screenshot(`heatmap-${theme}`);
    await page.getByRole('tab', { name: 'Statistics' }).click();
    await page.locator('.histogram').waitFor();
    await viewer.settled();
    await viewer.screenshot(`statistics-${theme}`);
    await viewer.show(photo());
    await page.getByRole('tab', { name: 'Image' }).click();
    await viewer.settled();
    await viewer.screenshot(`image-${theme}`);
    await page.getByRole('tab', { name: 'Grid' }).click();
    await page.locator('#slice').fill('0, 500');
    await page.locator('#slice').press('Enter');
    await viewer.settled();
    await viewer.send({ type: 'stale', reason: 'the program has ended.' });
    await page.locator('.banner').waitFor();
    await viewer.screenshot(`stale-${theme}`);
    assert.deepEqual(viewer.errors, []);
  });
}
