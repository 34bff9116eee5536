/** What can't be read is said, with names, numbers, the reason and what to do; and the program goes on unharmed. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { agentSymbol } from '../../src/protocol/agent.ts';
import { PausedProgram } from '../support/pausedProgram.ts';
import { assertRefused, refused } from '../support/refused.ts';

class Stop {
  readonly program: PausedProgram;

  constructor(program: PausedProgram) {
    this.program = program;
  }

  async id(expression: string): Promise<string> {
    const { inspector, top } = this.program;
    return (await inspector.evaluate(top, expression, { throwOnSideEffect: true })).id;
  }

  async read(expression: string, slice?: string): Promise<unknown> {
    const id = await this.id(expression);
    return (await this.program.inspector.read(id, slice === undefined ? {} : { slice })).values;
  }

  async stats(expression: string) {
    return this.program.inspector.stats(await this.id(expression), { bins: 4 });
  }

  async readTwice(expression: string): Promise<unknown> {
    const once = await this.read(expression);
    assert.deepEqual(await this.read(expression), once);
    return once;
  }

  /** What users can't do: the agent's own patience. */
  async limitWait(ms: number): Promise<void> {
    await this.program.agent.send('Runtime.evaluate', {
      expression: `globalThis[Symbol.for(${JSON.stringify(agentSymbol)})].limitWait(${ms})`,
    });
  }
}

