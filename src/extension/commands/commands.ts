/** The commands, by name. What a command throws is told here, once. */
import * as vscode from 'vscode';
import { debugOpenFile } from '../debug/debugConfigurations.ts';
import type { FrameTensors } from '../tree/frameTensors.ts';
import type { TensorNode } from '../tree/nodes.ts';
import type { CommandArguments } from './chooseTensor.ts';
import { copyTensor, textForms } from './copyTensor.ts';
import { showFailure } from './messages.ts';
import { saveAllNpz, saveCsv, saveNpy } from './saveTensors.ts';

type Given = TensorNode | CommandArguments | undefined;

export function registerCommands(frame: FrameTensors, log: vscode.LogOutputChannel): vscode.Disposable {
  const commands: Record<string, (given: Given) => unknown> = {
    debugFile: () => debugOpenFile(),
    refresh: () => frame.refresh(),
    showLog: () => log.show(),
    saveNpy: (given) => saveNpy(frame, given),
    saveCsv: (given) => saveCsv(frame, given),
    // From the view's title it is called with what the view thinks is selected.
    saveAllNpz: (given) => saveAllNpz(frame, given && !('kind' in given) ? given : undefined),
    copyNumpy: (given) => copyTensor(frame, textForms.numpy, given),
    copyTypescript: (given) => copyTensor(frame, textForms.typescript, given),
    copyJson: (given) => copyTensor(frame, textForms.json, given),
    copyName: (given) => vscode.env.clipboard.writeText(given?.expression ?? ''),
  };
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([name, run]) =>
      vscode.commands.registerCommand(`tensorDebugger.${name}`, async (given: Given) => {
        try {
          await run(given);
        } catch (error) {
          showFailure(error, log);
        }
      }),
    ),
  );
}
