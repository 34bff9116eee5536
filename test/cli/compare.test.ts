/** `compare`: what numpy.allclose says of two files is the exit status; the document says where and how much. */
import assert from 'node:assert/strict';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { CompareDocument } from '../../src/cli/compare.ts';
import { npyHeader } from '../../src/formats/npyHeader.ts';
import { encodeElements } from '../../src/tensor/dtypes.ts';
import { runPython } from '../formats/python.ts';
import { runCli } from '../support/cli.ts';
import { projectRoot } from '../support/environment.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

const schema = JSON.parse(readFileSync(`${projectRoot}schema/compare.schema.json`, 'utf8')) as object;
const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile<CompareDocument>(schema);

async function compare(...args: string[]) {
  const result = await runCli(['compare', '--json', ...args]);
  const document: unknown = JSON.parse(result.stdout);
  assert.ok(validate(document), JSON.stringify(validate.errors));
  return { ...result, document };
}

/** Pairs of arrays, saved in different storage, and what NumPy says of them. */
const makePairs = `
import json, sys, numpy as np
rng = np.random.default_rng(3)
base = rng.standard_normal((70, 30, 11)).astype(np.float32)
near = base + np.float32(1e-6) * rng.standard_normal(base.shape).astype(np.float32)
far = near.copy(); far[50, 3, 4] += 0.5; far[60, 1, 1] = np.nan
nan = base.copy(); nan[0, 0, 1] = np.nan; nan[1, 0, 0] = np.inf
big = rng.integers(-2**62, 2**62, (40, 50)); other = big.copy(); other[3, 7] += 1
z = (base + 1j * near).astype(np.complex64)
pairs = [(base, near, {}), (base, np.asfortranarray(near), {'rtol': 1e-3}), (base, far, {'atol': 1e-4}),
    (np.asfortranarray(base), np.asfortranarray(far), {}), (base.astype('>f8'), base, {}), (nan, nan, {}), (nan, nan, {'equal_nan': True}),
    (big, other, {'rtol': 0.0, 'atol': 0.0}), (base > 0, near > 0, {}), (z, z + np.complex64(1e-3j), {}), (base.astype(np.float16), base, {'rtol': 1e-2}),
    (np.float32(1), np.float32(1), {}), (np.zeros((0, 3)), np.zeros((0, 3)), {})]
out = []
with np.errstate(invalid='ignore'):
    for i, (a, b, options) in enumerate(pairs):
        np.save(f'{sys.argv[1]}/{i}a.npy', a); np.save(f'{sys.argv[1]}/{i}b.npy', b)
        close = np.isclose(a, b, **options)
        # Doubles hold no difference of 1 at 2^62; the integers themselves do.
        if a.dtype == np.int64: close = a == b
        bad = np.argwhere(~close)
        out.append({'options': options, 'different': int((~close).sum()), 'first': bad[0].tolist() if len(bad) else None})
print(json.dumps(out))
`;

