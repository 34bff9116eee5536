/** Heatmap, image, statistics, and what assistive technology is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arraySource, computedSource, stringSource } from './sources.ts';
import { viewerPages } from './viewerPage.ts';
import type { ViewerPage } from './viewerPage.ts';

const open = viewerPages();

async function openTab(viewer: ViewerPage, name: string): Promise<void> {
  await viewer.page.getByRole('tab', { name }).click();
  await viewer.settled();
}

/** Red, green and blue of the picture at a share of its width and height. */
function pixel({ page }: ViewerPage, x: number, y: number): Promise<number[]> {
  return page.evaluate(`{
    const canvas = document.querySelector('.raster canvas');
    const { data } = canvas.getContext('2d').getImageData(Math.floor(canvas.width * ${x}), Math.floor(canvas.height * ${y}), 1, 1);
    [data[0], data[1], data[2]];
  }`);
}

/** When the picture has been drawn. */
async function painted({ page }: ViewerPage): Promise<void> {
  await page.waitForFunction(`{
    const canvas = document.querySelector('.raster canvas');
    const at = [Math.floor(canvas.width / 2), Math.floor(canvas.height / 2)];
    canvas.getContext('2d').getImageData(...at, 1, 1).data[3] > 0;
  }`);
}

test('heatmap: levels of the map, own colours for what is not finite, a colour bar with the range', async () => {
  const viewer = await open({ settings: { robustRange: false } });
  const { page } = viewer;
  await viewer.show(arraySource('x', 'float32', [2, 2], [-4, 4, NaN, 0]));
  await openTab(viewer, 'Heatmap');
  // The picture is square, in the middle of the canvas; signs differ, so the map is diverging around 0.
  assert.deepEqual(await pixel(viewer, 0.45, 0.2), [0x3b, 0x4c, 0xc0]);
  assert.deepEqual(await pixel(viewer, 0.55, 0.2), [0xb4, 0x04, 0x26]);
  // Zero lies between two levels.
  for (const part of await pixel(viewer, 0.55, 0.8)) assert.ok(Math.abs(part - 0xdd) <= 1);
  const nan = await page.evaluate(`getComputedStyle(document.querySelector('.swatch.nan')).backgroundColor`);
  assert.equal(`rgb(${(await pixel(viewer, 0.45, 0.8)).join(', ')})`, nan);
  assert.deepEqual(await page.locator('.color-bar .bound').allTextContents(), ['-4', '4']);
  await page.locator('#colormap').selectOption('gray');
  await viewer.settled();
  assert.deepEqual(await pixel(viewer, 0.45, 0.2), [0, 0, 0]);
  assert.deepEqual(await pixel(viewer, 0.55, 0.2), [255, 255, 255]);
  await page.locator('.raster canvas').hover({ position: { x: 480, y: 20 } });
  await page.locator('.readout').getByText('[0, 0]').waitFor();
  assert.match((await page.locator('.readout').textContent()) ?? '', /\[0, 0\]\s*-4/);
  assert.deepEqual(viewer.errors, []);
});

test('heatmap of a billion elements: every k-th, finer when zoomed in, a point leads to the grid', async () => {
  const viewer = await open();
  const { page } = viewer;
  await viewer.show(computedSource('x', 'float32', [40_000, 25_000], (flat) => Math.floor(flat / 25_000)));
  await openTab(viewer, 'Heatmap');
  await page.getByText(/Sampled: every \d+(st|nd|rd|th) row, every \d+(st|nd|rd|th) column/).waitFor();
  const [heatmap] = viewer.reads().slice(-1);
  assert.ok(heatmap!.bytes < 700_000, `${heatmap!.bytes} bytes`);
  const canvas = page.locator('.raster canvas');
  await canvas.focus();
  for (let i = 0; i < 13; i++) await page.keyboard.press('+');
  await page.getByText('Sampled').waitFor({ state: 'detached' });
  await viewer.settled();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  const index = /\[(\d+), (\d+)\]/.exec((await page.locator('.readout').textContent()) ?? '');
  assert.ok(index);
  await page.keyboard.press('Enter');
  await page.locator('#active-cell').waitFor();
  assert.equal(await viewer.cell(Number(index[1]), Number(index[2])), index[1]);
  assert.deepEqual(viewer.errors, []);
});

