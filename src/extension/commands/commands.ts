/** The commands, by name. What a command throws is told here, once. */
import * as vscode from 'vscode';
import { debugOpenFile } from '../debug/debugConfigurations.ts';
import type * as onDemand from '../onDemand.ts';
import type { Pins } from '../tree/pins.ts';
import type { FrameTensors } from '../sources/frameTensors.ts';
import type { TensorSources } from '../sources/tensorSources.ts';
import type { NotFiniteBreaks } from '../debug/notFiniteBreaks.ts';
import type { Tracking } from '../track/tracking.ts';
import type { TensorsView } from '../tree/tensorsView.ts';
import type { ViewerPanels } from '../viewer/viewerPanels.ts';
import { tensorGiven, type Given } from './given.ts';
import { KeptValues } from './keptValues.ts';
import { showFailure } from './messages.ts';

/** `publisher.name#id` of the walkthrough in package.json. */
const walkthrough = 'tensor-debugger.tensor-debugger#firstTensor';

export interface CommandParts {
  frame: FrameTensors;
  view: TensorsView;
  pins: Pins;
  panels: ViewerPanels;
  sources: TensorSources;
  tracking: Tracking;
  notFinite: NotFiniteBreaks;
  log: vscode.LogOutputChannel;
  /** Where the sample goes when no folder is open. */
  storage: vscode.Uri;
}

/** What works on tensors, with every format, is loaded when the first of its commands runs. */
async function onTensors(run: (commands: typeof onDemand) => unknown): Promise<void> {
  await run(await import('../onDemand.ts'));
}

export function registerCommands(parts: CommandParts): vscode.Disposable {
  const { frame, view, pins, panels, sources, tracking, notFinite, log, storage } = parts;
  const kept = new KeptValues();
  const commands: Record<string, (given: Given) => unknown> = {
    debugFile: () => debugOpenFile(),
    openSample: () => onTensors(({ openSample }) => openSample(storage)),
    refresh: () => frame.refresh(),
    showLog: () => log.show(),
    showHelp: () => vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough),
    openInViewer: (given) => onTensors(({ openInViewer }) => openInViewer(frame, panels, given)),
    compare: (given) =>
      onTensors(({ compareTensors, DifferenceContent }) =>
        compareTensors(frame, kept, (left, right) => panels.open(new DifferenceContent(left, right, sources)), given),
      ),
    compareBackends: (given) => onTensors(({ compareBackends }) => compareBackends(frame, given)),
    pin: (given) => onTensors(({ pinExpression }) => pinExpression(pins, given)),
    // The same, by a title that does not say that it asks.
    pinGiven: (given) => onTensors(({ pinExpression }) => pinExpression(pins, given)),
    unpin: (given) => pins.remove(given.expression ?? ''),
    showCopies: () => view.showCopies(),
    openFollowing: () => panels.follow(view.selected),
    evaluateGraph: (given) => onTensors(({ evaluateGraph }) => evaluateGraph(frame, panels, given)),
    saveNpy: (given) => onTensors(({ saveNpy }) => saveNpy(frame, given)),
    saveAs: (given) => onTensors(({ saveAs }) => saveAs(frame, given)),
    saveCsv: (given) => onTensors(({ saveCsv }) => saveCsv(frame, given)),
    saveAllNpz: (given) => onTensors(({ saveAllNpz }) => saveAllNpz(frame, given)),
    replaceFromFile: (given) => onTensors(({ replaceFromFile }) => replaceFromFile(frame, given)),
    copyAs: (given) => onTensors(({ copyAs }) => copyAs(frame, given)),
    copyNumpy: (given) => onTensors(({ copyTensor, textForms }) => copyTensor(frame, textForms.numpy, given)),
    copyTypescript: (given) => onTensors(({ copyTensor, textForms }) => copyTensor(frame, textForms.typescript, given)),
    copyTfjs: (given) => onTensors(({ copyTensor, textForms }) => copyTensor(frame, textForms.tfjs, given)),
    copyJaxJs: (given) => onTensors(({ copyTensor, textForms }) => copyTensor(frame, textForms.jaxJs, given)),
    copyJson: (given) => onTensors(({ copyTensor, textForms }) => copyTensor(frame, textForms.json, given)),
    trackHere: (given) => tracking.trackHere(given.expression),
    untrack: () => tracking.untrack(),
    showTracked: () => tracking.showChart(),
    breakOnNotFinite: () => notFinite.choose(),
    copyName: (given) => vscode.env.clipboard.writeText(given.expression ?? ''),
  };
  return vscode.Disposable.from(
    kept,
    ...Object.entries(commands).map(([name, run]) =>
      vscode.commands.registerCommand(`tensorDebugger.${name}`, async (given: unknown) => {
        try {
          await run(tensorGiven(given));
        } catch (error) {
          showFailure(error, log);
        }
      }),
    ),
  );
}
