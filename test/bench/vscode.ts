/** What a person waits for in VS Code: the extension's activation, the tree after a stop, the viewer's first cells. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../support/environment.ts';
import { runInVsCode } from '../vscode/vsCodeRun.ts';
import { median, medianRatio, type Figure } from './measure.ts';

function build(...flags: string[]): void {
  execFileSync(process.execPath, [join(projectRoot, 'scripts/build.mjs'), ...flags]);
}

export async function inVsCode(): Promise<Figure[]> {
  const samples: Record<string, number[]> = {};
  // As it is shipped.
  build('--minify');
  try {
    await runInVsCode({
      suite: 'test/vscode/suite/bench.ts',
      begin: () => Promise.resolve(null),
      report({ name, ms }) {
        (samples[name] ??= []).push(ms);
        return Promise.resolve(null);
      },
    });
  } finally {
    build();
  }
  const of = (name: string) => {
    const found = samples[name];
    if (!found) throw new Error(`VS Code has not measured "${name}".`);
    return found;
  };
  const [activation, tree, variables, big, small] = ['activation', 'tree', 'variables', 'big', 'small'].map(of) as [
    number[],
    number[],
    number[],
    number[],
    number[],
  ];
  const ms = (values: number[]) => `${median(values).toFixed(0)} ms`;
  return [
    {
      name: 'VS Code, before it is needed',
      sides: 'extensions of ours that are active before a debug session or a command',
      ratio: median(of('active before')),
      target: 0,
      goal: 'at most',
      detail: `${median(of('active before'))}`,
    },
    {
      name: 'VS Code, activation',
      sides: 'loading and activating the extension / 20 ms',
      ratio: median(activation) / 20,
      target: 1,
      goal: 'at most',
      detail: ms(activation),
    },
    {
      name: 'VS Code, tree',
      sides: "from stopped to 1,000 tensors painted / VS Code's debugger answering their variables",
      ratio: medianRatio(tree, variables),
      target: 1.2,
      goal: 'at most',
      detail: `${ms(tree)} / ${ms(variables)}`,
    },
    {
      name: 'VS Code, viewer',
      sides: 'from opening the viewer to first cells, 512 MiB / 1 KiB on the device',
      ratio: medianRatio(big, small),
      target: 1.2,
      goal: 'at most',
      detail: `${ms(big)} / ${ms(small)}`,
    },
  ];
}