test('images: channels last and first, batches, the guessed range can be changed', async () => {
  const viewer = await open();
  const { page } = viewer;
  const [red, green] = [
    [200, 0, 0],
    [0, 100, 0],
  ];
  const last = (k: number) => (Math.floor(k / 3) % 16 < 8 ? red : green)[k % 3]!;
  await viewer.show(
    arraySource(
      'last',
      'uint8',
      [16, 16, 3],
      Array.from({ length: 768 }, (_, k) => last(k)),
    ),
  );
  await openTab(viewer, 'Image');
  assert.deepEqual(await pixel(viewer, 0.4, 0.5), red);
  assert.deepEqual(await pixel(viewer, 0.6, 0.5), green);
  assert.equal(await page.locator('#image-range option:checked').textContent(), 'guessed: 0 to 255');
  await page.locator('#image-range').selectOption('shown');
  await viewer.settled();
  assert.deepEqual(await pixel(viewer, 0.4, 0.5), [255, 0, 0]);
  // [batch, channels, height, width]: the second image is all green.
  const first = (k: number) => (k < 768 ? (k < 256 ? 1 : 0) : k >= 1024 && k < 1280 ? 1 : 0);
  await viewer.show(
    arraySource(
      'first',
      'float32',
      [2, 3, 16, 16],
      Array.from({ length: 1536 }, (_, k) => first(k)),
    ),
  );
  await viewer.settled();
  assert.deepEqual(await pixel(viewer, 0.5, 0.5), [255, 0, 0]);
  assert.equal(await page.locator('#image-range option:checked').textContent(), 'guessed: 0 to 1');
  await page.locator('#axis-0').fill('1');
  await viewer.settled();
  assert.deepEqual(await pixel(viewer, 0.5, 0.5), [0, 255, 0]);
  await page.locator('#image-layout').selectOption('gray');
  await viewer.settled();
  assert.deepEqual(await pixel(viewer, 0.5, 0.5), [0, 0, 0]);
  assert.deepEqual(viewer.errors, []);
});

test('colours of NaN and the infinities are told wherever they are on a picture', async () => {
  const viewer = await open();
  const { page } = viewer;
  const legend = () => page.locator('.color-bar .legend').allTextContents();
  const values = Array.from({ length: 256 }, (_, k) => (k === 7 ? NaN : k === 9 ? -Infinity : k / 256));
  await viewer.show(arraySource('holes', 'float32', [16, 16], values));
  await openTab(viewer, 'Image');
  assert.deepEqual(await legend(), ['NaN', '-Infinity']);
  await viewer.show(arraySource('nothing', 'float32', [16, 16], new Array(256).fill(NaN)));
  await openTab(viewer, 'Heatmap');
  assert.deepEqual(await legend(), ['NaN']);
  await openTab(viewer, 'Statistics');
  await page.getByText('No histogram: no element is finite.').waitFor();
  assert.deepEqual(viewer.errors, []);
});

test('a constant has one colour; the range of values that are nearly all equal is that of the others', async () => {
  const viewer = await open({ settings: { robustRange: true } });
  const { page } = viewer;
  const bar = async () => (await page.locator('.color-bar :is(.bound, .quiet)').allTextContents()).join(' ');
  await viewer.show(arraySource('threes', 'float32', [4, 4], new Array(16).fill(3)));
  await openTab(viewer, 'Heatmap');
  assert.equal(await bar(), '3 the only finite value of the elements shown');
  assert.equal(await page.locator('.color-bar canvas').getAttribute('aria-label'), 'Only 3');
  await openTab(viewer, 'Statistics');
  await page.getByRole('table', { name: 'Statistics' }).waitFor();
  await openTab(viewer, 'Heatmap');
  assert.equal(await bar(), '3 the only finite value of the whole tensor');
  const spike = Array.from({ length: 400 }, (_, k) => (k === 9 ? 5 : 0));
  await viewer.show(arraySource('spike', 'float32', [20, 20], spike));
  await viewer.settled();
  assert.equal(await bar(), '0 5 the range of the elements shown');
});

test('of complex numbers, the heatmap shows magnitudes and the statistics say what they leave out', async () => {
  const viewer = await open({ settings: { robustRange: false } });
  const { page } = viewer;
  await viewer.show(
    arraySource(
      'z',
      'complex64',
      [1, 2],
      [
        [3, 4],
        [0, 1],
      ],
    ),
  );
  await openTab(viewer, 'Heatmap');
  await page.getByText('magnitude: the range of the elements shown').waitFor();
  await openTab(viewer, 'Statistics');
  await page.getByText(/Complex numbers have no order/).waitFor();
  assert.deepEqual(await page.getByRole('rowheader').allTextContents(), [
    'Elements',
    'Zeros',
    'NaN',
    'Infinity',
    '-Infinity',
  ]);
});

