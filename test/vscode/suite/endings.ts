/** What must never be: a debugger that keeps a program from ending. */
import * as vscode from 'vscode';
import { desk, openView, places, plainPlace, rowsWith, sessionsEnd, testAt, until } from './harness.ts';

const endings = { 'companion without tensors': plainPlace, ...places };
for (const [kind, place] of Object.entries(endings)) {
  testAt(place, `${kind}: a program that was looked at ends by itself, and its session with it`, async (frame) => {
    await openView();
    if (place === plainPlace)
      await until('it was looked at', async () => (await desk('viewText', {})).includes('No tensors'));
    else await rowsWith('product');
    const { result } = (await frame.session.customRequest('evaluate', {
      expression: 'process.pid',
      frameId: frame.frameId,
    })) as { result: string };
    await vscode.commands.executeCommand('workbench.action.debug.continue');
    // An inspector's connection that stays open would keep it: "Waiting for the debugger to disconnect...".
    await sessionsEnd();
    await until('its process is gone', () => !isAlive(Number(result)));
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