describe('GPU buffers and devices', () => {
  let program: PausedProgram;
  let stop: Stop;
  before(async () => {
    program = await PausedProgram.start('readers/devices.mjs');
    stop = new Stop(program);
  });
  after(() => program.end());

  test('a buffer whose device is in no variable of the stopped functions', async () => {
    assert.deepEqual(await stop.read('ofFirst as float32', '0:3'), [1, 2, 3]);
    assert.deepEqual(await stop.read('ofSecond as float32', '-2:'), [2023, 2024]);
    const stats = await stop.stats('ofSecond as float32');
    assert.deepEqual([stats.min, stats.max, stats.where], [1001, 2024, 'device']);
  });

  test('buffers of several devices, with a device in sight that owns none of them', async () => {
    assert.equal(await program.resume(), true);
    assert.deepEqual(await stop.read('ofSecond as float32', '0:3'), [1001, 1002, 1003]);
    assert.deepEqual(await stop.read('ofFirst as float32', '::500'), [1, 501, 1001]);
    const previews = await program.inspector.preview(
      await Promise.all(
        ['ofFirst', 'ofSecond', 'another'].map(async (expression) => {
          const { result } = await program.main.send('Debugger.evaluateOnCallFrame', {
            callFrameId: program.top,
            expression,
          });
          return result.objectId!;
        }),
      ),
    );
    assert.deepEqual(
      previews.map((preview) => preview?.cost?.readbacks),
      [1, 1, 1],
    );
    assert.deepEqual(await stop.read('another as float32', '1'), 2002);
  });

  /** What becomes of a buffer shows only when it is read; and is said of it from then on. */
  async function assertGone(expression: string, before: string, after: string, read: () => Promise<unknown>) {
    const id = await stop.id(expression);
    const states: unknown[] = [(await program.inspector.describe(id)).state];
    await read();
    const { state, access, warnings } = await program.inspector.describe(id);
    states.push(state, access.how, warnings.map(({ code }) => code).join());
    assert.deepEqual(states, [before, after, 'none', after === 'disposed' ? 'disposed' : '']);
  }

  test('buffers in states that forbid reading', async () => {
    assert.equal(await program.resume(), true);
    // First, while its mapAsync is on the way: any read of the GPU may finish it.
    await assertRefused('not-readable', /waits for mapAsync/, () => stop.read('sad.mapping'));
    await assertGone('sad.destroyed', 'live', 'disposed', () =>
      assertRefused('disposed', /was destroyed/, () => stop.read('sad.destroyed')),
    );
    await assertRefused('disposed', /was destroyed/, () => stop.stats('sad.destroyed as float32'));
    await assertRefused('not-readable', /mapped for the program/, () => stop.read('sad.mapped'));
    await assertRefused('not-readable', /neither COPY_SRC nor STORAGE.*0x9/, () => stop.read('sad.mapOnly'));
    await assertRefused('not-readable', /neither COPY_SRC nor STORAGE.*0x48/, () => stop.read('sad.uniform'));
    await assertRefused('not-readable', /4099 bytes.*last 3/, () => stop.read('sad.oddBound', '-1'));
    assert.deepEqual(await stop.read('sad.oddBound', '4090:4096'), [0, 0, 0, 0, 0, 0]);
    await assertGone('sad.invalid', 'live', 'uninitialised', () =>
      assertRefused('device-error', /invalid: the device refused to create it/, () => stop.read('sad.invalid')),
    );
  });

  test('a type that does not fit, and slices of the wrong rank', async () => {
    await assertRefused('invalid-argument', /float32\[1025\] needs 4100 bytes, and there are 4096/, () =>
      stop.read('sad.uniform as float32[1025]'),
    );
    const { message, help } = await refused(() => stop.read('sad.oddBound as float32', '0'));
    assert.match(message, /^4099 bytes are no whole number of float32 elements/);
    assert.equal(help, 'To leave out the last 3, give the shape: float32[1024].');
    assert.deepEqual(await stop.read('sad.oddBound as float32[1024]', '-1'), 0);
    await assertRefused('invalid-slice', /2 indices are too many/, () => stop.read('sad.oddBound', '0, 0'));
    await assertRefused('invalid-slice', /index 9999 is out of range/, () => stop.read('sad.oddBound', '9999'));
  });

  test('two hundred reads hold no more staging memory than one', async () => {
    const id = await stop.id('sad.oddBound');
    const held: number[] = [];
    for (let i = 0; i < 200; i++) {
      const { cost } = await program.inspector.read(id, { slice: `${i}:${i + 64}` });
      held.push(cost.stagingBytes);
      if (i % 20 === 0) await refused(() => stop.read('sad.destroyed'));
    }
    assert.equal(held.at(-1), held[0]);
  });

  test('a device that is destroyed in the same turn, and one that was', async () => {
    assert.equal(await program.resume(), true);
    await assertGone('buffer', 'live', 'disposed', () =>
      assertRefused('device-lost', /lost or was destroyed/, () => stop.read('buffer')),
    );
    assert.equal(await program.resume(), true);
    // The lost device is in sight, and the buffer is another one's.
    assert.deepEqual(await stop.read('buffer as float32', '0:2'), [1, 2]);
  });

  test('a device that is busy for longer than anyone waits', async () => {
    assert.equal(await program.resume(), true);
    await stop.limitWait(250);
    const start = performance.now();
    await assertRefused('timed-out', /within 0.25 s/, () => stop.read('buffer'));
    await assertRefused('timed-out', /within 0.25 s/, () => stop.stats('buffer as float32'));
    assert.ok(performance.now() - start < 5_000);
    assert.equal(await program.resume(), true);
    // Once it has caught up, all is well again.
    await stop.limitWait(30_000);
    assert.deepEqual(await stop.read('buffer as float32', '0:2'), [1, 2]);
    assert.equal(await program.resume(), false);
    assert.equal(await program.exited, 0);
    assert.equal((await program.closedOutput()).stdout, 'ended\n');
  });
});

test('setImmediate replaced by the program', async () => {
  const program = await PausedProgram.start('readers/immediatesReplaced.mjs');
  const stop = new Stop(program);
  try {
    assert.deepEqual(await stop.readTwice('buffer as float32[3]'), [1, 2, 3]);
    assert.equal(await program.resume(), true);
    await assertRefused('not-readable', /setImmediate|callback/, () => stop.read('buffer'));
    assert.equal(await program.resume(), true);
    assert.deepEqual(await stop.readTwice('buffer as float32[3]'), [1, 2, 3]);
    assert.equal(await program.resume(), true);
    await assertRefused('not-readable', /setImmediate/, () => stop.read('buffer'));
    assert.equal(await program.resume(), false);
    assert.equal(await program.exited, 0);
    assert.equal((await program.closedOutput()).stdout, 'calls 0\nended\n');
  } finally {
    await program.end();
  }
});

