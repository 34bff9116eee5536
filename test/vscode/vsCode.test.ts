/** The suite inside of VS Code, each of its tests as one of this file's. */
import { test } from 'node:test';
import { runInVsCode } from './vsCodeRun.ts';

test('the extension in a real VS Code', async (context) => {
  let end = (_error: string | undefined): void => undefined;
  await runInVsCode({
    begin({ name }) {
      void context.test(
        name,
        () =>
          new Promise<void>((resolve, reject) => {
            end = (error) => (error === undefined ? resolve() : reject(new Error(error)));
          }),
      );
      return Promise.resolve(null);
    },
    report({ error }) {
      end(error);
      return Promise.resolve(null);
    },
  });
});
