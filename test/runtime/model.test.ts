/** A converted TensorFlow model, GraphDef JSON and binary weights, runs; one that is broken says where. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import * as core from '@tensorflow/tfjs-core';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '../../src/runtime/index.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

const base64 = (text: string): string => btoa(text);
const dim = (...sizes: number[]) => ({ shape: { dim: sizes.map((size) => ({ size: String(size) })) } });

/** What `tensorflowjs_converter` writes for y = relu(x W + b), with int64 and fused ops as real models have them. */
function convertedModel() {
  const type = { type: 'DT_FLOAT' };
  const node = [
    { name: 'x', op: 'Placeholder', attr: { dtype: type, shape: dim(-1, 2) } },
    {
      name: 'W',
      op: 'Const',
      attr: { dtype: type, value: { tensor: { dtype: 'DT_FLOAT', tensorShape: dim(2, 3).shape } } },
    },
    {
      name: 'b',
      op: 'Const',
      attr: { dtype: type, value: { tensor: { dtype: 'DT_FLOAT', tensorShape: dim(3).shape } } },
    },
    {
      name: 'dense/Relu',
      op: '_FusedMatMul',
      input: ['x', 'W', 'b'],
      device: '/device:CPU:0',
      attr: {
        T: type,
        num_args: { i: '1' },
        fused_ops: { list: { s: [base64('BiasAdd'), base64('Relu')] } },
        transpose_a: { b: false },
        transpose_b: { b: false },
        epsilon: { f: 0 },
      },
    },
    {
      name: 'axis',
      op: 'Const',
      attr: { dtype: { type: 'DT_INT32' }, value: { tensor: { dtype: 'DT_INT32', tensorShape: {} } } },
    },
    { name: 'best', op: 'ArgMax', input: ['dense/Relu', 'axis'], attr: { T: type, output_type: { type: 'DT_INT64' } } },
    { name: 'Identity', op: 'Identity', input: ['dense/Relu'], attr: { T: type } },
  ];
  const weightsManifest = [
    {
      paths: ['group1-shard1of2.bin', 'group1-shard2of2.bin'],
      weights: [
        { name: 'W', shape: [2, 3], dtype: 'float32' },
        { name: 'b', shape: [3], dtype: 'float32' },
        { name: 'axis', shape: [], dtype: 'int32' },
      ],
    },
  ];
  const json = {
    format: 'graph-model',
    generatedBy: '2.15.0',
    convertedBy: 'TensorFlow.js Converter v4.22.0',
    signature: { inputs: { input: { name: 'x:0' } }, outputs: { output: { name: 'Identity:0' } } },
    modelTopology: { node, library: {}, versions: { producer: 1645 } },
    weightsManifest,
  };
  const weights = new Uint8Array(40);
  weights.set(new Uint8Array(new Float32Array([1, 2, 3, 4, 5, 6, 0.5, -100, 0]).buffer));
  weights.set(new Uint8Array(new Int32Array([1]).buffer), 36);
  return { json, weights };
}

test('a converted model loads and runs, by tensors and by names', async () => {
  const { json, weights } = convertedModel();
  const graph = tf.graphFromModel(json, weights);
  const x = graph.getTensorByName('x:0');
  assert.deepEqual([x.dtype, x.shape], ['float32', [null, 2]]);
  const session = new tf.Session(graph);
  const [y, best] = await session.run(['Identity:0', 'best:0'] as const, { x: [[1, 1]] });
  assert.equal(y.repr(), 'array([[5.5, 0. , 9. ]], dtype=float32)');
  assert.equal(best.repr(), 'array([2], dtype=int32)');
  assert.equal(String(await session.run(graph.getTensorByName('W:0'))), '[[1. 2. 3.]\n [4. 5. 6.]]');
  await assert.rejects(session.run('Identity', {}), /must feed a value for placeholder tensor 'x'/);
  await assert.rejects(session.run('Identity', { x: [[1, 2, 3]] }), /shape \(1, 3\)/);
  const reference = await loadGraphModel(
    core.io.fromMemory({
      ...json,
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest[0]!.weights as core.io.WeightsManifestEntry[],
      weightData: weights.buffer,
    }),
  );
  const expected = reference.predict(core.tensor2d([[1, 1]])) as core.Tensor;
  assert.deepEqual(y.toStorage(), expected.dataSync());
});

test('ops can be added to a loaded graph', async () => {
  const { json, weights } = convertedModel();
  const graph = tf.graphFromModel(JSON.stringify(json), [weights.subarray(0, 17), weights.subarray(17)]);
  const plus = graph.asDefault(() => tf.add(graph.getTensorByName('Identity:0'), 1));
  assert.equal(String(await new tf.Session(graph).run(plus, { x: [[1, 1]] })), '[[ 6.5  1.  10. ]]');
});