test('a tensor above the binding limit, in slices, in statistics and in bytes', async () => {
  const program = await PausedProgram.start('readers/large.mjs');
  const stop = new Stop(program);
  try {
    const expression = 'bound as float32[200, 262144]';
    assert.deepEqual(await stop.read(expression, '::40, 131072'), [0.5, 40.5, 80.5, 120.5, 160.5]);
    assert.deepEqual(await stop.read(expression, '100:0:-50, ::-131072'), [
      [101, 100.5],
      [50.999996, 50.499996],
    ]);
    const id = await stop.id(expression);
    // 200 KiB go through the protocol, 3.2 MB through a file; either way only they move.
    for (const step of [1024, 64]) {
      const { bytes, cost } = await program.inspector.read(id, { slice: `:, ::${step}`, encoding: 'bytes' });
      const values = new Float32Array(new Uint8Array(Buffer.from(bytes!, 'base64')).buffer);
      const columns = 2 ** 18 / step;
      assert.equal(values.length, 200 * columns);
      assert.equal(cost.bytes, values.byteLength);
      const expected = values.map((_, k) =>
        k === 150 * columns + 77 / step ? NaN : Math.floor(k / columns) + (k % columns) / columns,
      );
      assert.deepEqual(values, expected);
    }
    const stats = await stop.stats(expression);
    assert.deepEqual(
      [stats.where, stats.count, stats.zeros, stats.nan, stats.negInf, stats.posInf, stats.min, stats.max],
      ['device', 200 * 2 ** 18, 1, 1, 1, 0, 0, 200],
    );
    assert.equal(stats.firstNotFinite, 150 * 2 ** 18 + 77);
    const [nan, infinity] = [150 * 2 ** 18 + 77, 200 * 2 ** 18 - 1];
    assert.equal(await program.inspector.find(id, -1, 'next'), nan);
    assert.equal(await program.inspector.find(id, nan, 'next'), infinity);
    assert.equal(await program.inspector.find(id, infinity, 'next'), null);
    assert.equal(await program.inspector.find(id, infinity, 'previous'), nan);
    assert.equal(await program.inspector.find(id, nan, 'previous'), null);
    assert.ok(Math.abs(stats.mean! - 100) < 1e-3, String(stats.mean));
    assert.ok(Math.abs(stats.std! - 200 / Math.sqrt(12)) < 1e-3, String(stats.std));
    assert.deepEqual(
      stats.histogram!.counts.reduce((a, b) => a + b),
      200 * 2 ** 18 - 2,
    );
    const tail = await program.inspector.readBytes(id, 200 * 2 ** 20 - 8, 8);
    assert.deepEqual(
      [...new Float32Array(new Uint8Array(tail).buffer)],
      [Math.fround(199 + (2 ** 18 - 2) / 2 ** 18), -Infinity],
    );
  } finally {
    await program.end();
  }
});