test('statistics are asked for when their tab is opened, and not before', async () => {
  const viewer = await open();
  const { page } = viewer;
  const values = Array.from({ length: 1000 }, (_, i) => i);
  values[77] = NaN;
  await viewer.show(arraySource('x', 'float32', [10, 100], values));
  await viewer.settled();
  assert.equal(viewer.asked.filter(({ name }) => name === 'stats').length, 0);
  await openTab(viewer, 'Statistics');
  const histogram = page.getByRole('img', { name: /^Histogram of 64 bins/ });
  await histogram.waitFor();
  const row = (name: string) => page.getByRole('row', { name }).locator('td').textContent();
  assert.equal(await row('Elements'), '1000');
  assert.equal(await row('Maximum'), '999');
  assert.equal(await row('NaN'), '1 (0.1 %)');
  await histogram.focus();
  await page.keyboard.press('ArrowRight');
  await page.getByText(/^0 to 15\.61: 16 elements$/).waitFor();
  // The tallest bar reaches the top; the axes have round numbers, and zero is where the values begin.
  assert.equal(await page.locator('.bar.active').getAttribute('y'), '0');
  assert.deepEqual(await page.locator('.counts text').allTextContents(), ['0', '5', '10', '15']);
  assert.deepEqual(await page.locator('.values text').allTextContents(), ['0', '200', '400', '600', '800']);
  const [bar, third] = [page.locator('.bar').nth(20), await page.locator('.bar').nth(20).boundingBox()];
  await page.mouse.move(third!.x + third!.width / 2, third!.y + 10);
  assert.match((await bar.getAttribute('class')) ?? '', /active/);
  await page.getByRole('button', { name: 'Show' }).click();
  await page.locator('#active-cell.nan').waitFor();
  assert.equal(viewer.asked.filter(({ name }) => name === 'stats').length, 1);
  assert.deepEqual(viewer.errors, []);
});

