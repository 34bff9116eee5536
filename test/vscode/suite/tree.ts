/** The Tensors view. */
import { ok, strictEqual } from 'node:assert';
import {
  desk,
  openView,
  type Place,
  places,
  plainPlace,
  rowsWith,
  screenshots,
  step,
  testAt,
  until,
} from './harness.ts';

const rowsOnScreen = '.pane:has(.pane-header[aria-label^="Tensors"]) .monaco-list-row';

for (const [kind, place] of Object.entries(places)) {
  testAt(place, `${kind}: the tree shows the tensors of the stopped frame and follows steps`, async () => {
    await openView();
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
    // What a screen reader says of a row has its name, also where a tooltip says more.
    const labels = await desk('values', { selector: rowsOnScreen, name: 'aria-label' });
    ok(
      labels.some((label) => /^tfjs [\d.]+, webgpu · eager mode/.test(label ?? '')),
      labels.join('\n'),
    );
    ok(!rows.some((row) => /^scaled float32/.test(row)), rows.join('\n'));
    await desk('click', { row: 'product' });
    await rowsWith('values [[');
    const inside = await desk('values', { selector: rowsOnScreen, name: 'aria-label' });
    for (const name of ['values, [[0', 'bytes, 16 KB']) {
      ok(
        inside.some((label) => label?.startsWith(name)),
        inside.join('\n'),
      );
    }
    await desk('click', { row: 'statistics' });
    await rowsWith('max 4095');
    await screenshots(`${kind}-tree`);
    await step();
    await step();
    await rowsWith('scaled float32[64, 64]');
    // The expanded tensor stays expanded.
    await rowsWith('values [[');
  });
}

const program = '${workspaceFolder}/slow.mjs';
const slowPlaces: Record<string, Place> = {
  tensor: { config: { type: 'tensor', program }, file: 'slow.mjs', mark: 'slow' },
  companion: { config: { type: 'node', program }, file: 'slow.mjs', mark: 'slow' },
};
for (const [kind, place] of Object.entries(slowPlaces)) {
  testAt(place, `${kind}: rows stay open over a step that takes long`, async () => {
    await openView();
    await rowsWith('values float32[2]');
    await desk('click', { row: 'values' });
    await rowsWith('values [1.5, -2]');
    // Longer than the view waits before it says that the program runs, and is empty.
    await step();
    await rowsWith('values [1.5, -2]');
  });
}

for (const type of ['tensor', 'node']) {
  const parameters = '${workspaceFolder}/parameters.mjs';
  const place = { config: { type, program: parameters }, file: 'parameters.mjs', mark: 'parameters' };
  testAt(place, `tree: tensors deep in a container are there to be opened, in a session of type ${type}`, async () => {
    await openView();
    await rowsWith('params.scale float32[1]');
    await desk('click', { row: 'params.blocks[0]' });
    await rowsWith('w float32[1, 2]');
    await rowsWith('b float32[1]');
    await screenshots(`deep-${type}`);
    await step();
    await rowsWith('w float32[1, 2]');
    await desk('click', { row: 'w' });
    await rowsWith('values [[3, 4]]');
  });
}

for (const type of ['tensor', 'node']) {
  const place = { config: { type, program: '${workspaceFolder}/lazy.mjs' }, file: 'lazy.mjs', mark: 'lazy' };
  testAt(
    place,
    `tree: the tooltip of a tensor without values, in a session of type ${type}, says what to do here`,
    async () => {
      await openView();
      const rows = await rowsWith('lazy float32[3]');
      // Its package says so: as an ES module it does not itself.
      ok(rows[0]?.startsWith('jax-js 0.1.'), rows[0]);
      const { text, code } = await desk('rowTooltip', { row: 'lazy' });
      ok(text.includes('evaluate it here, which runs its kernels: Tensor: Evaluate Graph Tensor…'), text);
      ok(!/`|command line|\u00a0/.test(text), text);
      ok(code.includes('await lazy.ref.data()'), code.join());
      await screenshots(`tooltip-${type}`, ['light']);
    },
  );
}

testAt(
  plainPlace,
  'companion: a program without tensors is left alone, and the view says why it is empty',
  async (frame) => {
    await openView();
    await until('the view says why', async () => (await desk('viewText', {})).includes('No tensors here'));
    await screenshots('companion-empty', ['light']);
    const expression = "String(globalThis[Symbol.for('tensor-debugger.agent.v1')])";
    const answer = (await frame.session.customRequest('evaluate', { expression, frameId: frame.frameId })) as {
      result: string;
    };
    strictEqual(answer.result.replace(/'/g, ''), 'undefined');
  },
);