test('--export writes the differences, whatever the status', async () => {
  await inTemporaryFolder(async (folder) => {
    const file = (name: string): string => join(folder, name);
    const script = `
import os, sys, numpy as np
os.chdir(sys.argv[1])
big = 2**53 + np.arange(6).reshape(2, 3)
np.savez('a.npz', x=np.float32([[1, np.nan, 4]] * 400_000), big=big, other=np.zeros(2), word=np.array(['a']))
np.savez('b.npz', x=np.asfortranarray(np.float64([[1.5, 2, 1]] * 400_000)), big=big - 1, other=np.zeros(3), word=np.array(['b']))`;
    runPython(['-c', script, folder]);
    const both = [file('a.npz'), file('b.npz')];
    const { status, document } = await compare('--export', file('d.npz'), ...both);
    assert.equal(status, 1);
    const [{ tensors, format } = assert.fail('nothing was written')] = document.exports;
    // Those of different shapes, and text, have none.
    assert.deepEqual([tensors, format], [['x', 'big'], 'npz']);
    const check = `
import sys, numpy as np
d = np.load(sys.argv[1])
np.testing.assert_array_equal(d['x'], [[-0.5, np.nan, 3]] * 400_000)
np.testing.assert_array_equal(d['big'], np.ones((2, 3)))
print(d['x'].dtype, sorted(d.files))`;
    assert.equal(runPython(['-c', check, file('d.npz')]).trim(), "float64 ['big', 'x']");

    const again = await compare('--export', file('d.npz'), ...both);
    assert.deepEqual([again.status, again.document.close, again.document.exports], [4, false, []]);
    assert.equal(again.document.errors[0]?.help, 'Choose another name, or replace it with --force.');
    const ofOne = both.map((path) => `${path}#x`);
    const forced = await compare('--force', '--export', file('d.npz'), ...ofOne);
    assert.deepEqual([forced.status, forced.document.exports[0]?.tensors], [1, ['x']]);

    const picture = await compare('--export', file('d.png'), ...both.map((path) => `${path}#big`));
    assert.equal(picture.status, 0);
    const levels = readFileSync(file('d.png'));
    assert.equal(levels.subarray(1, 4).toString(), 'PNG');
    const words = await compare('--export', file('w.npy'), ...both.map((path) => `${path}#word`));
    assert.equal(words.status, 4);
    assert.match(words.document.errors[0]?.message ?? '', /was not written: the files have no tensors of numbers/);
    assert.deepEqual(readdirSync(folder).sort(), ['a.npz', 'b.npz', 'd.npz', 'd.png']);
  });
});

test('what is wrong with a tensor says which of the files has it', async () => {
  await inTemporaryFolder(async (folder) => {
    const script = `
import os, sys, numpy as np
os.chdir(sys.argv[1])
np.savez('good.npz', x=np.arange(1000.), y=np.arange(3))
damaged = bytearray(open('good.npz', 'rb').read()); damaged[500] ^= 1
open('bad.npz', 'wb').write(damaged)
np.savez('objects.npz', x=np.array([{}, 1], dtype=object), y=np.arange(3))`;
    runPython(['-c', script, folder]);
    const cases: [string, RegExp][] = [
      ['bad.npz', /^x: bad\.npz: The checksum of x\.npy is wrong/],
      ['objects.npz', /^x: objects\.npz: This file holds Python objects/],
    ];
    for (const [name, message] of cases) {
      const { status, document } = await compare(join(folder, 'good.npz'), join(folder, name));
      assert.equal(status, 4);
      assert.match(document.errors[0]?.message ?? '', message);
    }
  });
});

test('people read complex numbers as Python writes them', async () => {
  await inTemporaryFolder(async (folder) => {
    const script = "import numpy as np; np.save('a', [1 - 2j]); np.save('b', [1 + 2.5j])";
    runPython(['-c', `import os, sys; os.chdir(sys.argv[1]); ${script}`, folder]);
    const { stdout } = await runCli(['compare', join(folder, 'a.npy'), join(folder, 'b.npy')]);
    assert.match(stdout, /largest absolute difference 4\.5 at \[0\]: 1-2j and 1\+2\.5j$/m);
  });
});

test('the status is what NumPy says', async () => {
  await inTemporaryFolder(async (folder) => {
    const pairs = JSON.parse(runPython(['-c', makePairs, folder])) as {
      options: { rtol?: number; atol?: number; equal_nan?: boolean };
      different: number;
      first: number[] | null;
    }[];
    for (const [i, { options, different, first }] of pairs.entries()) {
      const { rtol, atol, equal_nan: equalNan } = options;
      const { status, document } = await compare(
        join(folder, `${i}a.npy`),
        join(folder, `${i}b.npy`),
        ...(rtol === undefined ? [] : ['--rtol', String(rtol)]),
        ...(atol === undefined ? [] : ['--atol', String(atol)]),
        ...(equalNan ? ['--equal-nan'] : []),
      );
      assert.equal(status, different === 0 ? 0 : 1, `pair ${i}`);
      assert.equal(document.close, different === 0);
      assert.deepEqual([document.tensors[0]?.different, document.tensors[0]?.first], [different, first], `pair ${i}`);
    }
  });
});

