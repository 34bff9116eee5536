/** The commands, by name. What a command throws is told here, once. */
import * as vscode from 'vscode';
import { debugOpenFile } from '../debug/debugConfigurations.ts';
import type { Pins } from '../tree/pins.ts';
import type { FrameTensors } from '../tree/frameTensors.ts';
import type { TensorSources } from '../sources/tensorSources.ts';
import type { NotFiniteBreaks } from '../notFinite/notFiniteBreaks.ts';
import type { Tracking } from '../track/tracking.ts';
import type { TensorsView } from '../tree/tensorsView.ts';
import { DifferenceContent } from '../viewer/differenceContent.ts';
import type { ViewerPanels } from '../viewer/viewerPanels.ts';
import { compareBackends } from './compareBackends.ts';
import { compareTensors, KeptValues, type ShowDifference } from './compareTensors.ts';
import { copyTensor, textForms } from './copyTensor.ts';
import { evaluateGraph } from './evaluateGraph.ts';
import { tensorGiven, type Given } from './given.ts';
import { showFailure } from './messages.ts';
import { openSample } from './openSample.ts';
import { pinExpression } from './pinExpression.ts';
import { openInViewer } from './openInViewer.ts';
import { replaceFromFile } from './replaceFromFile.ts';
import { saveAllNpz, saveAs, saveCsv, saveNpy } from './saveTensors.ts';

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

export function registerCommands(parts: CommandParts): vscode.Disposable {
  const { frame, view, pins, panels, sources, tracking, notFinite, log, storage } = parts;
  const kept = new KeptValues();
  const showDifference: ShowDifference = (left, right) => panels.open(new DifferenceContent(left, right, sources));
  const commands: Record<string, (given: Given) => unknown> = {
    debugFile: () => debugOpenFile(),
    openSample: () => openSample(storage),
    refresh: () => frame.refresh(),
    showLog: () => log.show(),
    showHelp: () => vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough),
    openInViewer: (given) => openInViewer(frame, panels, given),
    compare: (given) => compareTensors(frame, kept, showDifference, given),
    compareBackends: (given) => compareBackends(frame, given),
    pin: (given) => pinExpression(pins, given),
    unpin: (given) => pins.remove(given?.expression ?? ''),
    showCopies: () => view.showCopies(),
    openFollowing: () => panels.follow(view.selected),
    evaluateGraph: (given) => evaluateGraph(frame, panels, given),
    saveNpy: (given) => saveNpy(frame, given),
    saveAs: (given) => saveAs(frame, given),
    saveCsv: (given) => saveCsv(frame, given),
    // From the view's title it is called with what the view thinks is selected.
    saveAllNpz: (given) => saveAllNpz(frame, given && !('kind' in given) ? given : undefined),
    replaceFromFile: (given) => replaceFromFile(frame, given),
    copyNumpy: (given) => copyTensor(frame, textForms.numpy, given),
    copyTypescript: (given) => copyTensor(frame, textForms.typescript, given),
    copyTfjs: (given) => copyTensor(frame, textForms.tfjs, given),
    copyJaxJs: (given) => copyTensor(frame, textForms.jaxJs, given),
    copyJson: (given) => copyTensor(frame, textForms.json, given),
    trackHere: (given) => tracking.trackHere(given && !('kind' in given) ? given : undefined),
    untrack: () => tracking.untrack(),
    listTracked: () => tracking.list(),
    showTracked: () => tracking.showChart(),
    breakOnNotFinite: () => notFinite.choose(),
    copyName: (given) => vscode.env.clipboard.writeText(given?.expression ?? ''),
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
