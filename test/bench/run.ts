/**
 * `npm run bench`: ratios of two sides that were measured interleaved in one run. Prints a table and writes it as JSON to
 * bench-results.json. Not a test: nothing fails on a noisy machine.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { copies } from './copies.ts';
import { csvFigures, exportFigures, openingFigures } from './files.ts';
import { manyTensors, smallRead, statistics, underTheDebugger, windowRead } from './figures.ts';
import { isMet, table, type Figure } from './measure.ts';
import { notFinite } from './notFinite.ts';
import { trackingFigures } from './tracking.ts';
import { viewerScrolling } from './viewer.ts';
import { inVsCode } from './vscode.ts';

const only = process.argv.slice(2);
const benches = {
  window: windowRead,
  small: smallRead,
  statistics,
  debugger: underTheDebugger,
  tracking: trackingFigures,
  export: exportFigures,
  csv: csvFigures,
  opening: openingFigures,
  list: manyTensors,
  viewer: viewerScrolling,
  copies,
  vscode: inVsCode,
  notFinite,
};
/** Needs a VS Code server, which only `setup.mjs --vscode` installs. */
const onlyIfNamed = ['vscode'];
const figures: Figure[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (only.length > 0 ? !only.includes(name) : onlyIfNamed.includes(name)) continue;
  process.stderr.write(`${name} ...\n`);
  figures.push(...(await bench()));
}
const machine = {
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
  processors: availableParallelism(),
};
writeFileSync(
  'bench-results.json',
  `${JSON.stringify({ machine, figures: figures.map((figure) => ({ ...figure, met: isMet(figure) })) }, null, 2)}\n`,
);
console.log(table(figures));
