/** What the runtimes hold besides readable tensors: models, sessions, tensors without a value, versions nobody knows. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ListedTensor } from '../../src/protocol/requests.ts';
import type { RuntimeDescription, TensorDescriptor } from '../../src/protocol/tensor.ts';
import { gpuEnvironment } from '../support/environment.ts';
import { PausedProgram } from '../support/pausedProgram.ts';
import { assertRefused, refused } from '../support/refused.ts';

class Stop {
  readonly program: PausedProgram;
  readonly listed: Map<string, ListedTensor>;
  readonly runtimes: RuntimeDescription[];

  private constructor(program: PausedProgram, listed: ListedTensor[], runtimes: RuntimeDescription[]) {
    this.program = program;
    this.listed = new Map(listed.map((each) => [each.expression, each]));
    this.runtimes = runtimes;
  }

  static async at(file: string, env?: Record<string, string>): Promise<Stop> {
    const program = await PausedProgram.start(file, { ...(env && { env }) });
    const { tensors, runtimes } = await program.inspector.list(program.top);
    return new Stop(program, tensors, runtimes);
  }

  evaluate(expression: string): Promise<TensorDescriptor> {
    return this.program.inspector.evaluate(this.program.top, expression, { throwOnSideEffect: true });
  }

  async read(expression: string): Promise<unknown> {
    return (await this.program.inspector.read((await this.evaluate(expression)).id, {})).values;
  }

  runtime(name: string): RuntimeDescription[] {
    return this.runtimes.filter((runtime) => runtime.name === name);
  }
}

/** What makes a symbolic tensor one: a type, and no value, for a reason. */
function assertSymbolic(tensor: TensorDescriptor | undefined, dtype: string, shape: (number | null)[]): void {
  assert.ok(tensor);
  const { kind, state, access, warnings } = tensor;
  assert.deepEqual({ kind, dtype: tensor.dtype, shape: tensor.shape }, { kind: 'symbolic', dtype, shape });
  assert.deepEqual([state, access.how], ['uninitialised', 'none']);
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ['symbolic-no-value'],
  );
}

describe('ONNX Runtime', () => {
  let stop: Stop;
  before(async () => (stop = await Stop.at('readers/onnxruntime.mjs')));
  after(() => stop.program.end());

  test('is described with its versions and what runs its sessions', () => {
    assert.deepEqual(
      stop.runtime('onnxruntime').map(({ backend, mode, device, version }) => [backend, mode, device?.type, version]),
      [
        ['node', 'graph', 'native', '1.30.0'],
        ['web', 'graph', 'wasm', '1.30.0'],
      ],
    );
  });

  test('sessions show what they take and give', () => {
    for (const session of ['session', 'webSession']) {
      const [input, output] = [`${session}.inputMetadata[0]`, `${session}.outputMetadata[0]`].map(
        (expression) => stop.listed.get(expression)?.tensor,
      );
      assertSymbolic(input, 'float32', [null, 3]);
      assertSymbolic(output, 'float32', [null, 2]);
      assert.deepEqual([input?.label, output?.label], ['x', 'scores']);
      assert.match(input!.access.reason!, /batch/);
    }
  });

  test('what can not be read says so and why, and nothing moves', async () => {
    const { program } = stop;
    const read = (name: string) => () => stop.read(`unreadable.${name}`);
    await assertRefused('disposed', /was disposed/, read('disposed'));
    await assertRefused('disposed', /transferred away/, read('detached'));
    await assertRefused('not-readable', /MLTensor of WebNN/, read('mlTensor'));
    await assertRefused('not-readable', /WebGL texture/, read('texture'));
    await assertRefused('not-readable', /int4 has two elements to a byte/, read('packed'));
    await assertRefused('disposed', /was destroyed/, read('destroyed'));
    assert.equal((await stop.evaluate('unreadable.disposed')).state, 'disposed');
    const locations = await program.ask('Object.values(unreadable).map((tensor) => tensor.location).join()');
    assert.equal(locations, 'none,cpu,ml-tensor,texture,gpu-buffer,gpu-buffer,cpu');
  });

  test('types without a dtype of their own say so', async () => {
    assert.match(
      (await stop.evaluate('groups.cpu.int4')).access.reason!,
      /int4 elements, two to a byte, are shown as int8/,
    );
  });

  test('a version that nobody knows is read as far as its public properties go', async () => {
    assert.match((await stop.evaluate('versions.unknown')).access.reason!, /not known \(1\.0 to 1\.30 are\)/);
    assert.match((await stop.evaluate('versions.renamed')).access.reason!, /not known \(1\.0 to 1\.30 are\)/);
    await assertRefused('not-readable', /not where ONNX Runtime 1\.0 to 1\.30 keeps it/, () =>
      stop.read('unreadable.empty'),
    );
    const onDevice = await stop.evaluate('unknownOnDevice');
    assert.equal(onDevice.access.how, 'none');
    await assertRefused('not-readable', /not where ONNX Runtime 1\.0 to 1\.30 keeps it/, () =>
      stop.read('unknownOnDevice'),
    );
  });
});