test('loadGraph reads model.json and its shards from a path, a URL, or a handler', async () => {
  const { json, weights } = convertedModel();
  await inTemporaryFolder(async (folder) => {
    await writeFile(join(folder, 'model.json'), JSON.stringify(json));
    await writeFile(join(folder, 'group1-shard1of2.bin'), weights.subarray(0, 24));
    await writeFile(join(folder, 'group1-shard2of2.bin'), weights.subarray(24));
    for (const source of [join(folder, 'model.json'), pathToFileURL(join(folder, 'model.json'))]) {
      const graph = await tf.loadGraph(source);
      assert.equal(String(await new tf.Session(graph).run('Identity', { x: [[1, 1]] })), '[[5.5 0.  9. ]]');
    }
    await rm(join(folder, 'group1-shard2of2.bin'));
    await assert.rejects(tf.loadGraph(join(folder, 'model.json')), /group1-shard2of2\.bin can't be read/);
  });
});

test('a graph built here is saved as a model that TF.js itself loads', async () => {
  const graph = new tf.Graph();
  const y = graph.asDefault(() => {
    const x = tf.placeholder('float32', { shape: [2], name: 'x' });
    const label = tf.constant(['low', 'high'], { name: 'labels' });
    return [tf.add(tf.multiply(x, [2, 3]), 1, { name: 'y' }), label] as const;
  });
  let saved: core.io.ModelArtifacts | undefined;
  await tf.saveGraph(
    graph,
    core.io.withSaveHandler((artifacts) => {
      saved = artifacts;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
    }),
  );
  const model = await loadGraphModel(core.io.fromMemory(saved!));
  const output = model.execute({ x: core.tensor1d([10, 20]) }, 'y') as core.Tensor;
  assert.deepEqual([...output.dataSync()], [21, 61]);
  const again = tf.graphFromArtifacts(saved!);
  assert.equal(String(await new tf.Session(again).run('labels')), "['low' 'high']");
  assert.equal(y.length, 2);
});

test('asynchronous ops run by run(), and runSync() says why it can not', async () => {
  const node = [
    { name: 'c', op: 'Placeholder', attr: { dtype: { type: 'DT_BOOL' }, shape: dim(-1) } },
    { name: 'where', op: 'Where', input: ['c'], attr: { T: { type: 'DT_BOOL' } } },
  ];
  const session = new tf.Session(tf.graphFromModel({ node, versions: { producer: 1 } }));
  const { numTensors } = core.memory();
  assert.equal(String(await session.run('where', { c: [true, false, true] })), '[[0]\n [2]]');
  assert.equal(core.memory().numTensors, numTensors);
  assert.throws(
    () => session.runSync('where', { c: [true] }),
    /op Where \('where'\) asynchronously only.*\n.*await session\.run/,
  );
});

const good = convertedModel();
type Topology = ReturnType<typeof convertedModel>['json'];
const changed = (change: (json: Topology) => void): Topology => {
  const json = structuredClone(good.json);
  change(json);
  return json;
};
const text = JSON.stringify(good.json);
const broken: [string, tf.ModelJson, tf.WeightBytes, RegExp][] = [
  ['truncated JSON', text.slice(0, 700), good.weights, /truncated or damaged \(700 characters\)/],
  ['an empty file', '', good.weights, /is empty/],
  ['no JSON', 'hello', good.weights, /is not JSON/],
  ['a JSON number', '5', good.weights, /not an object/],
  [
    'a binary GraphDef',
    new Uint8Array([10, 9, 10, 1, 120, 18, 4]),
    good.weights,
    /is binary.*\n.*tensorflowjs_converter/,
  ],
  [
    'a Layers model',
    { modelTopology: { model_config: {} }, weightsManifest: [] },
    [],
    /Layers model.*\n.*loadLayersModel/,
  ],
  ['no topology', { weightsManifest: [] }, [], /no `modelTopology`/],
  ['no nodes', { modelTopology: { versions: {} }, weightsManifest: [] }, [], /not a GraphDef/],
  [
    'a node that is none',
    changed(({ modelTopology: { node } }) => node.push({ name: 'z' } as never)),
    good.weights,
    /Node 7 .* is not a NodeDef/,
  ],
  [
    'two nodes of one name',
    changed(({ modelTopology: { node } }) => node.push(node[0]!)),
    good.weights,
    /two nodes named 'x'/,
  ],
  [
    'an input that is missing',
    changed(({ modelTopology: { node } }) => node.splice(3, 1)),
    good.weights,
    /'best' takes the input 'dense\/Relu'/,
  ],
  [
    'a name that TF.js confuses',
    changed(({ modelTopology: { node } }) => (node[0]!.name = 'constructor')),
    good.weights,
    /name that can't be used/,
  ],
  ['truncated weights', good.json, good.weights.subarray(0, 30), /truncated: 30 bytes, the model file lists 40/],
  ['no weights', good.json, [], /truncated: 0 bytes/],
  ['too many weights', good.json, new Uint8Array(41), /too long: 41 bytes/],
  [
    'constants without weights',
    changed(({ weightsManifest }) => weightsManifest[0]!.weights.pop()),
    good.weights.subarray(0, 36),
    /no weights for 1 constants of its graph: axis/,
  ],
  ['a manifest that is none', { ...good.json, weightsManifest: [{}] }, good.weights, /no list of weight groups/],
  [
    'a cycle',
    changed(({ modelTopology: { node } }) =>
      node.push(
        { name: 'p', op: 'Identity', input: ['q'], attr: {} } as never,
        { name: 'q', op: 'Identity', input: ['p'], attr: {} } as never,
      ),
    ),
    good.weights,
    /cyclic: (p -> q -> p|q -> p -> q)/,
  ],
  [
    'an unknown op',
    changed(({ modelTopology: { node } }) => (node[6]!.op = 'FancyOp')),
    good.weights,
    /not registered 'FancyOp' \(node Identity\)/,
  ],
];

for (const [what, json, weights, message] of broken) {
  test(`${what} is explained`, () => {
    const { numTensors } = core.memory();
    assert.throws(
      () => tf.graphFromModel(json, weights),
      (error: Error) => {
        assert.ok(error instanceof tf.InvalidModelError || error instanceof tf.NotFoundError, String(error.stack));
        assert.match(error.message, message);
        return true;
      },
    );
    assert.equal(core.memory().numTensors, numTensors);
  });
}