describe('host values and runtimes', () => {
  test('memory that is gone, and nested arrays that are no tensor', async () => {
    const program = await PausedProgram.start('readers/hostArrays.mjs');
    const stop = new Stop(program);
    try {
      for (const name of ['transferred', 'transferredBuffer', 'transferredView', 'viewOutOfBounds', 'outOfBounds']) {
        await assertRefused('disposed', /is gone: unmapped/, () => stop.read(name));
        const { state, access } = await program.inspector.describe(await stop.id(name));
        assert.deepEqual([state, access.how], ['disposed', 'none'], name);
      }
      await assertRefused('not-readable', /not rectangular.*element 19/, () => stop.read('notRectangular'));
      await assertRefused('not-readable', /element 99/, () => stop.read('mixed'));
      await assertRefused('invalid-argument', /no memory to read as int32/, () => stop.read('nested.matrix as int32'));
      await assertRefused('not-a-tensor', /"nested" is an Object/, () => stop.read('nested'));
      await assertRefused('no-such-tensor', /no tensor 99999/, () => program.inspector.read('99999', {}));
    } finally {
      await program.end();
    }
  });

  test('tensors of TF.js without a value', async () => {
    const program = await PausedProgram.start('readers/tfjsCpu.mjs');
    const stop = new Stop(program);
    try {
      await assertRefused('disposed', /disposed/, () => stop.read('disposed'));
      await assertRefused('not-readable', /symbolic tensor of the Layers API/, () => stop.read('symbolic'));
      const symbolic = await program.inspector.describe(await stop.id('symbolic'));
      assert.deepEqual(
        [symbolic.kind, symbolic.shape, symbolic.warnings[0]?.code],
        ['symbolic', [null, 3], 'symbolic-no-value'],
      );
      await assertRefused('invalid-argument', /Strings have no statistics/, () => stop.stats('tensors.string_8'));
    } finally {
      await program.end();
    }
  });

  test('what is expanded without memory: each element counts as often as it comes, and what would not end is refused', async () => {
    const program = await PausedProgram.start('readers/inspectable.mjs');
    const stop = new Stop(program);
    try {
      const { inspector } = program;
      const id = await stop.id('expanded');
      const { histogram, ...stats } = await inspector.stats(id, { bins: 2 });
      const { count, min, max, mean, zeros, nan, firstNotFinite } = stats;
      assert.deepEqual([count, min, max, mean, zeros, nan], [4e12, 0, 5, 2, 1e12, 1e12]);
      assert.deepEqual([firstNotFinite, histogram?.counts], [1e6, [2e12, 1e12]]);
      const { warnings } = await inspector.describe(id);
      assert.match(warnings.find(({ code }) => code === 'not-finite')!.message, /the first is at \[0, 1, 0\]/);
      assert.equal(await inspector.find(await stop.id('finite'), 5, 'next'), null);
      const overlapping = await stop.id('overlapping');
      await assertRefused('too-large', /All of it is 3\.6 TB/, () => inspector.stats(overlapping, {}));
      for (const each of [overlapping, id]) {
        await assertRefused('too-large', /All of it is \d+(\.\d)? TB/, () => inspector.find(each, 0, 'next'));
      }
    } finally {
      await program.end();
    }
  });

  test('the open door: descriptions that contradict themselves', async () => {
    const program = await PausedProgram.start('readers/inspectable.mjs');
    const stop = new Stop(program);
    const wrong: [string, RegExp][] = [
      ['throws', /threw: Error: not now/],
      ['promised', /returned a promise, and the program stands still/],
      ['nothing', /returned no object/],
      ['kind', /unknown kind odd/],
      ['state', /unknown state odd/],
      ['dtype', /unknown dtype f32/],
      ['shape', /shape that is no array of element counts/],
      ['strides', /2 strides for rank 1/],
      ['fractional', /strides that are no array of integers/],
      ['offset', /offset x, which is no integer/],
      ['outside', /elements 0 to 6 of float32, but its storage has 24 bytes/],
      ['before', /elements -1 to 0/],
      ['noData', /It is symbolic/],
      ['wrongData', /names no data/],
      ['fewStrings', /elements 0 to 2 of string, but its storage has 2 strings/],
      ['oddString', /returned a number among its strings, at 1/],
      ['sparse', /^It is sparse: values with their indices/],
      ['circle', /named a tensor that names it in turn/],
      ['doubles', /named the dtype float32, but its data is a Float64Array, which holds float64\./],
    ];
    try {
      for (const [name, message] of wrong) await assertRefused('not-readable', message, () => stop.read(`bad.${name}`));
      // One that misbehaves must not hide the others from the list.
      const { tensors } = await program.inspector.list(program.top);
      // Neither where an array stands by, whose memory might be a tensor's.
      for (const name of ['plain', 'data']) assert.ok(tensors.some(({ expression }) => expression === name));
      const { access } = tensors.find(({ expression }) => expression === 'bad.throws')!.tensor;
      assert.deepEqual([access.how, /not now/.test(access.reason ?? '')], ['none', true]);
      await program.resume();
      assert.match((await program.closedOutput()).stdout, /^at its end$/m);
    } finally {
      await program.end();
    }
  });
});
