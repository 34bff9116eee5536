/** TypeScript in which the compiler has renamed variables: everybody goes by their author's names. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { trackCondition } from '../../src/protocol/trackCondition.ts';
import type { TensorListing, TensorRequests } from '../../src/protocol/requests.ts';
import type { TrackedBatch } from '../../src/protocol/track.ts';
import { TestSession } from './session.ts';

const program = 'renamed.ts';

test('renamed variables are shown, evaluated, listed and assigned to under their own names', async () => {
  await TestSession.run({ launch: { program }, breakpoints: { [program]: [{ at: 'SCALED' }] } }, async (session) => {
    await session.stopped('breakpoint');
    const { id: frameId } = await session.top();
    const evaluate = async (expression: string, context = 'watch') => {
      const args = { expression, frameId, context };
      return (await session.client.request<DebugProtocol.EvaluateResponse['body']>('evaluate', args)).result;
    };
    assert.equal(await evaluate('step'), '2');
    assert.equal(await evaluate('weights[0] + step', 'hover'), '12');
    assert.equal(
      await evaluate('JSON.stringify({ step, inner: ((step) => step)(5) })', 'repl'),
      `'{"step":2,"inner":5}'`,
    );

    const locals = await session.variables(await session.scope('Local'));
    const shown = new Map(locals.map(({ name, evaluateName }) => [name, evaluateName]));
    assert.equal(shown.get('step'), 'step');
    assert.equal(shown.get('weights'), 'weights');

    const listing = await session.client.request<TensorListing>('tensor/list', { frameId });
    const names = listing.tensors.map(({ expression, tensor }) => `${expression} ${tensor.shape.join()}`);
    assert.ok(names.includes('weights 2') && names.includes('scaled 2'), names.join('; '));
    const read = await session.client.request<TensorRequests['tensor/read']['result']>('tensor/read', {
      tensor: { expression: 'weights', frameId },
    });
    assert.deepEqual(read.values, [10, 11]);

    const variablesReference = await session.scope('Local');
    await session.client.request('setVariable', { variablesReference, name: 'step', value: 'weights.length + 98' });
    await session.setBreakpoints(program, []);
    await session.continue();
    assert.equal(await session.exitCode(), 0);
    const [pass] = session.client.outputOf('stdout').split('\n');
    // Only the last use of it comes after the stop.
    assert.equal(pass, JSON.stringify([10, 42 + 100, 3]));
  });
});

test('conditions, log messages and tracked lines mean renamed variables, too', async () => {
  const breakpoints = {
    [program]: [
      { at: 'PASS', condition: 'step === 20' },
      { at: 'SCALED', logMessage: 'scaling {weights[0]} by {step}' },
    ],
  };
  await TestSession.run({ launch: { program }, breakpoints }, async (session) => {
    await session.stopped('breakpoint');
    const args = { expression: 'step', frameId: (await session.top()).id, context: 'watch' };
    assert.equal((await session.client.request<DebugProtocol.EvaluateResponse['body']>('evaluate', args)).result, '20');
    assert.match(session.client.outputOf('console'), /scaling 10 by 2/);
    await session.setBreakpoints(program, [
      { at: 'SCALED', condition: trackCondition([{ id: 'w', expression: 'weights', stopAt: 0 }]) },
    ]);
    await session.continue();
    await session.terminated();
    const batches = session.client.events.filter(({ event }) => event === 'tensor/tracked');
    const points = batches.flatMap(({ body }) => (body as TrackedBatch).points);
    assert.deepEqual(
      points.map(({ min, max }) => [min, max]),
      [
        [20, 21],
        [30, 31],
      ],
    );
  });
});
