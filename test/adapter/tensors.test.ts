import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { encodeInMemory } from '../../src/formats/format.ts';
import { npy } from '../../src/formats/npy.ts';
import type { ErrorReport } from '../../src/protocol/errors.ts';
import type { ProgramWarning, TensorEvents, TensorRequestName, TensorRequests } from '../../src/protocol/requests.ts';
import { nodeBinaries } from '../support/environment.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { debuggee, TestSession } from './session.ts';

const folder = temporaryFolder();

const atStep = { launch: { program: 'tensors.mjs' }, breakpoints: { 'tensors.mjs': [{ at: 'STEP' }] } };

function ask<Name extends TensorRequestName>(
  session: TestSession,
  name: Name,
  args: TensorRequests[Name]['arguments'],
): Promise<TensorRequests[Name]['result']> {
  return session.client.request(name, args);
}

async function reportOf(session: TestSession, name: TensorRequestName, args: object): Promise<ErrorReport> {
  const response = await session.client.send(name, args);
  assert.equal(response.success, false);
  const { error } = response.body as { error: DebugProtocol.Message };
  const report = JSON.parse(error.variables?.['report'] ?? '') as ErrorReport;
  assert.equal(error.showUser, false, 'whoever asks says what failed');
  assert.ok(response.message?.startsWith(report.message), 'the message is what a plain client shows');
  return report;
}

