/** What is said of a model or session that was read as a tensor. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CdpSession } from '../../src/cdp/cdpSession.ts';
import type { AgentLink } from '../../src/inspector/agentLink.ts';
import { GraphEvaluation } from '../../src/inspector/graphEvaluation.ts';
import type { Stop } from '../../src/inspector/stop.ts';
import { TensorError, type ErrorReport } from '../../src/protocol/errors.ts';

/** With an agent that answers these names of inputs, or with an error. */
async function helpFor(answer: string[] | Error): Promise<string | undefined> {
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
  return error.help;
}

const failing = (report: ErrorReport) => new TensorError(report);

test('it says how it is evaluated, with its inputs by name', async () => {
  assert.equal(
    await helpFor(['x', 'n']),
    'Evaluate it with values for x, n: Tensor: Evaluate Graph Tensor…, or --expr NAME --feed x=... --feed n=... on the command line.',
  );
  assert.equal(
    await helpFor([]),
    'Evaluate it: Tensor: Evaluate Graph Tensor…, or --expr NAME --evaluate on the command line.',
  );
});

test('it says why it is not evaluated as a whole', async () => {
  const message = 'The model has 2 outputs: a, b.';
  assert.equal(await helpFor(failing({ code: 'invalid-argument', message })), message);
  const help = 'Name one of them: model.outputs[0].';
  assert.equal(await helpFor(failing({ code: 'no-graph', message, help })), `${message} ${help}`);
});

test('what went wrong on the way is not taken for a property of the model', async () => {
  for (const error of [
    failing({ code: 'program-ended', message: 'The program ended.' }),
    failing({ code: 'agent-failed', message: 'It failed.' }),
    new Error('Unexpected token'),
  ]) {
    await assert.rejects(helpFor(error), error);
  }
});
