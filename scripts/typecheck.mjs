/** Type-checks every TypeScript project: one config per runtime, so that no side sees the other's globals. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const tsc = createRequire(import.meta.url).resolve('typescript/lib/tsc.js');
const root = fileURLToPath(new URL('..', import.meta.url));
const projects = ['.', 'src/agent', 'test/debuggee', 'samples', 'webview'];

for (const project of projects) {
  if (!existsSync(`${root}/${project}/tsconfig.json`)) continue;
  const { status } = spawnSync(process.execPath, [tsc, '--noEmit', '--project', project], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) {
    process.stderr.write(`typecheck: ${project}/tsconfig.json has errors\n`);
    process.exitCode = 1;
  }
}
