import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, inflateSync } from 'node:zlib';
import { encodedBytes, encodeInMemory } from '../../src/formats/format.ts';
import { colorTable } from '../../src/tensor/colormaps.ts';
import { joinBytes } from '../../src/tensor/bytes.ts';
import type { EncodeOptions } from '../../src/formats/format.ts';
import { png } from '../../src/formats/png.ts';
import { encodeElements } from '../../src/tensor/dtypes.ts';

interface Image {
  width: number;
  height: number;
  colorType: number;
  pixels: number[];
}

/** Reads by the format's definition, with none of our code; rows without a filter only. */
function decode(file: Uint8Array): Image {
  assert.deepEqual([...file.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10]);
  const view = new DataView(file.buffer, file.byteOffset);
  const data: Uint8Array[] = [];
  const types: string[] = [];
  let [width, height, colorType] = [0, 0, 0];
  for (let at = 8; at < file.length;) {
    const length = view.getUint32(at);
    const type = Buffer.from(file.subarray(at + 4, at + 8)).toString('latin1');
    assert.equal(view.getUint32(at + 8 + length), crc32(file.subarray(at + 4, at + 8 + length)), type);
    if (type === 'IHDR') {
      [width, height, colorType] = [view.getUint32(at + 8), view.getUint32(at + 12), file[at + 17] as number];
      assert.equal(file[at + 16], 8);
    }
    if (type === 'IDAT') data.push(file.subarray(at + 8, at + 8 + length));
    types.push(type);
    at += 12 + length;
  }
  assert.equal(types[0], 'IHDR');
  assert.equal(types.at(-1), 'IEND');
  const rows = inflateSync(Buffer.concat(data));
  const rowBytes = width * ({ 0: 1, 2: 3, 6: 4 }[colorType] as number);
  assert.equal(rows.length, height * (rowBytes + 1));
  const pixels: number[] = [];
  for (let row = 0; row < height; row++) {
    assert.equal(rows[row * (rowBytes + 1)], 0);
    pixels.push(...rows.subarray(row * (rowBytes + 1) + 1, (row + 1) * (rowBytes + 1)));
  }
  return { width, height, colorType, pixels };
}

async function image(
  values: number[],
  shape: number[],
  dtype: 'uint8' | 'float32',
  options?: EncodeOptions,
): Promise<Image> {
  return decode(
    await encodeInMemory(png, [{ name: 'x', dtype, shape, bytes: encodeElements(values, dtype) }], options),
  );
}

test('bytes are pixels: gray, RGB and RGBA', async () => {
  for (const [channels, colorType] of [
    [0, 0],
    [1, 0],
    [3, 2],
    [4, 6],
  ] as const) {
    const shape = channels === 0 ? [3, 5] : [3, 5, channels];
    const values = Array.from({ length: 15 * Math.max(1, channels) }, (_, i) => (i * 37) % 256);
    assert.deepEqual(await image(values, shape, 'uint8'), { width: 5, height: 3, colorType, pixels: values });
  }
});

test('floats are scaled to the range, cut at its ends; NaN has its own colour', async () => {
  assert.deepEqual((await image([0, 0.5, 1, 2, -1, NaN], [2, 3], 'float32')).pixels, [0, 128, 255, 255, 0, 0]);
  const range = { min: -1, max: 1 };
  assert.deepEqual((await image([-1, 0, 1], [1, 3], 'float32', { range })).pixels, [0, 128, 255]);
  const colored = await image([0, 1, NaN, 128 / 255], [1, 4], 'float32', { colormap: 'viridis' });
  // As on the screen, from the one table.
  const middle = colorTable('viridis').subarray(3 * 128, 3 * 129);
  assert.deepEqual(colored.pixels, [0x44, 0x01, 0x54, 0xfd, 0xe7, 0x25, 255, 0, 255, ...middle]);
  assert.equal(colored.colorType, 2);
});

test('infinities are the ends of the scale, also where all other values are the same', async () => {
  const values = [3, Infinity, -Infinity, NaN];
  const range = { min: 3, max: 3 };
  assert.deepEqual((await image(values, [1, 4], 'float32', { range })).pixels, [0, 255, 0, 0]);
  const colored = await image(values, [1, 4], 'float32', { range, colormap: 'viridis' });
  assert.deepEqual(colored.pixels, [68, 1, 84, 253, 231, 37, 68, 1, 84, 255, 0, 255]);
});

test('colours that there are not, or that an image has already, are refused', () => {
  const header = { name: 'x', dtype: 'uint8' as const, shape: [2, 2, 3] };
  const unknown = { colormap: 'jet' } as unknown as EncodeOptions;
  const message = 'There is no colormap "jet" for a PNG image.';
  assert.throws(() => png.encode([header], unknown), { code: 'invalid-argument', message });
  assert.throws(() => png.encode([header], { colormap: 'viridis' }), {
    message: /3 samples per pixel/,
    commandLineHelp: 'Name the file .png instead of .heatmap.png, or write one of the samples: --slice "..., 0".',
  });
  assert.match(png.warnings([header], { colormap: 'viridis' })[0]?.message ?? '', /256 levels/);
});

test('rows may be cut anywhere between chunks', async () => {
  const values = Uint8Array.from({ length: 300 * 200 }, (_, i) => (i * i) % 251);
  const header = { name: 'x', dtype: 'uint8' as const, shape: [200, 300] };
  const chunks = Array.from({ length: 600 }, (_, i) => values.subarray(i * 100, (i + 1) * 100));
  const pieces: Uint8Array[] = [];
  for await (const piece of encodedBytes(png.encode([header]), () => chunks)) pieces.push(piece.slice());
  assert.deepEqual(decode(joinBytes(pieces)).pixels, [...values]);
});

test('what is no image is refused, and what is lost is said', () => {
  for (const shape of [[], [3], [2, 2, 2], [2, 2, 2, 2], [0, 3]]) {
    assert.throws(() => png.encode([{ name: 'x', dtype: 'float32', shape }]), { code: 'invalid-argument' });
  }
  const complex = { name: 'x', dtype: 'complex64' as const, shape: [2, 2] };
  assert.throws(() => png.encode([complex]), { code: 'lossy-dtype', message: /no pixels/ });
  const header = { name: 'x', dtype: 'float32' as const, shape: [2, 2] };
  assert.match(png.warnings([header])[0]?.message ?? '', /256 levels from 0 to 1/);
  assert.deepEqual(png.warnings([{ ...header, dtype: 'uint8' }]), []);
  const values = encodeElements([0, 0.25, 1], 'float32');
  const loss = (options?: EncodeOptions) => png.lossCheck('float32', options)?.(values, 10);
  assert.deepEqual(loss(), { index: 11, value: '0.25', becomes: '64' });
  assert.deepEqual(loss({ range: { min: -0.5, max: 1 } }), { index: 10, value: '0', becomes: '85' });
  assert.deepEqual(loss({ range: { min: 0, max: 255 } }), { index: 11, value: '0.25', becomes: '0' });
  assert.deepEqual(loss({ colormap: 'viridis' }), { index: 10, value: '0', becomes: 'the colour 68, 1, 84' });
  assert.equal(png.lossCheck('uint8'), null);
});
