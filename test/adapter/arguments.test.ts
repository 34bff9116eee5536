/** What clients send that is no argument of a request: the answer names the request, the argument, what was given and what is wanted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TensorRequests } from '../../src/protocol/requests.ts';
import { debuggee, TestSession } from './session.ts';

const atStep = { launch: { program: 'tensors.mjs' }, breakpoints: { 'tensors.mjs': [{ at: 'STEP' }] } };

test('wrong arguments are refused by name, and the session goes on', async () => {
  await TestSession.run(atStep, async (session) => {
    await session.stopped('breakpoint');
    const tensor = { expression: 'scaled' };
    const file = '/nowhere/x.npy';
    const source = { path: debuggee('tensors.mjs') };
    const count = 'an integer from 0 on';
    const reference = 'an object with an "expression" or an "id"';
    const cases: [command: string, args: unknown, message: string][] = [
      ['tensor/list', {}, 'tensor/list needs "frameId": an integer.'],
      ['tensor/list', [], 'The argument of tensor/list must be an object, not [].'],
      ['tensor/read', {}, `tensor/read needs "tensor": ${reference}.`],
      ['tensor/read', { tensor: {} }, `"tensor" of tensor/read must be ${reference}, not {}.`],
      ['tensor/read', { tensor: { id: 5 } }, '"tensor.id" of tensor/read must be a string, not 5.'],
      ['tensor/read', { tensor, slice: 5 }, '"slice" of tensor/read must be a string, not 5.'],
      ['tensor/read', { tensor, encoding: 'xml' }, '"encoding" of tensor/read must be "json" or "bytes", not "xml".'],
      ['tensor/read', { tensor, dtype: 'int32', shape: [1.5] }, `"shape[0]" of tensor/read must be ${count}, not 1.5.`],
      ['tensor/read', { tensor, dtype: 'int32', shape: [-1] }, `"shape[0]" of tensor/read must be ${count}, not -1.`],
      ['tensor/read', { tensor, shape: 'x' }, '"shape" of tensor/read must be an array, not "x".'],
      [
        'tensor/read',
        { tensor, shape: [3, 2] },
        'tensor/read needs "dtype": as what the bytes are read that get a "shape".',
      ],
      ['tensor/preview', {}, 'tensor/preview needs "tensors": an array.'],
      ['tensor/preview', { tensors: 'x' }, '"tensors" of tensor/preview must be an array, not "x".'],
      ['tensor/preview', { tensors: [tensor, 5] }, `"tensors[1]" of tensor/preview must be ${reference}, not 5.`],
      ...[1e9, -1, 1.5, 'x'].map((bins): [string, unknown, string] => [
        'tensor/stats',
        { tensor, bins },
        `"bins" of tensor/stats must be an integer from 0 to 65536, not ${JSON.stringify(bins)}.`,
      ]),
      [
        'tensor/find',
        { tensor, from: 0, direction: 'up' },
        '"direction" of tensor/find must be "next" or "previous", not "up".',
      ],
      ['tensor/export', { tensors: 1 }, '"tensors" of tensor/export must be an array, not 1.'],
      ['tensor/export', { tensors: [{ tensor }], file }, 'tensor/export needs "tensors[0].name": a string.'],
      ['tensor/export', { tensors: [], file, force: 'yes' }, '"force" of tensor/export must be a boolean, not "yes".'],
      [
        'tensor/compare',
        { a: tensor },
        'tensor/compare needs "b": an object with an "expression", an "id" or a "file".',
      ],
      ...(['tensor/compare', 'tensor/compareBackends'] as const).flatMap((request): [string, unknown, string][] => [
        [
          request,
          { a: tensor, b: tensor, expression: 'x', tolerance: { rtol: 'x' } },
          `"tolerance.rtol" of ${request} must be a number from 0 on, not "x".`,
        ],
        [
          request,
          { a: tensor, b: tensor, expression: 'x', tolerance: { rtol: -1 } },
          `"tolerance.rtol" of ${request} must be a number from 0 on, not -1.`,
        ],
        [
          request,
          { a: tensor, b: tensor, expression: 'x', tolerance: { tol: 1 } },
          `"tolerance" of ${request} must be an object of rtol, atol, equalNan, not {"tol":1}.`,
        ],
      ]),
      ['tensor/budget', {}, 'tensor/budget needs "bytes": a number from 0 on.'],
      ['tensor/budget', { bytes: -1, ms: 1 }, '"bytes" of tensor/budget must be a number from 0 on, not -1.'],
      [
        'tensor/assign',
        { expression: ' ', file },
        '"expression" of tensor/assign must be a string that is not empty, not " ".',
      ],
      [
        'tensor/breakOnNotFinite',
        { mode: 1 },
        '"mode" of tensor/breakOnNotFinite must be "off" or "precise" or "deferred", not 1.',
      ],
      ['tensor/track', { source, line: '9', expression: 'v' }, `"line" of tensor/track must be ${count}, not "9".`],
      ['readMemory', {}, 'readMemory needs "memoryReference": a string.'],
      ['setBreakpoints', {}, 'setBreakpoints needs "source": an object.'],
      [
        'setBreakpoints',
        { source, breakpoints: [{ line: 'x' }] },
        `"breakpoints[0].line" of setBreakpoints must be ${count}, not "x".`,
      ],
      ['setExceptionBreakpoints', {}, 'setExceptionBreakpoints needs "filters": an array.'],
      ['stackTrace', { startFrame: -1, levels: -5 }, `"startFrame" of stackTrace must be ${count}, not -1.`],
      ['scopes', { frameId: 'x' }, '"frameId" of scopes must be an integer, not "x".'],
      ['variables', { variablesReference: 1, start: -3 }, `"start" of variables must be ${count}, not -3.`],
      ['setVariable', {}, 'setVariable needs "variablesReference": an integer.'],
      ['source', {}, 'source needs "sourceReference": an integer.'],
      ['evaluate', {}, 'evaluate needs "expression": a string.'],
    ];
    for (const [command, args, message] of cases) {
      assert.equal(await session.failure(command, args as object), message);
    }
    assert.equal((await session.evaluate('scaled.shape.length')).result, '2');
    const long = { tensor, slice: Array<number>(1000).fill(1) };
    assert.ok((await session.failure('tensor/read', long)).length < 200);
    // What may be left out may be null.
    await session.client.request('tensor/read', { tensor, slice: null, dtype: null });
  });
});

test('an exception filter that there is not is not verified', async () => {
  await TestSession.run(atStep, async (session) => {
    await session.stopped('breakpoint');
    const { breakpoints } = await session.client.request<{ breakpoints: { verified: boolean; message?: string }[] }>(
      'setExceptionBreakpoints',
      { filters: ['nope', 'uncaught'], filterOptions: [{ filterId: 'notFinitePrecise', condition: 'NaN' }] },
    );
    assert.deepEqual(
      breakpoints.map(({ verified }) => verified),
      [false, true, true],
    );
    assert.match(breakpoints[0]?.message ?? '', /no exception filter "nope", but all, uncaught, notFinite/);
  });
});

test('of several previews, one that names no tensor is the reason', async () => {
  await TestSession.run(atStep, async (session) => {
    await session.stopped('breakpoint');
    const tensors = ['nowhere', 'scaled', 'plain'].map((expression) => ({ expression }));
    const { previews } = await session.client.request<TensorRequests['tensor/preview']['result']>('tensor/preview', {
      tensors: [...tensors, { id: 'gone' }],
    });
    const texts = previews.map((preview) => (preview.tensor ? preview.text : preview.error.message));
    assert.match(texts[0] ?? '', /nowhere.* is not available at this stop/);
    assert.equal(texts[1], 'float32[2, 3] cpu 24 B  [[2, 4, 6], [8, 10, 12]]');
    assert.match(texts[2] ?? '', /not a tensor/);
    assert.ok(previews[2]?.tensor === null && previews[2].error.code === 'not-a-tensor');
    assert.equal(previews[3]?.tensor, null);
  });
});
