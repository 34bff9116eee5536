/** The suite in a real VS Code, each of its tests told as a test. */
import { test } from 'node:test';
import { runInVsCode } from './vsCodeRun.ts';

test('VS Code runs the suite to its end', async (context) => {
  /** The test that runs in VS Code: its counterpart here waits for what is said of it. */
  let finish: ((error: string | undefined) => void) | undefined;
  let told: Promise<void> = Promise.resolve();
  await runInVsCode('', {
    begin({ name }) {
      const finished = new Promise<string | undefined>((resolve) => (finish = resolve));
      told = context.test(name, async () => {
        const error = await finished;
        if (error !== undefined) throw new Error(error);
      });
      return Promise.resolve(null);
    },
    async report({ error }) {
      finish?.(error);
      await told;
      return null;
    },
  });
});