for (const TFJS_BACKEND of ['cpu', 'webgpu']) {
  test(`tensors of TF.js that were cast without a kernel have the values that data() gives, ${TFJS_BACKEND}`, async (t) => {
    const { program, listed } = await Stop.at('readers/tfjsCasts.mjs', { ...gpuEnvironment(), TFJS_BACKEND });
    t.after(() => program.end());
    const found: Record<string, number[]> = {};
    for (const [expression, { tensor }] of listed) {
      const name = /^casts\.(\w+)$/.exec(expression)?.[1];
      if (name === undefined) continue;
      const { values } = await program.inspector.read(tensor.id, { slice: '...' });
      found[name] = (values as unknown[]).flat(3).map(Number);
      if (tensor.dtype === 'complex64') continue;
      const stats = await program.inspector.stats(tensor.id, { bins: 0 });
      assert.deepEqual([stats.min, stats.max], [Math.min(...found[name]), Math.max(...found[name])], name);
    }
    assert.equal(await program.resume(), false);
    const { stdout } = await program.closedOutput();
    assert.deepEqual(found, JSON.parse(stdout.slice(stdout.indexOf('{'))));
    assert.deepEqual(found['floats'], [2, -4, 6]);
  });
}

describe('models of TF.js', () => {
  let stop: Stop;
  before(async () => (stop = await Stop.at('readers/tfjsModels.mjs')));
  after(() => stop.program.end());
  const tensor = (expression: string) => stop.listed.get(expression)?.tensor;

  test('a graph model shows its inputs, outputs, weights and nodes', async () => {
    assertSymbolic(tensor('model.inputs[0]'), 'float32', [null, 3]);
    assertSymbolic(tensor('model.outputs[0]'), 'float32', [null, 2]);
    const names = [...stop.listed.keys()].filter((expression) => expression.startsWith('model.'));
    const node = (name: string) => `model.executor.graph.nodes[${JSON.stringify(name)}]`;
    const computed = ['best', 'large', 'halves', 'probabilities', 'same', 'spectrum', 'odd'];
    const between = ['loose', 'dense/MatMul', 'sum', ...computed];
    assert.deepEqual(names, [
      'model.inputs[0]',
      'model.outputs[0]',
      'model.weights["kernel"][0]',
      'model.weights["bias"][0]',
      'model.weights["axis"][0]',
      ...between.map(node),
      'model.cached',
    ]);
    assert.deepEqual(await stop.read('model.weights["bias"][0]'), [0.5, -0.5]);
    assert.deepEqual(
      between.map((name) => tensor(node(name))?.dtype),
      ['int32', 'float32', 'float32', 'int32', 'bool', 'float32', 'float32', 'int32', 'complex64', 'unknown'],
    );
    // A constant is what its weight is.
    assertSymbolic(await stop.evaluate(node('kernel')), 'float32', [3, 2]);
    assertSymbolic(await stop.evaluate(node('axis')), 'int32', []);
    assert.equal(tensor(node('sum'))?.unknownRank, true);
    assert.equal(tensor('model.inputs[0]')?.unknownRank, undefined);
    assert.match(tensor(node('sum'))!.access.reason!, /AddV2 .*[Nn]ot even its rank/);
    assertSymbolic(await stop.evaluate(node('sum')), 'float32', []);
    // What the getter makes anew at every call.
    assertSymbolic(await stop.evaluate('model.inputs[0]'), 'float32', [null, 3]);
    await assertRefused('not-readable', /no value until the model is executed/, () => stop.read('model.outputs[0]'));
  });

  test('inputs and outputs that the program holds are known by their model, wherever it comes', async () => {
    assertSymbolic(tensor('held'), 'float32', [null, 2]);
    assertSymbolic(tensor('input0'), 'float32', [null, 3]);
    await assertRefused('not-a-tensor', /is an Object/, () => stop.read('converted.weightSpecs[0]'));
  });

  test('a Layers model shows its weights and symbolic tensors, each once', () => {
    const names = [...stop.listed.keys()].filter((expression) => /^(layers|functional)\b/.test(expression));
    for (const name of ['weights[0]', 'weights[1]', 'inputs[0]', 'outputs[0]']) {
      assert.ok(names.includes(`layers.${name}`), `${name} is not among ${names.join()}`);
    }
    assert.equal(new Set(names.map((name) => tensor(name)!.id)).size, names.length, names.join());
    assertSymbolic(tensor('layers.inputs[0]'), 'float32', [null, 3]);
    assertSymbolic(tensor('functional.inputs[0]'), 'int32', [null, null, 5]);
    assertSymbolic(tensor('embedded'), 'float32', [null, null, 5, 4]);
    assert.equal(tensor('input')?.label, 'tokens');
  });

  test('the weights of a Layers model have the names that the model gives them, in cells, wrappers and models too', async (t) => {
    const { program, listed } = await Stop.at('readers/tfjsWeights.mjs');
    t.after(() => program.end());
    const found: Record<string, unknown> = {};
    for (const [name, { tensor }] of listed) {
      if (tensor.kind !== 'eager') continue;
      const { values } = await program.inspector.read(tensor.id, {});
      found[name] = (values as unknown[]).flat()[0];
    }
    const { reversed, ...expected } = JSON.parse((await program.ask('expected')) as string) as Record<string, number[]>;
    const [kernel, bias, scale, steps] = reversed!;
    assert.deepEqual(found, {
      ...Object.fromEntries(
        Object.entries(expected).flatMap(([name, values]) =>
          values.map((value, index) => [`${name}.weights[${index}]`, value]),
        ),
      ),
      'reversed.layers[0].weights[0]': kernel,
      'reversed.layers[0].weights[1]': bias,
      'reversed.layers[1]._trainableWeights[0]': scale,
      'reversed.layers[1]._nonTrainableWeights[0]': steps,
    });
    assert.equal(await program.ask('Reversed.asked'), 0);
  });

  test('tensors of one runtime inside the container of another are found', async () => {
    assert.deepEqual(await stop.read('model.cached'), [7, 8]);
    assert.ok(stop.listed.has('session.latest'));
    assert.deepEqual(await stop.read('session.latest'), [9]);
  });

  test('variables have their names, and buffers their strings', async () => {
    const { className, label } = tensor('variable')!;
    assert.deepEqual([className, label], ['Variable', 'counter']);
    assert.deepEqual(await stop.read('buffer'), ['a', 'b']);
  });
});