test('archives: by name, by one name, with one that is missing', async () => {
  await inTemporaryFolder(async (folder) => {
    const make = `
import sys, numpy as np
a, b, c = np.arange(6.).reshape(2, 3), np.array(['x', 'y']), np.ones(3)
np.savez(sys.argv[1] + '/1.npz', a=a, b=b, c=c)
np.savez_compressed(sys.argv[1] + '/2.npz', a=a.astype(np.float32), b=b)
np.savez(sys.argv[1] + '/3.npz', a=a + [0, 0, 7], b=np.array(['x', 'z']), c=np.ones(4))
np.savez(sys.argv[1] + '/4.npz', other=a)
np.savez(sys.argv[1] + '/5.npz', a=b, b=np.array([{}], dtype=object))`;
    runPython(['-c', make, folder]);
    const file = (name: string): string => join(folder, name);
    const missing = await compare(file('1.npz'), file('2.npz'));
    assert.equal(missing.status, 1);
    assert.deepEqual([missing.document.onlyInA, missing.document.onlyInB], [['c'], []]);
    assert.deepEqual(
      missing.document.tensors.map(({ close, sameDType }) => [close, sameDType]),
      [
        [true, false],
        [true, true],
      ],
    );
    assert.equal((await compare(`${file('1.npz')}#a`, file('2.npz'))).status, 0);
    assert.equal((await compare(`${file('1.npz')}#a`, file('4.npz'))).status, 0);
    const different = await compare(file('1.npz'), file('3.npz'));
    assert.equal(different.status, 1);
    const [a, b, c] = different.document.tensors;
    assert.deepEqual(a?.absolute, { difference: 7, index: [0, 2], a: 2, b: 9 });
    assert.deepEqual(a?.relative, { difference: 7 / 9, index: [0, 2], a: 2, b: 9 });
    assert.deepEqual([b?.different, b?.first, b?.absolute], [1, [1], null]);
    assert.deepEqual([c?.sameShape, c?.close, c?.count], [false, false, 0]);

    const before = await runCli(['--rtol', '1e-3', 'compare', file('1.npz'), file('1.npz')]);
    assert.deepEqual([before.status, before.stderr], [0, '']);
    const negative = await runCli(['compare', '--rtol', '-1', file('1.npz'), file('1.npz')]);
    assert.match(negative.stderr, /--rtol is a number from 0, not "-1"/);
    const unrelated = await compare(file('1.npz'), file('4.npz'));
    assert.equal(unrelated.status, 4);
    assert.match(unrelated.document.errors[0]?.message ?? '', /no tensor of the same name/);
    const text = await compare(file('1.npz'), file('5.npz'));
    assert.equal(text.status, 4);
    assert.match(text.document.errors.map(({ message }) => message).join('\n'), /one holds text[^]*pickle/);
    const unknown = await compare(`${file('1.npz')}#x`, file('2.npz'));
    assert.equal(unknown.status, 4);
    assert.match(unknown.stderr, /no tensor called "x"[^]*a, b, c/);
  });
});

test('for people', async () => {
  await inTemporaryFolder(async (folder) => {
    runPython([
      '-c',
      "import sys, numpy as np; np.save(sys.argv[1] + '/a.npy', [1., 2, 3]); np.save(sys.argv[1] + '/b.npy', [1., 2, np.nan])",
      folder,
    ]);
    const { status, stdout } = await runCli(['compare', join(folder, 'a.npy'), join(folder, 'b.npy')]);
    assert.equal(status, 1);
    assert.match(stdout, /float64\[3\], 1 of 3 elements differ, the first at \[2\]\n {2}1 of them by NaN/);
    assert.match(stdout, /Not close \(rtol 0\.00001, atol 1e-8\)/);
  });
});

