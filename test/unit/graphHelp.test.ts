/** What is said of a model or session that was read as a tensor. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CdpSession } from '../../src/cdp/cdpSession.ts';
import type { AgentLink } from '../../src/inspector/link/agentLink.ts';
import { GraphEvaluation } from '../../src/inspector/evaluate/graphEvaluation.ts';
import type { Stop } from '../../src/inspector/stop.ts';
import { adviceOf, TensorError, type Advice, type ErrorReport } from '../../src/protocol/errors.ts';

/** With an agent that answers these names of inputs, or with an error. */
async function adviceFor(answer: string[] | Error): Promise<Partial<Advice>> {
  const link = {
    handOver: () => Promise.resolve('1'),
    call: () =>
      answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer.map((name) => ({ name, shape: null }))),
  };
  const stop = { withOwners: (ask: () => Promise<unknown>) => ask() };
  const graphs = new GraphEvaluation(
    {} as CdpSession,
    link as unknown as AgentLink,
    stop as unknown as Stop,
    () => undefined,
  );
  const error = await graphs.notATensor('model', { type: 'object', className: 'Model', objectId: '1' });
  assert.equal(error.message, '"model" is a Model, not a tensor.');
  return adviceOf(error);
}

const failing = (report: ErrorReport) => new TensorError(report);

test('it says how it is evaluated, with its inputs by name', async () => {
  assert.deepEqual(await adviceFor(['x', 'n']), {
    help: 'Evaluate it with values for x, n (Tensor: Evaluate Graph Tensor…).',
    commandLineHelp: 'Evaluate it with values for x, n (--expr NAME --feed x=VALUE --feed n=VALUE).',
  });
  assert.deepEqual(await adviceFor([]), {
    help: 'Evaluate it (Tensor: Evaluate Graph Tensor…).',
    commandLineHelp: 'Evaluate it (--expr NAME --evaluate).',
  });
});

test('it says why it is not evaluated as a whole', async () => {
  const message = 'The model has 2 outputs: a, b.';
  assert.deepEqual(await adviceFor(failing({ code: 'invalid-argument', message })), { help: message });
  const help = 'Name one of them: model.outputs[0].';
  assert.deepEqual(await adviceFor(failing({ code: 'no-graph', message, help })), { help: `${message} ${help}` });
});

test('what went wrong on the way is not taken for a property of the model', async () => {
  for (const error of [
    failing({ code: 'program-ended', message: 'The program ended.' }),
    failing({ code: 'agent-failed', message: 'It failed.' }),
    new Error('Unexpected token'),
  ]) {
    await assert.rejects(adviceFor(error), error);
  }
});