test('a frame with nothing but tracers of jit says that jax-js is there, and in graph mode', async () => {
  const stop = await Stop.at('readers/jaxJit.mjs');
  try {
    assertSymbolic(stop.listed.get('x')?.tensor, 'float32', [2]);
    assert.deepEqual(stop.runtimes, [{ name: 'jax-js', mode: 'graph' }]);
  } finally {
    await stop.program.end();
  }
});

test('a backend with the public side of the one of tfjs-node is read through readSync()', async () => {
  const stop = await Stop.at('readers/tfjsNode.mjs');
  try {
    const { device, location, access } = await stop.evaluate('numbers');
    assert.deepEqual([device.type, location, access.how], ['native', 'device', 'copy']);
    const rows = [
      [1.5, -2, 3],
      [4, 5, 6],
    ];
    assert.deepEqual(await stop.read('numbers'), rows);
    assert.deepEqual(await stop.read('flags'), [true, false]);
    assert.equal((await stop.evaluate('gone')).state, 'disposed');
    assert.deepEqual(
      stop.runtime('tfjs').map(({ backend }) => backend),
      ['tensorflow'],
    );
  } finally {
    await stop.program.end();
  }
});

test('objects that only look like descriptions of tensors are none', async () => {
  const { listed, runtimes, program } = await Stop.at('readers/lookalikes.mjs');
  try {
    assert.deepEqual([[...listed.keys()], runtimes], [['array'], []]);
  } finally {
    await program.end();
  }
});

