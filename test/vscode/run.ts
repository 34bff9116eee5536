/**
 * The extension in a real VS Code; see vsCodeRun.ts.
 *
 *     npm run test:vscode
 *     npm run test:vscode -- companion     only tests whose names contain that
 *     npm run test:vscode -- --themes      with pictures in light, dark and high contrast
 */
import { runInVsCode } from './vsCodeRun.ts';

const args = process.argv.slice(2);
let passed = 0;
let failed = 0;
try {
  await runInVsCode({
    filter: args.find((arg) => !arg.startsWith('--')) ?? '',
    everyTheme: args.includes('--themes'),
    begin: () => Promise.resolve(null),
    report({ name, ms, error }) {
      if (error === undefined) passed++;
      else failed++;
      process.stdout.write(`${error === undefined ? 'ok  ' : 'FAIL'} ${name} (${Math.round(ms)} ms)\n`);
      if (error !== undefined) process.stdout.write(`${error}\n`);
      return Promise.resolve(null);
    },
  });
} catch (error) {
  // Failed tests have been told.
  if (failed === 0) process.stdout.write(`${String(error)}\n`);
  process.exitCode = 1;
}
if (passed === 0) process.exitCode = 1;
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit();