test('statistics that would copy everything have a price', async () => {
  const viewer = await open();
  await viewer.show(
    computedSource('x', 'float32', [8192, 1024], (flat) => flat % 100),
    { device: { type: 'webgl' } },
  );
  await viewer.settled();
  await openTab(viewer, 'Heatmap');
  await viewer.page.getByRole('tab', { name: 'Statistics' }).click();
  await viewer.page.getByRole('button', { name: /^Copy Anyway \(32 MB/ }).waitFor();
  assert.equal(viewer.asked.filter(({ name }) => name === 'stats').length, 0);
});

test('statistics that take long tell how far they are, and can be cancelled and computed after all', async () => {
  const viewer = await open();
  const { page } = viewer;
  await viewer.show(arraySource('x', 'float32', [900], new Float32Array(900)));
  await viewer.settled();
  let release = (): void => undefined;
  viewer.hold = new Promise((resolve) => (release = resolve));
  await page.getByRole('tab', { name: 'Statistics' }).click();
  await page.getByText('Computing over the whole tensor').waitFor();
  const progress = page.getByRole('progressbar');
  assert.equal(await progress.count(), 0);
  const [asked] = viewer.asked.filter(({ name }) => name === 'stats');
  await viewer.send({ type: 'progress', id: asked!.id, fraction: 0.25 });
  await progress.waitFor();
  assert.equal(await progress.getAttribute('value'), '0.25');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('The statistics were not computed to their end.').waitFor();
  assert.deepEqual([asked!.cancelled, await progress.count()], [true, 0]);
  viewer.hold = null;
  release();
  await page.getByRole('button', { name: 'Compute for This Stop' }).click();
  await page.getByRole('row', { name: 'Elements' }).getByText('900').waitFor();
  assert.equal(viewer.asked.filter(({ name }) => name === 'stats').length, 2);
  assert.deepEqual(viewer.errors, []);
});

test('statistics do not pass for a copy of the whole tensor', async () => {
  const viewer = await open();
  await viewer.show(arraySource('x', 'float32', [900], new Float32Array(900)));
  await viewer.settled();
  await openTab(viewer, 'Statistics');
  await viewer.page.getByText(/reduced on the device: 4 KB moved in .* ms/).waitFor();
  assert.match(await viewer.costs(), /Whole tensor 3\.5 KB, about /);
  await viewer.show(arraySource('y', 'float32', [2], [1, 2]), { access: { how: 'view' }, device: { type: 'cpu' } });
  await viewer.page.getByText(/: 4 KB read in .* ms/).waitFor();
});

test('in a narrow pane, what has room on one line is on one line', async () => {
  const viewer = await open({ width: 500 });
  const { page } = viewer;
  const shape = [2, 3, 16, 16];
  await viewer.show(
    computedSource('model.layers[0].kernel', 'float32', shape, (flat) => flat - 700),
    { access: { how: 'view' }, device: { type: 'cpu' } },
    { kind: 'session', expression: 'model.layers[0].kernel', program: 'one', follows: true },
  );
  const lines = (selector: string) =>
    page.evaluate(`{
      const rows = [];
      for (const element of document.querySelectorAll('${selector}')) {
        const range = document.createRange();
        range.selectNodeContents(element);
        for (const { top, bottom } of range.getClientRects()) {
          const row = rows.find((row) => top < row.bottom && bottom > row.top);
          if (!row) rows.push({ top, bottom });
        }
      }
      rows.length;
    }`);
  await openTab(viewer, 'Image');
  assert.equal(await lines('footer > span'), 1);
  assert.equal(await lines('.readout > span'), 1);
  assert.equal(await lines('.tools > .field:not(.axis)'), 1);
  assert.equal(await lines('.axis > label, .buttons > button'), 1);
  assert.equal(await lines('.place > span'), 1);
  await openTab(viewer, 'Heatmap');
  await page.setViewportSize({ width: 320, height: 640 });
  assert.equal(await lines('.bound'), 1);
  await page.setViewportSize({ width: 500, height: 640 });
  await openTab(viewer, 'Statistics');
  await page.getByText(/^\s*Over the finite elements/).waitFor();
  assert.equal(await lines('.figures > p'), 1);
  assert.equal(await lines('footer > span'), 1);
});

test('what assistive technology is told: every control has a name, roles own what they must', async () => {
  const viewer = await open();
  const { page } = viewer;
  await viewer.show(computedSource('image', 'float32', [3, 20, 20], (flat) => flat % 7));
  for (const tab of ['Grid', 'Heatmap', 'Image', 'Statistics']) {
    await openTab(viewer, tab);
    const faults = await page.evaluate(`{
      const faults = [];
      const name = (element) =>
        element.getAttribute('aria-label') || element.labels?.[0]?.textContent.trim() || (element.localName === 'button' && element.textContent.trim()) ||
        (element.getAttribute('aria-labelledby') && document.getElementById(element.getAttribute('aria-labelledby'))?.textContent.trim());
      for (const element of document.querySelectorAll('button, input, select, canvas, [role=grid], [role=tabpanel], [role=tablist], [role=group], [role=toolbar]')) {
        if (!name(element)) faults.push('no name: ' + element.outerHTML.slice(0, 120));
      }
      for (const [child, parent] of [['gridcell', 'row'], ['rowheader', 'row'], ['columnheader', 'row'], ['row', 'grid'], ['tab', 'tablist']]) {
        for (const element of document.querySelectorAll('[role=' + child + ']')) {
          if (!element.parentElement.closest('[role=' + parent + ']')) faults.push(child + ' outside of ' + parent);
        }
      }
      const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
      for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) faults.push('twice: ' + id);
      for (const element of document.querySelectorAll('[aria-controls], [aria-describedby], [aria-activedescendant]')) {
        for (const attribute of ['aria-controls', 'aria-describedby', 'aria-activedescendant']) {
          const id = element.getAttribute(attribute);
          if (id && !document.getElementById(id)) faults.push(attribute + ' leads nowhere: ' + id);
        }
      }
      faults;
    }`);
    assert.deepEqual(faults, [], tab);
  }
  // The tabs are one stop of the tab key, the arrows move among them.
  await page.getByRole('tab', { name: 'Statistics' }).focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.getByRole('tab', { name: 'Grid' }).getAttribute('aria-selected'), 'true');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate('document.activeElement.id'), 'slice');
});