test('values that differ are printed differently; integers of 64 bits are what they are, beside floats, too', async () => {
  await inTemporaryFolder(async (folder) => {
    const make = `
import os, sys, numpy as np
os.chdir(sys.argv[1])
np.save('half.npy', np.array([65504], np.float16)); np.save('single.npy', np.array([65500], np.float32))
np.save('integer.npy', np.array([2**53 + 1])); np.save('double.npy', np.array([2.0**53]))`;
    runPython(['-c', make, folder]);
    const half = await compare(join(folder, 'half.npy'), join(folder, 'single.npy'));
    assert.deepEqual(half.document.tensors[0]?.absolute, { difference: 4, index: [0], a: 65504, b: 65500 });
    const files = [join(folder, 'integer.npy'), join(folder, 'double.npy')];
    const exact = await compare('--rtol', '0', '--atol', '0', ...files);
    const absolute = { difference: 1, index: [0], a: '9007199254740993', b: 9007199254740992 };
    assert.deepEqual([exact.status, exact.document.tensors[0]?.absolute], [1, absolute]);
    assert.equal((await compare(...files)).status, 0);
  });
});

test('256 MiB against as many in the other order, in bounded memory', async () => {
  await inTemporaryFolder(async (folder) => {
    const shape = [1 << 14, 1 << 14];
    const paths = [false, true].map((fortranOrder) => {
      const path = join(folder, `${fortranOrder}.npy`);
      const head = npyHeader('|u1', shape, { fortranOrder });
      const descriptor = openSync(path, 'w');
      writeSync(descriptor, head);
      ftruncateSync(descriptor, head.length + shape[0]! * shape[1]!);
      if (fortranOrder)
        writeSync(descriptor, encodeElements([9], 'uint8'), 0, 1, head.length + 15000 * shape[0]! + 10000);
      closeSync(descriptor);
      return path;
    });
    let peak = 0;
    let timer: NodeJS.Timeout | undefined;
    const result = await runCli(['compare', '--json', ...paths], {
      whileRunning({ pid }) {
        timer = setInterval(() => {
          const text = readFileSync(`/proc/${pid}/status`, 'utf8');
          peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(text)?.[1] ?? 0) / 1024);
        }, 100);
      },
    });
    clearInterval(timer);
    const document = JSON.parse(result.stdout) as CompareDocument;
    assert.deepEqual(document.tensors[0]?.absolute, { difference: 9, index: [10000, 15000], a: 0, b: 9 });
    assert.deepEqual([result.status, document.tensors[0]?.different], [1, 1]);
    assert.ok(peak > 0 && peak < 200, `${peak} MiB`);
  });
});

test('a # in the name of a tensor, and of a file', async () => {
  await inTemporaryFolder(async (folder) => {
    const script = `
import os, sys, numpy as np
os.chdir(sys.argv[1])
os.mkdir('a#b')
for name in ['x.npz', 'x#1.npz', 'a#b/x.npz']: np.savez(name, **{'w#1': np.arange(3), 'w': np.arange(4)})
np.save('x.npz#w.npy', np.arange(4))`;
    runPython(['-c', script, folder]);
    const names = ['x.npz#w#1', 'x#1.npz#w#1', 'a#b/x.npz#w#1', 'x.npz#w', 'x.npz#w.npy'];
    const counts: (number | undefined)[] = [];
    for (const name of names) {
      const { document } = await compare(join(folder, name), join(folder, name));
      counts.push(document.tensors[0]?.count);
    }
    assert.deepEqual(counts, [3, 3, 3, 4, 4]);
    const { status, document } = await compare(join(folder, 'missing.npz#w#1'), join(folder, 'x.npz#w'));
    assert.equal(status, 4);
    assert.match(document.errors[0]?.message ?? '', /missing\.npz can't be opened: there is no such file\.$/);
  });
});

test('ended by a signal, it leaves nothing of what it has unpacked', async () => {
  await inTemporaryFolder(async (folder) => {
    const script = 'import sys, numpy as np; np.savez_compressed(sys.argv[1], x=np.zeros((4096, 4096)))';
    const [file, scratch] = [join(folder, 'x.npz'), join(folder, 'scratch')];
    runPython(['-c', script, file]);
    mkdirSync(scratch);
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      let isUnpacking = false;
      const result = await runCli(['compare', file, file], {
        env: { TMPDIR: scratch },
        whileRunning(cli) {
          const timer = setInterval(() => {
            isUnpacking = openFiles(cli.pid ?? 0).some(({ name, size }) => name.startsWith(scratch) && size > 0);
            if (!isUnpacking) return;
            clearInterval(timer);
            cli.kill(signal);
          }, 1);
        },
      });
      assert.ok(isUnpacking);
      assert.equal(result.stdout, '');
      assert.deepEqual(readdirSync(scratch), [], signal);
    }
  });
});