for (const { major, path: node } of nodeBinaries()) {
  describe(`Node ${major}`, () => {
    test('tensors among the variables show a line each, and the program is not touched', async () => {
      await TestSession.run({ ...atStep, node }, async (session) => {
        await session.stopped('breakpoint');
        const locals = await session.variables(await session.scope('Local'));
        const shown = Object.fromEntries(locals.map(({ name, value }) => [name, value]));
        assert.equal(shown['inputs'], 'float32[2, 3] cpu 24 B  [[1, 2, 3], [4, 5, 6]]');
        assert.equal(shown['scaled'], 'float32[2, 3] cpu 24 B  [[2, 4, 6], [8, 10, 12]]');
        assert.equal(shown['scalar'], 'float32[] cpu 4 B  3.7');
        assert.equal(shown['samples'], 'float32[4] cpu 16 B  [1, NaN, Infinity, -0]');
        assert.match(shown['wide'] ?? '', /^float32\[30, 100\] cpu 11\.7 KB {2}\[\[0, 1, 2/);
        assert.equal(shown['plain'], "{name: 'plain'}");
        assert.equal(shown['target'], '1');
        await session.setBreakpoints('tensors.mjs', []);
        await session.continue();
        assert.equal(await session.exitCode(), 0);
        // It counts its tensors as it does without a debugger.
        const alone = spawnSync(node, [debuggee('tensors.mjs')], { encoding: 'utf8' });
        assert.equal(session.client.outputOf('stdout'), alone.stdout);
      });
    });
  });
}

test('a tensor opens to what it is, and its values to pages', async () => {
  await TestSession.run(atStep, async (session) => {
    await session.stopped('breakpoint');
    const wide = await session.variable('Local', 'wide');
    const children = await session.variables(wide.variablesReference);
    const shown = Object.fromEntries(children.map(({ name, value }) => [name, value]));
    assert.equal(shown['dtype'], 'float32');
    assert.equal(shown['shape'], '[30, 100]');
    assert.equal(shown['device'], 'cpu, on host');
    assert.match(shown['copy cost'] ?? '', /11\.7 KB/);
    const values = children.find(({ name }) => name === 'values');
    assert.equal(values?.indexedVariables, 30);
    const rows = await session.variables(values.variablesReference, { filter: 'indexed', start: 28, count: 2 });
    assert.deepEqual(
      rows.map(({ name, value, indexedVariables }) => [name, value, indexedVariables]),
      [
        ['28', '[2800, 2801, 2802, 2803, 2804, 2805, ...]', 100],
        ['29', '[2900, 2901, 2902, 2903, 2904, 2905, ...]', 100],
      ],
    );
    const row = rows[1]?.variablesReference ?? 0;
    const elements = await session.variables(row, { filter: 'indexed', start: 98, count: 100 });
    assert.deepEqual(
      elements.map(({ name, value }) => [name, value]),
      [
        ['98', '2998'],
        ['99', '2999'],
      ],
    );
    assert.deepEqual(await session.variables(row, { filter: 'named' }), []);
    const statistics = children.find(({ name }) => name === 'statistics');
    const computed = await session.variables(statistics?.variablesReference ?? 0);
    const stats = Object.fromEntries(computed.map(({ name, value }) => [name, value]));
    assert.deepEqual(
      [stats['count'], stats['min'], stats['max'], stats['mean'], stats['zeros'], stats['NaN']],
      ['3000', '0', '2999', '1499.5', '1', '0'],
    );
    assert.match(stats['computed on']!, /^host, 11\.7 KB read in .*ms$/);
    // The object itself is still there for who looks for it.
    const object = await session.variable(wide.variablesReference, 'object');
    assert.ok((await session.variables(object.variablesReference)).some(({ name }) => name === 'dataId'));
    const scalar = await session.variable('Local', 'scalar');
    const value = await session.variable(scalar.variablesReference, 'values');
    assert.deepEqual(
      (await session.variables(value.variablesReference)).map((variable) => variable.value),
      ['3.7'],
    );
  });
});

test('what people type by habit is answered by our own reader, which says so', async () => {
  await TestSession.run(atStep, async (session) => {
    await session.stopped('breakpoint');
    for (const expression of [
      'scaled.data()',
      'await scaled.data()',
      'scaled.dataSync();',
      '(await scaled.array())',
      'scaled.arraySync()',
      'scaled.print()',
      'scaled.numpy()',
      'scaler.weights.arraySync()',
    ]) {
      // The module's variable is captured by no function that runs here.
      if (expression.startsWith('scaler')) continue;
      for (const context of ['repl', 'watch']) {
        const { result, type, indexedVariables } = await session.evaluate(expression, context);
        const values = /data/.test(expression) ? '[2, 4, 6, 8, 10, 12]' : '[[2, 4, 6], [8, 10, 12]]';
        assert.ok(
          result.startsWith(`float32[2, 3] ${values}  (read by Tensor Debugger instead of `),
          `${expression}: ${result}`,
        );
        assert.equal(type, 'float32[2, 3]');
        assert.equal(indexedVariables, 2);
      }
    }
    for (const [expression, value] of [
      ['scaled.arraySync()[1][2]', 'float32[] 12'],
      ['(await scaled.array())[1]', 'float32[3] [8, 10, 12]'],
      ['scaled.dataSync()[4];', 'float32[] 10'],
      ['(await scaled.data())[0]', 'float32[] 2'],
      ['wide.arraySync()[0][99]', 'float32[] 99'],
    ] as const) {
      const { result } = await session.evaluate(expression, 'watch');
      assert.ok(result.startsWith(`${value}  (read by Tensor Debugger instead of `), `${expression}: ${result}`);
    }
    assert.equal((await session.evaluate('scaled.dataSync()[6]')).result, 'undefined');
    assert.match(
      await session.failure('evaluate', { expression: '(await scaled.array()).length', context: 'repl' }),
      /Nothing can be awaited while the program is paused/,
    );
    assert.match((await session.evaluate('wide.arraySync()')).result, /^float32\[30, 100\] of \[.*\] \[\[0, 1/);
    // What is no tensor, or would change the program, is evaluated as it stands.
    assert.equal((await session.evaluate('({ data() { return 7; } }).data()')).result, '7');
    assert.match(
      await session.failure('evaluate', { expression: 'plain.data()', context: 'repl' }),
      /plain\.data is not a function/,
    );
    // A hover never runs what a console would.
    assert.equal(
      (await session.evaluate('scaled', 'hover')).result,
      'float32[2, 3] cpu 24 B  [[2, 4, 6], [8, 10, 12]]',
    );
  });
});

test('the clipboard gets the values of a tensor, up to a bound, and never runs what reads them', async () => {
  await TestSession.run(atStep, async (session) => {
    await session.stopped('breakpoint');
    const copied = async (expression: string) => (await session.evaluate(expression, 'clipboard')).result;
    assert.equal(await copied('scaled'), '[[2, 4, 6], [8, 10, 12]]');
    assert.equal(await copied('scalar'), '3.7');
    assert.equal(await copied('await scaled.array()'), '[[2, 4, 6], [8, 10, 12]]');
    assert.equal(await copied('scaled.dataSync()'), '[2, 4, 6, 8, 10, 12]');
    assert.equal(await copied('scaled.arraySync()[1]'), '[8, 10, 12]');
    assert.equal(await copied('(await scaled.array())[1][0]'), '8');
    assert.equal(await copied('scaled.dataSync()[4]'), '10');
    assert.equal(await copied('scaled.dataSync()[6]'), 'undefined');
    const row = JSON.parse(await copied('wide.arraySync()[2]')) as number[];
    assert.deepEqual([row.length, row[99]], [100, 299]);
    const wide = JSON.parse(await copied('wide')) as number[][];
    assert.deepEqual([wide.length, wide[29]?.[99]], [30, 2999]);
    assert.equal(await copied('samples'), '[1, NaN, Infinity, -0]');
    assert.match(await copied('samples.map'), /^function|native/);
    assert.deepEqual(JSON.parse(await copied('({ scaled: plain })')), { scaled: { name: 'plain' } });
    await session.evaluate('globalThis.large = wide.tile([20, 5])');
    const [part = '', note] = (await copied('large')).split('\n');
    assert.deepEqual(
      (JSON.parse(part) as number[][]).map(({ length }) => length),
      Array<number>(200).fill(500),
    );
    assert.equal(note, '... cut: [0:200, 0:500] of float32[600, 500]; save it to a file for all values');
  });
});

test('a conversion in graph mode, of every runtime: refused and told at the line; of tensors with values: answered', async () => {
  const program = debuggee('../evaluate/graphMode.mjs');
  await TestSession.run({ launch: { program } }, async (session) => {
    await session.stopped('debugger statement');
    const { line, id: frameId } = await session.top();
    const warnings = () => session.client.events.filter(({ event }) => event === 'tensor/warning');
    for (const [expression, values] of [
      ['ones.dataSync()', '[1, 1, 1]'],
      ['await constant.numpyAsync()', '[1, 2]'],
      ['derived.js()', '[4, 5]'],
    ] as const) {
      for (const context of ['repl', 'watch']) {
        const { result } = await session.evaluate(expression, context);
        assert.ok(result.includes(values), `${expression} in ${context}: ${result}`);
      }
      const { tensor } = await ask(session, 'tensor/describe', { tensor: { expression, frameId } });
      assert.equal(tensor.access.how, 'view', expression);
    }
    assert.deepEqual(warnings(), []);
    for (const [expression, what, help] of [
      ['input.dataSync()', 'input is in graph mode: a symbolic float32[?, 3] of tfjs', /predict/],
      ['await traced.data()', 'traced is in graph mode: a symbolic float32[2] of jax-js', /without jit/],
      ['placeholder.numpy()', 'placeholder is in graph mode: a symbolic float32[2] of tensor-debugger', /feeds/],
    ] as const) {
      for (const context of ['repl', 'watch']) {
        const failure = await session.failure('evaluate', { expression, context, frameId });
        assert.ok(failure.includes(what), failure);
      }
      const tensor = { expression, frameId };
      assert.ok((await session.failure('tensor/describe', { tensor })).includes(what));
      const told = warnings().slice(-3);
      for (const { body } of told) {
        const { code, file, line: at, message, help: remedy } = body as ProgramWarning;
        assert.deepEqual([code, file, at], ['graph-mode', program, line]);
        assert.ok(message.includes(what), message);
        assert.match(remedy ?? '', help);
      }
    }
    assert.equal(warnings().length, 9);
  });
});

test('the custom requests: list, describe, read, stats, export, copies', async () => {
  await TestSession.run(atStep, async (session) => {
    await session.stopped('breakpoint');
    const { id: frameId } = await session.top();
    const list = await ask(session, 'tensor/list', { frameId });
    assert.deepEqual(
      list.tensors.map(({ expression, scope }) => [expression, scope]).slice(0, 5),
      ['inputs', 'target', 'scaled', 'scalar', 'samples', 'wide']
        .filter((name) => name !== 'target')
        .map((name) => [name, 'Local']),
    );
    assert.equal(list.runtimes[0]?.name, 'tfjs');
    const named = { expression: 'scaled', frameId };
    const { tensor } = await ask(session, 'tensor/describe', { tensor: named });
    assert.deepEqual([tensor.dtype, tensor.shape, tensor.runtime], ['float32', [2, 3], 'tfjs']);
    const read = await ask(session, 'tensor/read', { tensor: { id: tensor.id }, slice: '::-1, 1:' });
    assert.deepEqual(
      [read.values, read.shape],
      [
        [
          [10, 12],
          [4, 6],
        ],
        [2, 2],
      ],
    );
    const bytes = await ask(session, 'tensor/read', { tensor: named, slice: '0', encoding: 'bytes' });
    const data = Buffer.from(bytes.bytes ?? '', 'base64');
    assert.deepEqual(
      [0, 4, 8].map((offset) => data.readFloatLE(offset)),
      [2, 4, 6],
    );
    const { stats } = await ask(session, 'tensor/stats', { tensor: named });
    assert.deepEqual([stats.count, stats.min, stats.max, stats.mean], [6, 2, 12, 7]);
    const samples = await ask(session, 'tensor/stats', { tensor: { expression: 'samples' } });
    assert.deepEqual([samples.stats.nan, samples.stats.posInf, samples.stats.zeros], [1, 1, 1]);
    const file = join(folder, 'scaled.npy');
    const exported = await ask(session, 'tensor/export', { tensors: [{ name: 'scaled', tensor: named }], file });
    assert.equal(exported.export.format, 'npy');
    const progress = session.client.events.filter(({ event }) => event === 'tensor/progress').at(-1);
    const { fraction, bytes: written } = progress?.body as TensorEvents['tensor/progress'];
    assert.deepEqual([fraction, written], [1, 24]);
    assert.equal(readFileSync(file).subarray(1, 6).toString(), 'NUMPY');
    const again = await reportOf(session, 'tensor/export', { tensors: [{ name: 'scaled', tensor: named }], file });
    assert.equal(again.code, 'file-exists');
    await ask(session, 'tensor/copies', {});
    const memory = await session.client.request<DebugProtocol.ReadMemoryResponse['body']>('readMemory', {
      memoryReference: tensor.id,
      offset: 4,
      count: 100,
    });
    const raw = Buffer.from(memory?.data ?? '', 'base64');
    assert.deepEqual([raw.length, raw.readFloatLE(0), memory?.unreadableBytes], [20, 4, 80]);
  });
});

test('what cannot be answered fails with a code, in a form for people and one for programs', async () => {
  await TestSession.run(atStep, async (session) => {
    await session.stopped('breakpoint');
    const { id: frameId } = await session.top();
    const report = (name: TensorRequestName, args: object) => reportOf(session, name, args);
    assert.equal((await report('tensor/read', { tensor: { expression: 'plain', frameId } })).code, 'not-a-tensor');
    assert.equal(
      (await report('tensor/read', { tensor: { expression: 'inputs.mul(2)', frameId } })).code,
      'side-effect',
    );
    assert.equal((await report('tensor/read', { tensor: { expression: 'no.such', frameId } })).code, 'not-available');
    const slice = await report('tensor/read', { tensor: { expression: 'scaled', frameId }, slice: '0, 0, 0' });
    assert.equal(slice.code, 'invalid-slice');
    assert.equal(typeof slice.position, 'number');
    const { tensor } = await ask(session, 'tensor/describe', { tensor: { expression: 'scaled', frameId } });
    await session.continue();
    await session.stopped('breakpoint');
    await report('tensor/read', { tensor: { id: tensor.id } });
    await report('tensor/list', { frameId });
    const first = await ask(session, 'tensor/describe', { tensor: { expression: 'target > 1 ? scaled : null' } });
    assert.equal(first.tensor.dtype, 'float32');
    await session.setBreakpoints('tensors.mjs', []);
    await session.continue();
    await session.terminated();
    assert.equal((await report('tensor/list', { frameId })).code, 'program-ended');
  });
});

test('changes are told to who looks at tensors', async () => {
  await TestSession.run(atStep, async (session) => {
    await session.stopped('breakpoint');
    const { id: frameId } = await session.top();
    await ask(session, 'tensor/list', { frameId });
    const reasons = () =>
      session.client.events
        .filter(({ event }) => event === 'tensor/changed')
        .map(({ body }) => (body as { reason: string }).reason);
    await session.evaluate('target = 5');
    assert.deepEqual(reasons(), ['assigned']);
    await session.continue();
    await session.stopped('breakpoint');
    await session.client.event('tensor/changed', ({ body }) => (body as { reason: string }).reason === 'stopped');
    assert.deepEqual(reasons(), ['assigned', 'resumed', 'stopped']);
  });
});

test('a tensor is replaced from a file, and the variables show it at once; so they do after setVariable', async () => {
  const file = join(folder, 'new.npy');
  writeFileSync(
    file,
    await encodeInMemory(npy, [
      {
        name: 'x',
        dtype: 'float32',
        shape: [2, 3],
        bytes: new Uint8Array(new Float32Array([9, 8, 7, 6, 5, 4]).buffer),
      },
    ]),
  );
  await TestSession.run({ ...atStep, initialize: { supportsInvalidatedEvent: true } }, async (session) => {
    await session.stopped('breakpoint');
    const local = await session.scope('Local');
    await session.client.request('setVariable', { variablesReference: local, name: 'target', value: '77' });
    assert.equal((await session.variable(local, 'target')).value, '77');
    const { id: frameId } = await session.top();
    await ask(session, 'tensor/list', { frameId });
    const result = await ask(session, 'tensor/assign', { expression: 'inputs', file, frameId });
    assert.ok(result.isNew);
    assert.match(result.message, /inputs is a new float32\[2, 3\] \(Tensor, cpu\)/);
    await session.client.event('invalidated');
    assert.match((await session.variable(local, 'inputs')).value, /\[\[9, 8, 7\], \[6, 5, 4\]\]/);
    const refusal = await reportOf(session, 'tensor/assign', { expression: 'scaled', file, frameId });
    assert.match(refusal.message, /scaled can't be assigned to: it is a constant/);
  });
});