test('after a reload of the window every tab has what it showed, as old values', async () => {
  const viewer = await open({ settings: { robustRange: false } });
  // As an image a row is a colour; larger than what is kept of it.
  const values = computedSource('x', 'float32', [300, 400, 3], (flat) => {
    const channel = flat % 3;
    return (channel === 0) === Math.floor(flat / 1200) < 150 ? 1 : 0;
  });
  await viewer.show(values);
  await openTab(viewer, 'Statistics');
  await viewer.page.getByRole('table', { name: 'Statistics' }).waitFor();
  await openTab(viewer, 'Heatmap');
  await painted(viewer);
  const heatmap = [await pixel(viewer, 0.5, 0.2), await pixel(viewer, 0.5, 0.8)];
  await openTab(viewer, 'Image');
  await painted(viewer);
  const image = [await pixel(viewer, 0.5, 0.2), await pixel(viewer, 0.5, 0.8)];
  assert.deepEqual(image, [
    [255, 0, 0],
    [0, 255, 255],
  ]);
  await viewer.kept();
  assert.ok(JSON.stringify(viewer.state).length < 400_000, `${JSON.stringify(viewer.state).length} characters`);

  const again = await open({ settings: { robustRange: false }, state: viewer.state });
  await again.send({ type: 'stale', reason: 'The window was loaded again.' });
  await again.page.getByText('Old values: The window was loaded again.').waitFor();
  assert.equal(
    await again.page
      .getByRole('tab', { selected: true })
      .textContent()
      .then((text) => text?.trim()),
    'Image',
  );
  await painted(again);
  assert.deepEqual([await pixel(again, 0.5, 0.2), await pixel(again, 0.5, 0.8)], image);
  await openTab(again, 'Heatmap');
  await painted(again);
  assert.deepEqual([await pixel(again, 0.5, 0.2), await pixel(again, 0.5, 0.8)], heatmap);
  await openTab(again, 'Statistics');
  await again.page.getByRole('row', { name: /Elements 360000/ }).waitFor();
  assert.deepEqual(again.asked, []);
  assert.deepEqual(again.errors, []);
});

test('the strip says which copies it counts, and no figure where there is none', async () => {
  const viewer = await open();
  await viewer.show(arraySource('x', 'float32', [2], [1, 2]), { access: { how: 'view' }, device: { type: 'cpu' } });
  await viewer.settled();
  assert.match(await viewer.costs(), /^This view 8 B in (< )?[\d.]+ ms Whole tensor 8 B Session nothing copied$/);
  assert.doesNotMatch(await viewer.costs(), /about 0 ms/);
  assert.equal(await viewer.page.locator('footer [title*=readback]').count(), 0);
  const names = stringSource('names', [2], ['a', 'b']);
  await viewer.show(names, { access: { how: 'view' }, device: { type: 'cpu' }, byteLength: 0 });
  await viewer.settled();
  assert.match(await viewer.costs(), /^This view read in (< )?[\d.]+ ms Session nothing copied$/);
  assert.match((await viewer.page.locator('.title').textContent()) ?? '', /string\[2\]\s+cpu · tfjs/);
});

test('beside an editor the strip has two lines', async () => {
  const viewer = await open({ width: 450 });
  await viewer.show(computedSource('x', 'float32', [8, 3, 256, 320], (flat) => flat));
  await viewer.settled();
  assert.match(await viewer.costs(), /^This view .* Whole tensor .* Session .* ms$/);
  assert.ok((await viewer.page.locator('footer').boundingBox())!.height < 48);
});

test('the head tells of a tensor what there is to tell', async () => {
  const viewer = await open();
  const source = arraySource('x', 'float32', [2], [1, 2]);
  const none = { how: 'none', reason: 'There is nothing to read.' } as const;
  const title = async () => {
    await viewer.settled();
    return (await viewer.page.locator('.title').innerText()).replace(/\s+/g, ' ');
  };
  await viewer.show(source, { state: 'disposed', access: none, device: { type: 'unknown' } });
  assert.equal(await title(), 'x float32[2] tfjs Tensor disposed');
  await viewer.show(source, { kind: 'symbolic', state: 'uninitialised', access: none, shape: [], unknownRank: true });
  assert.equal(await title(), 'x float32[...] symbolic · tfjs Tensor');
  await viewer.page.getByRole('button', { name: 'Evaluate…' }).click();
  assert.deepEqual(
    viewer.messages.filter(({ type }) => type === 'command'),
    [{ type: 'command', command: 'evaluate' }],
  );
  await viewer.show(source, {}, { kind: 'difference', left: 'a', right: 'b' });
  assert.equal(await title(), 'a − b float32[2] difference, element by element');
  assert.equal(await viewer.page.getByRole('button', { name: 'Evaluate…' }).count(), 0);
  await viewer.page.getByRole('grid', { name: 'Values of a − b, float32, :' }).waitFor();
});
