/** Copies to the host that a program makes itself without TF.js. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { InspectDocument } from '../../src/cli/document.ts';
import { inspect, lineOf } from '../support/cli.ts';
import { PausedProgram } from '../support/pausedProgram.ts';

const program = '../copies/others.mjs';
let sites: InspectDocument['copies']['sites'];

before(async () => {
  const { document, stderr } = await inspect([program]);
  assert.notEqual(document.stop, null, stderr);
  sites = document.copies.sites;
});

function site(marker: string): [call: string, count: number, bytes: number] | undefined {
  const found = sites.filter(({ line }) => line === lineOf(program, `// #${marker}`));
  assert.ok(found.length <= 1);
  return found[0] && [found[0].call, found[0].count, found[0].bytes];
}

test('raw WebGPU: what is mapped for reading', () => {
  assert.equal(site('write'), undefined);
  assert.ok(sites.find(({ call }) => call === 'mapAsync')!.ms > 0);
});

test('raw WebGPU: what a read at a stop lets settle took no longer than until the stop', async () => {
  const program = await PausedProgram.start('copies/settles.mjs');
  try {
    await program.inspector.list(program.top);
    assert.ok(await program.resume());
    const { id } = await program.inspector.evaluate(program.top, 'values', { throwOnSideEffect: true });
    await setTimeout(1000);
    await program.inspector.read(id, {});
    assert.equal((await program.inspector.copies()).sites[0]?.count, 1);
    assert.ok(await program.resume());
    const [site] = (await program.inspector.copies()).sites;
    assert.ok(site!.ms > 0 && site!.ms < 1000, `${site!.ms} ms`);
  } finally {
    await program.end();
  }
});

test('a program without WebGPU sees none, though its copies would be counted', async () => {
  const { stderr } = await inspect(['../copies/globals.mjs']);
  assert.match(stderr, /^false GPUBuffer is not defined$/m);
});

test('jax-js: the outermost call, once', () => {
  assert.deepEqual(site('js'), ['js', 2, 2 * 32 * 4]);
  assert.deepEqual(site('dataSync'), ['dataSync', 2, 2 * 3 * 4]);
  assert.deepEqual(site('awaited'), ['data', 2, 2 * 4000]);
  assert.deepEqual(site('item'), ['item', 2, 2 * 4]);
  assert.ok(sites.find(({ call }) => call === 'dataSync')!.ms > 0);
  // A call that throws has moved nothing.
  assert.deepEqual(site('throws'), ['dataSync', 1, 0]);
  assert.deepEqual(site('rejects'), ['data', 1, 0]);
  assert.deepEqual(site('inline'), ['js', 1, 8]);
});

test('ONNX Runtime: a tensor on the device is a copy, one on the host is not; its download is not counted again', () => {
  assert.deepEqual(site('host'), ['getData', 1, 0]);
  assert.deepEqual(site('getData'), ['getData', 1, 1024]);
  assert.deepEqual(site('mapAsync'), ['mapAsync', 2, 2048]);
});

test('ONNX Runtime in several copies: each is counted from the start', async () => {
  const copies = '../copies/nested.mjs';
  const { document, stderr } = await inspect([copies]);
  assert.match(stderr, /^false false$/m);
  assert.deepEqual(
    document.copies.sites.map(({ line, call, count }) => [line, call, count]).sort(([a], [b]) => Number(a) - Number(b)),
    ['own', 'nested', 'part'].map((marker) => [lineOf(copies, `// #${marker}`), 'getData', 1]),
  );
});
