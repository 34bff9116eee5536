/** The copies that a program of TF.js makes itself, by the lines of its TypeScript, from its start. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { inspect, lineOf } from '../support/cli.ts';
import { PausedProgram } from '../support/pausedProgram.ts';

const program = '../copies/tfjs.ts';
const itemBytes = 8 * 4 * 4;

/** Count and bytes by the comment at the line and the call. */
async function sitesOf(backend: string) {
  const { document, status, stderr } = await inspect([program], { env: { TFJS_BACKEND: backend } });
  assert.equal(status, 0, stderr);
  const { since, sites } = document.copies;
  assert.ok(since !== null && Date.parse(since) < Date.now());
  assert.ok(sites.every(({ file }) => file.endsWith('test/debuggee/copies/tfjs.ts')));
  return (marker: string, call: string) => {
    const line = lineOf(program, `#${marker}`);
    return sites.find((site) => site.line === line && site.call === call);
  };
}

function assertSite(site: { count: number; bytes: number } | undefined, count: number, bytes: number): void {
  assert.deepEqual(site && [site.count, site.bytes], [count, bytes]);
}

test('cpu: every conversion is counted once, and moves nothing', async () => {
  const site = await sitesOf('cpu');
  assertSite(site('data', 'data'), 3, 0);
  assertSite(site('array', 'array'), 1, 0);
  assertSite(site('twice', 'dataSync'), 2, 0);
  assertSite(site('arraySync', 'arraySync'), 1, 0);
  assertSite(site('print', 'print'), 1, 0);
  assertSite(site('function', 'print'), 1, 0);
  assertSite(site('bufferSync', 'bufferSync'), 1, 0);
  assertSite(site('toPixels', 'toPixels'), 1, 0);
  assert.equal(site('disposed', 'data'), undefined);
});

test('wasm: each copies out of the heap', async () => {
  const site = await sitesOf('wasm');
  assertSite(site('data', 'data'), 3, 3 * itemBytes);
  assertSite(site('twice', 'dataSync'), 2, 2 * itemBytes);
  assertSite(site('print', 'print'), 1, itemBytes);
  assertSite(site('second', 'data'), 1, itemBytes);
  assert.ok(site('twice', 'dataSync')!.ms > 0);
});

test('webgpu: the first one moves the buffer, the next finds the values on the host', async () => {
  const site = await sitesOf('webgpu');
  assertSite(site('data', 'data'), 3, 3 * itemBytes);
  assertSite(site('array', 'array'), 1, itemBytes);
  assertSite(site('first', 'data'), 1, itemBytes);
  assertSite(site('second', 'data'), 1, 0);
  assertSite(site('toPixels', 'toPixels'), 1, 4 * 4 * 3 * 4);
  assert.ok(site('data', 'data')!.ms > 0.1);
  assert.equal(site('disposed', 'data'), undefined);
});

test('what training copies by itself, later than it was called, is told at the line of the training that asks for it', async () => {
  const { document, stderr } = await inspect(['../copies/training.mjs']);
  const [site] = document.copies.sites;
  assert.equal(site?.call, 'data', stderr);
  const line = (await readFile(site.file, 'utf8')).split('\n')[site.line - 1];
  assert.match(line!, /history\.syncData\(\)/);
});

test("what an evaluation converts is none of the program's copies, at the stop and when it comes later", async () => {
  const graphs = ['--expr', 'nodes.halves', '--expr', 'nodes.places', '--feed', 'x=x'];
  for (const [expressions, ...counts] of [[graphs, 2, 8] as const, [['--expr', 'lazy', '--evaluate'], 64] as const]) {
    const { document, stderr } = await inspect(['--then', 'end', '../copies/evaluated.mjs', ...expressions]);
    const values = document.tensors.map((tensor) => tensor.values as unknown[]);
    assert.deepEqual(
      values.map((value) => value?.length),
      counts,
      stderr,
    );
    assert.deepEqual(document.copies.sites, []);
  }
});

test("what a breakpoint's condition converts is none of the program's copies, nor leaves it a gradient", async () => {
  const conditions = '../copies/conditions.mjs';
  const where = `${conditions}:${lineOf(conditions, '#BP')}`;
  const condition = ['--condition', 'loss.dataSync()[0] > 4'];
  const { document, stderr } = await inspect(['--break', where, ...condition, '--expr', 'loss', conditions]);
  assert.equal(document.tensors[0]?.values, 8, stderr);
  assert.deepEqual([document.copies.sites, document.warnings], [[], []]);
});

test('a copy that is under way at a stop does not take as long as somebody looks', async () => {
  const program = await PausedProgram.start('copies/held.mjs');
  try {
    await program.inspector.list(program.top);
    await setTimeout(2000);
    assert.ok(await program.resume());
    const { sites } = await program.inspector.copies();
    assert.equal(sites.length, 1);
    assert.ok(sites[0]!.ms > 0 && sites[0]!.ms < 2000, `${sites[0]!.ms} ms`);
  } finally {
    await program.end();
  }
});

test('a clock that the program has replaced is not looked at, and copies take their time all the same', async () => {
  const program = await PausedProgram.start('copies/clock.mjs');
  try {
    const tensor = await program.inspector.evaluate(program.top, 'tensor', { throwOnSideEffect: true });
    const { cost } = await program.inspector.read(tensor.id, {});
    assert.ok(cost.transferMs > 0);
    const { sites } = await program.inspector.copies();
    assert.ok(sites.length === 2 && sites.every(({ ms }) => ms > 0), JSON.stringify(sites));
    assert.equal(await program.resume(), false);
    assert.match((await program.closedOutput()).stdout, /^0 looks$/m);
  } finally {
    await program.end();
  }
});
