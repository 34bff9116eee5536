/** What `when` clauses in package.json ask about, each with `tensorDebugger.` before it. */
import * as vscode from 'vscode';
import type { FocusState } from './focus.ts';
import type { FrameState } from './frameTensors.ts';

interface ContextKeys {
  /** Of the program that the user looks at; `none` also where its session is one whose tensors are not read. */
  focus: FocusState['kind'];
  /** Of the frame that the user looks at, as it was last listed. */
  state: FrameState['kind'];
  /** A program is stopped, in a frame that was not found to be without any. */
  mayHaveTensors: boolean;
  /** What a debugger calls values that are no tensors; the menus of such variables are left as they are. */
  typesWithoutTensors: readonly string[];
  /** There are tensors in it that have a value only when their graph is run. */
  hasEvaluableTensors: boolean;
  /** TensorFlow.js computes on something else than cpu, which that can be compared with. */
  hasOtherBackend: boolean;
  /** Lines are tracked. */
  tracksLines: boolean;
  /** There is something in the charts, also of lines that are not tracked any more. */
  hasTracks: boolean;
}

export function setContext<Key extends keyof ContextKeys>(key: Key, value: ContextKeys[Key]): void {
  void vscode.commands.executeCommand('setContext', `tensorDebugger.${key}`, value);
}
