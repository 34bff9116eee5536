/** The runtime on each backend of TF.js: the same values, and synchronous calls where the backend has them. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { personsEnvironment, projectRoot } from '../support/environment.ts';

interface Seen {
  device: string;
  asynchronous: string;
  synchronous: string;
  view: string;
  text: string;
  run: string;
  runSync: string;
  evalSync: string;
  traced: string;
  batches: string[];
  types: string[];
}

async function runOn(backend: string): Promise<Seen> {
  const program = fileURLToPath(new URL('./programs/device.mts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program, backend], {
    cwd: projectRoot,
    env: personsEnvironment(),
    timeout: 120_000,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Seen;
}

for (const backend of ['cpu', 'wasm', 'webgpu']) {
  test(`on ${backend} values and graphs are the same`, async () => {
    const seen = await runOn(backend);
    assert.equal(seen.device, backend);
    assert.equal(seen.asynchronous, '[[ 7. 10.]\n [15. 22.]]');
    assert.equal(seen.run, '[[4.]\n [8.]]');
    assert.equal(seen.traced, '[[2. 4.]\n [6. 8.]]');
    assert.deepEqual(seen.batches, ['[[1. 2.]]', '[[3. 4.]]']);
    assert.deepEqual(seen.types, [
      'array([ True, False])',
      "array(['a', 'b'], dtype='<U1')",
      'array([2, 3], dtype=int32)',
    ]);
    const isSync = backend !== 'webgpu';
    for (const call of ['synchronous', 'runSync', 'evalSync'] as const) {
      if (isSync) assert.equal(seen[call], 'nothing thrown');
      else assert.match(seen[call], /UnimplementedError: .* can't wait for the webgpu backend.*\n.*await/, call);
    }
    if (!isSync) assert.match(seen.synchronous, /await tensor\.numpyAsync\(\)/);
    assert.match(seen.text, isSync ? /7\. 10\./ : /tf\.Tensor\(<webgpu>, shape=\(2, 2\), dtype=float32\)/);
    if (backend === 'cpu') assert.equal(seen.view, 'nothing thrown');
    else assert.match(seen.view, /no memory to share/);
  });
}