function openFiles(pid: number): { name: string; size: number }[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((descriptor) => {
    const path = join(folder, descriptor);
    try {
      return [{ name: readlinkSync(path), size: statSync(path).size }];
    } catch {
      // Closed just now.
      return [];
    }
  });
}

const wrong: [name: string, args: string[], message: RegExp][] = [
  ['one file', ['a.npy'], /compare needs two files/],
  ['three files', ['a.npy', 'b.npy', 'c.npy'], /"c\.npy"/],
  ['a tolerance that is none', ['--rtol', 'x', 'a.npy', 'b.npy'], /--rtol is a number from 0, not "x"/],
  ['an option of another command', ['--break', 'a.npy', 'b.npy'], /--break/],
];
for (const [name, args, message] of wrong) {
  test(`usage: ${name}`, async () => {
    const { status, stderr, document } = await compare(...args);
    assert.equal(status, 2);
    assert.match(stderr, message);
    assert.equal(document.close, null);
  });
}

test('status 4: what is no file', async () => {
  const { status, document } = await compare('/nowhere/a.npy', '/nowhere/b.npy');
  assert.equal(status, 4);
  assert.match(document.errors[0]?.message ?? '', /\/nowhere\/a\.npy can't be opened/);
});

test('status 4: a pipe, a folder, an archive of nothing, and which of two files is damaged', async () => {
  await inTemporaryFolder(async (folder) => {
    const script = `
import os, sys, zipfile, numpy as np
os.chdir(sys.argv[1])
os.mkfifo('pipe.npy')
os.mkdir('folder.npy')
zipfile.ZipFile('nothing.npz', 'w').close()
np.save('good.npy', np.arange(6))
open('magic.npy', 'wb').write(b'\\x93NUMPY')
open('x.txt', 'wb').close()
open('cut.npy', 'wb').write(open('good.npy', 'rb').read()[:-3])
np.lib.format.write_array_header_1_0(open('negative.npy', 'wb'), {'descr': '<f4', 'fortran_order': False, 'shape': (-3, 2)})`;
    runPython(['-c', script, folder]);
    const messages: Record<string, RegExp> = {
      'pipe.npy': /pipe\.npy is not a file/,
      'folder.npy': /folder\.npy is not a file/,
      'nothing.npz': /nothing\.npz holds no tensor/,
      'cut.npy': /^cut\.npy: The \.npy header promises 48 bytes of shape \(6\), the file holds 45/,
      'magic.npy': /^magic\.npy: The file ends within the \.npy header\.$/,
      'negative.npy': /^negative\.npy: The \.npy header has an impossible shape: \(-3, 2\)/,
    };
    for (const [name, message] of Object.entries(messages)) {
      const { status, document } = await compare(join(folder, 'good.npy'), join(folder, name));
      assert.equal(status, 4);
      assert.match(document.errors[0]?.message ?? '', message);
    }
    const { document } = await compare(join(folder, 'good.npy'), join(folder, 'x.txt'));
    assert.equal(document.errors[0]?.help, 'Use one of .npy, .npz, .safetensors, .csv, .tsv, .json.');
  });
});
