/** --export where it can't end well: status 4 and a clear reason, nothing left in the folder, the program goes on. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { hangMs, inspect } from '../support/cli.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

test('a disk that takes no more', async () => {
  await inTemporaryFolder(async (folder) => {
    for (const ending of ['npy', 'npz', 'csv', 'json', 'safetensors']) {
      const file = join(folder, `x.${ending}`);
      // The shell allows files of 1 MiB to what it starts: a write above that fails as on a full disk.
      const shell = `trap '' XFSZ; ulimit -f 1024; exec "$@"`;
      const { status, document, stderr } = await inspect(['--expr', 'large', '--export', file, 'large.js'], {
        through: ['bash', '-c', shell, 'bash'],
      });
      assert.equal(status, 4, stderr);
      const reason = document.warnings.find(({ code }) => code === 'file-system');
      assert.match(reason?.message ?? stderr, /could not be written.*: a file may not be so large there\.$/);
      assert.deepEqual(document.exports, []);
      assert.deepEqual(readdirSync(folder), []);
      assert.deepEqual(document.program, { exitCode: 0, signal: null });
      assert.match(stderr, /went on 1048576/);
    }
  });
});

test('names that an archive can not have', async () => {
  await inTemporaryFolder(async (folder) => {
    const file = join(folder, 'x.npz');
    const leaving = await inspect(['--expr', "names['../../escape']", '--export', file, 'large.js']);
    assert.equal(leaving.status, 4);
    assert.match(leaving.document.warnings[0]?.message ?? '', /escape.* would leave the folder/);
    const twice = await inspect(['--expr', 'large', '--expr', 'large', '--export', file, 'large.js']);
    assert.equal(twice.status, 4);
    assert.match(twice.document.warnings[0]?.message ?? '', /"large" is there twice/);
    assert.match(twice.document.warnings[0]?.help ?? '', /^Give each tensor once/);
    assert.deepEqual(readdirSync(folder), []);
  });
});

test('links and folders in the place of the file', async () => {
  await inTemporaryFolder(async (folder) => {
    const [link, dangling, place] = ['link.npy', 'dangling.npy', 'folder.npy'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(join(folder, 'real'), 'precious');
    symlinkSync('real', link);
    symlinkSync('nowhere', dangling);
    mkdirSync(place);
    for (const file of [link, dangling, place]) {
      const { status, document } = await inspect(['--expr', 'large', '--slice', ':4', '--export', file, 'large.js']);
      assert.equal(status, 4);
      assert.equal(document.warnings[0]?.code, 'file-exists');
      assert.equal(document.warnings[0].help, 'Choose another name, or replace it with --force.');
    }
    assert.equal(readFileSync(link, 'utf8'), 'precious');
    const forced = await inspect(['--force', '--expr', 'large', '--slice', ':4', '--export', link, 'large.js']);
    assert.equal(forced.status, 0);
    // The link is still one; what it leads to is new.
    assert.equal(readlinkSync(link), 'real');
    assert.equal(readFileSync(join(folder, 'real')).length, 144);
    const onFolder = await inspect(['--force', '--expr', 'large', '--slice', ':4', '--export', place, 'large.js']);
    assert.equal(onFolder.status, 4);
    assert.match(
      onFolder.document.warnings[0]?.message ?? '',
      /folder\.npy could not be written in .*: it is a folder/,
    );
    assert.ok(lstatSync(place).isDirectory());
    const onDangling = await inspect(['--force', '--expr', 'large', '--slice', ':4', '--export', dangling, 'large.js']);
    assert.equal(onDangling.status, 0);
    assert.equal(readlinkSync(dangling), 'nowhere');
    assert.equal(readFileSync(join(folder, 'nowhere')).length, 144);
    assert.deepEqual(readdirSync(folder).sort(), ['dangling.npy', 'folder.npy', 'link.npy', 'nowhere', 'real']);
  });
});

test('a pipe in the place of the file', async () => {
  await inTemporaryFolder(async (folder) => {
    const pipe = join(folder, 'pipe.npy');
    execFileSync('mkfifo', [pipe]);
    const { status, document } = await inspect(['--force', '--expr', 'large', '--export', pipe, 'large.js']);
    assert.equal(status, 4);
    assert.match(document.warnings[0]?.message ?? '', /pipe\.npy could not be written in .*: it is a pipe or a device/);
    assert.ok(lstatSync(pipe).isFIFO());
    assert.deepEqual(readdirSync(folder), ['pipe.npy']);
  });
});

test('what is replaced keeps its mode', async () => {
  await inTemporaryFolder(async (folder) => {
    for (const mode of [0o600, 0o440]) {
      const file = join(folder, 'x.npy');
      rmSync(file, { force: true });
      writeFileSync(file, 'precious');
      chmodSync(file, mode);
      const { status } = await inspect(['--force', '--expr', 'large', '--slice', ':4', '--export', file, 'large.js']);
      assert.equal(status, 0);
      assert.equal(readFileSync(file).length, 144);
      assert.equal(statSync(file).mode & 0o777, mode);
    }
  });
});

test('a name as long as the system takes it, and one that is longer', async () => {
  await inTemporaryFolder(async (folder) => {
    const longest = `${'x'.repeat(251)}.npy`;
    const write = (name: string) =>
      inspect(['--expr', 'large', '--slice', ':4', '--export', join(folder, name), 'large.js']);
    assert.equal((await write(longest)).status, 0);
    const { status, document } = await write(`x${longest}`);
    assert.equal(status, 4);
    assert.match(document.warnings[0]?.message ?? '', /could not be written in .*: the name is too long\.$/);
    assert.deepEqual(readdirSync(folder), [longest]);
  });
});

/** The processes that one has started, oldest first. */
function childrenOf(pid: number | undefined): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}

/** What a process holds open in the private folder of its own that the program writes into. */
function privateFiles(pid: number): string[] {
  const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  return open.filter((file) => /\/tensor-debugger-[^/]*\/[^/]*$/.test(file));
}

for (const { victim, told } of [
  {
    victim: 'program',
    told: (file: string) => ['program-ended', `The program was ended by SIGKILL before ${file} was written.`],
  },
  {
    victim: 'adapter',
    told: () => [
      'connection-lost',
      'The debug adapter, through which the program is read, has ended; the program itself was let go.',
    ],
  },
]) {
  test(`the ${victim} is killed while a file is written: that is told once, and nothing is left`, async () => {
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, 'x.json');
      const args = ['--expr', 'new Float32Array(2 ** 26)', '--export', file, 'large.js'];
      const carriers: string[] = [];
      const { status, document } = await inspect(args, {
        whileRunning({ pid: cli }) {
          const timer = setInterval(() => {
            if (readdirSync(folder).length === 0) return;
            const adapter = childrenOf(cli).find((pid) =>
              readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('adapter.cjs'),
            ) as number;
            carriers.push(...privateFiles(adapter));
            if (carriers.length === 0) return;
            clearInterval(timer);
            process.kill(victim === 'adapter' ? adapter : (childrenOf(adapter)[0] as number), 'SIGKILL');
          }, 10);
        },
      });
      assert.equal(status, 4);
      assert.deepEqual(
        document.warnings.map(({ code, message }) => [code, message]),
        [told(file)],
      );
      // Another process removes what a killed one leaves.
      const left = () => [...readdirSync(folder), ...carriers.map(dirname).filter((path) => existsSync(path))];
      for (const end = performance.now() + hangMs; left().length > 0 && performance.now() < end;) await sleep(10);
      assert.deepEqual(left(), []);
    });
  });
}