describe('tensors of TF.js that are not where the reader looks', () => {
  let program: PausedProgram;
  before(async () => (program = await PausedProgram.start('readers/tfjsUnknown.mjs')));
  after(() => program.end());

  /** Alive, without a warning, and refused for the same reason by the description and the read; with a way to read it. */
  async function assertUnknown(expression: string, reason: RegExp): Promise<void> {
    const { tensors, runtimes } = await program.inspector.list(program.top);
    const { id, state, access, warnings, dtype, shape } =
      tensors.find((listed) => listed.expression === expression)?.tensor ?? assert.fail(`${expression} is not listed`);
    assert.deepEqual({ state, warnings, dtype, shape }, { state: 'live', warnings: [], dtype: 'float32', shape: [2] });
    assert.match(access.reason ?? '', reason);
    assert.match(access.help ?? '', /debug console: Array\.from\(tensor\.dataSync\(\)\)/);
    await assertRefused('not-readable', reason, () => program.inspector.read(id, {}));
    assert.deepEqual(
      runtimes.map(({ name, version }) => [name, version]),
      [['tfjs', '4.22.0']],
    );
  }

  test("a backend of the program's own is named", async () => {
    for (const name of ['numbers', 'tripled']) await assertUnknown(name, /backend "ours" can't be read/);
    assert.deepEqual((await program.inspector.list(program.top)).tensors[0]?.tensor.device, {
      type: 'unknown',
      name: 'ours',
    });
  });

  for (const [key, keeper] of [
    ['_tfengine', 'the engine'],
    ['state', 'the engine'],
    ['tensorInfo', 'the engine'],
    ['data', 'the cpu backend'],
  ]) {
    test(`a version without ${key} is not known, and nothing is called disposed`, async () => {
      assert.equal(await program.resume(), true);
      assert.equal(await program.ask('key'), key);
      for (const name of ['tensor', 'variable']) {
        await assertUnknown(name, new RegExp(`is not where ${keeper} of TF\\.js 4\\.0 to 4\\.22 keeps it`));
      }
    });
  }

  for (const key of ['isDisposedInternal', 'dataId']) {
    test(`a tensor without ${key} is listed all the same, as one of an unknown version`, async () => {
      assert.equal(await program.resume(), true);
      assert.equal(await program.ask('key'), key);
      await assertUnknown('tensor', /is not where a tensor of TF\.js 4\.0 to 4\.22 keeps it/);
      const { id } = await program.inspector.evaluate(program.top, 'variable', { throwOnSideEffect: true });
      assert.deepEqual((await program.inspector.read(id, {})).values, [1, 2]);
      await assertRefused('not-a-tensor', /"lookalike" is an Object/, async () =>
        program.inspector.evaluate(program.top, 'lookalike', { throwOnSideEffect: true }),
      );
    });
  }

  test('the program has lost nothing', async () => {
    assert.equal(await program.resume(), false);
    assert.equal(await program.exited, 0);
    assert.equal((await program.closedOutput()).stdout, '3,6\n1,2 1,2\n');
  });
});

for (const device of ['cpu', 'wasm', 'webgpu']) {
  describe(`jax-js on ${device}`, () => {
    let stop: Stop;
    before(async () => (stop = await Stop.at('readers/jaxTracers.mjs', { JAX_DEVICE: device })));
    after(() => stop.program.end());
    const codes = ({ warnings }: TensorDescriptor) => warnings.map(({ code }) => code);

    test('a reference that reading would use up is warned of, one of several is not', async () => {
      assert.deepEqual(codes(await stop.evaluate('single')), ['consumes-reference']);
      assert.match((await stop.evaluate('single')).warnings[0]!.help, /`await single\.ref\.data\(\)`/);
      assert.deepEqual(codes(await stop.evaluate('held')), []);
      assert.deepEqual(await stop.read('held'), [1, 2, 3]);
      assert.equal((await stop.evaluate('held')).device.type, device);
      assert.deepEqual(
        stop.runtime('jax-js').map(({ backend, mode }) => [backend, mode]),
        [[device, 'eager']],
      );
    });

    test('lazy arrays say so, and are not run', async () => {
      for (const name of ['lazy', 'view']) {
        const lazy = await stop.evaluate(name);
        assert.deepEqual(
          [lazy.state, lazy.access.how, lazy.shape],
          ['pending', 'none', name === 'lazy' ? [3] : [3, 1]],
        );
        const { help } = await assertRefused('pending', /2 kernels have to run/, () => stop.read(name));
        for (const text of [help, lazy.access.help])
          assert.ok(text!.includes(`\`await ${name}.blockUntilReady()\``), text);
      }
    });

    /** Of an expression that is run when the program has gone on. */
    let later: string | undefined;
    let laterBatch: string | undefined;
    const assertSpaced = async (id: string) => {
      const values = (await stop.program.inspector.read(id, { slice: '::100' })).values as number[];
      assert.equal(values.length, 3);
      values.forEach((value, index) => assert.ok(Math.abs(value - (index * 100) / 299) < 1e-6, String(value)));
    };

    test('lazy arrays are run when that is asked for, and stay lazy for the program', async () => {
      const { inspector } = stop.program;
      for (const [name, expected] of [
        ['view', [[9], [12], [15]]],
        ['lazy', [9, 12, 15]],
      ] as const) {
        const lazy = await stop.evaluate(name);
        // The kernels of one are among those of the other.
        if (lazy.state !== 'pending') continue;
        const { tensor } = await inspector.evaluateGraph(lazy.id, []);
        assert.match(tensor.access.reason!, /ran (a kernel|\d+ kernels) of jax-js/);
        assert.deepEqual((await inspector.read(tensor.id, {})).values, expected);
      }
      await assertRefused('invalid-argument', /has its value/, async () =>
        inspector.evaluateGraph((await stop.evaluate('single')).id, []),
      );
      // An expression whose digits depend on how a kernel rounds: on cpu there is one way only.
      const spaced = await stop.evaluate('spaced');
      assert.equal(spaced.state, device === 'cpu' ? 'live' : 'pending');
      if (device === 'wasm') {
        const { tensor } = await inspector.evaluateGraph(spaced.id, []);
        await assertSpaced(tensor.id);
      }
      if (device === 'webgpu') {
        const { tensor, isLater } = await inspector.evaluateGraph(spaced.id, []);
        assert.deepEqual([isLater, tensor.state, tensor.shape], [true, 'pending', [300]]);
        assert.match(tensor.access.reason!, /jax-js makes a kernel of an expression .* asynchronously only/);
        later = tensor.id;
      }
    });

    test('zeros that nothing stores are reduced without going through them', async () => {
      const { id, strides } = await stop.evaluate('endless');
      assert.deepEqual(strides, [0, 0]);
      const { count, max, zeros } = await stop.program.inspector.stats(id, {});
      assert.deepEqual([count, max, zeros], [1e12, 0, 1e12]);
    });

    test('an array without references is gone', async () => {
      const gone = await stop.evaluate('gone');
      assert.deepEqual([gone.state, gone.access.how, codes(gone)], ['consumed', 'none', ['disposed']]);
      const { help } = await assertRefused('disposed', /last reference/, () => stop.read('gone'));
      for (const text of [help, gone.access.help, gone.warnings[0]!.help]) assert.match(text!, /`gone\.ref`/);
    });

    test('a version that keeps its state elsewhere is described by its public properties, and not guessed at', async () => {
      const { dtype, shape, access } = await stop.evaluate('other');
      assert.deepEqual([dtype, shape, access.how], ['int32', [2, 5], 'none']);
      await assertRefused('not-readable', /not where jax-js 0\.1 .* keeps it/, () => stop.read('other'));
    });

    test('tracers show the values underneath, and say so; those of jit have none', async () => {
      const rows = [
        [1, 2, 3],
        [4, 5, 6],
      ];
      const tracers: Record<string, string[]> = {
        grad: ['grad or linearize'],
        jvp: ['grad or jvp'],
        vmap: ['vmap'],
        'vmap of grad': ['grad or linearize', 'vmap'],
      };
      const where: string[] = [];
      while (await stop.program.resume()) {
        const name = (await stop.program.ask('values.where')) as string;
        if (where.at(-1) !== name) where.push(name);
        if (name === 'end') {
          // Of a value that is late, the program stops here again and again.
          if (later !== undefined) {
            const batch = await stop.program.inspector.describe(laterBatch!);
            const { state } = await stop.program.inspector.describe(later);
            if (state === 'pending' || batch.state === 'pending') continue;
            await assertSpaced(later);
            const ran = 'a kernel of jax-js for it after the program had gone on; the array itself stays lazy.';
            assert.ok(batch.access.reason!.includes(`${ran} It is a tracer of vmap`), batch.access.reason);
            assert.match(batch.access.reason!, /this is the whole batch, along axis 0/);
          }
          await stop.program.ask('values.isOver = true');
          where.push('over');
          break;
        }
        const value = await stop.evaluate('values.value');
        if (name === 'vmap of an expression') {
          if (device !== 'webgpu') continue;
          const { tensor, isLater } = await stop.program.inspector.evaluateGraph(value.id, []);
          assert.ok(isLater);
          laterBatch = tensor.id;
          continue;
        }
        if (name === 'jit') {
          assertSymbolic(value, 'float32', [2, 3]);
          assert.match(value.access.reason!, /inside jit/);
          assertSymbolic(await stop.evaluate('values.squared'), 'float32', [2, 3]);
          const { runtimes } = await stop.program.inspector.list(stop.program.top);
          assert.equal(runtimes.find((runtime) => runtime.name === 'jax-js')?.mode, 'graph');
          continue;
        }
        assert.deepEqual([value.kind, value.shape], ['tracer', [2, 3]], name);
        assert.match(value.access.reason!, /tracer of .*; shown is the value underneath/, name);
        const told = value.access.reason!.match(/(?<=tracer of )[^;]+/g);
        assert.deepEqual(told, tracers[name], 'each transformation once');
        if (name.includes('vmap')) assert.match(value.access.reason!, /whole batch, along axis 0/);
        assert.equal(value.gradient, name === 'vmap' ? undefined : true, name);
        assert.deepEqual(await stop.read('values.value'), rows, name);
        if (name === 'vmap') continue;
        const squared = await stop.evaluate('values.squared');
        assert.equal(squared.state, 'pending', name);
        // What it is told to do can be done there: a tracer has no blockUntilReady().
        const { help } = await refused(() => stop.read('values.squared'));
        for (const told of [squared.access.help, help]) assert.match(told!, /^Evaluate it here/, name);
      }
      assert.deepEqual(where, ['grad', 'jvp', 'vmap', 'vmap of an expression', 'vmap of grad', 'jit', 'end', 'over']);
    });

    test('nothing that was looked at has gained or lost a reference', async () => {
      assert.equal(await stop.program.resume(), false);
      await stop.program.exited;
      assert.equal((await stop.program.closedOutput()).stdout, '2 2 1 1 1 1\n9,12,15 9,12,15\n');
    });
  });
}
