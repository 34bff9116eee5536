/** TypeScript in which the compiler has renamed variables: they have the names that their author gave them. */
import { deepStrictEqual } from 'node:assert';
import { desk, openView, rowsWith, testAt, until, type Place } from './harness.ts';

const program = '${workspaceFolder}/renamed.ts';
const renamedPlaces: Record<string, Place> = {
  tensor: { config: { type: 'tensor', program }, file: 'renamed.ts', mark: 'renamed' },
  companion: {
    config: { type: 'node', program, runtimeArgs: ['--import', 'tsx'] },
    file: 'renamed.ts',
    mark: 'renamed',
  },
};
for (const [kind, place] of Object.entries(renamedPlaces)) {
  testAt(
    place,
    `renamed, ${kind}: tensors have their author's names, in the view and at the ends of lines`,
    async () => {
      await openView();
      const rows = await rowsWith('kernel');
      const names = rows.slice(rows.findIndex((row) => row.startsWith('Local')) + 1).map((row) => row.split(' ')[0]);
      deepStrictEqual(names.slice(0, 4), ['layer.weights[0]', 'layer.weights[1]', 'kernel', 'bias']);
      await until('the line that sets both shows both', async () => {
        const lines = await desk('texts', { selector: '.view-line' });
        const line = lines
          .map((text) => text.replace(/\s/g, ' '))
          .find((text) => text.includes('const [kernel, bias]'));
        return line?.includes('kernel = float32[2, 3]') === true && line.includes('bias = float32[3]');
      });
    },
  );
}
