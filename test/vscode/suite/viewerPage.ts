/** What is on screen in the viewer. */
import * as vscode from 'vscode';
import { desk, until } from './harness.ts';

/** The rows of the grid that are on screen, each as `row header, cells`: `1 64 65 66 ...`. */
export async function gridRows(...begin: string[]): Promise<string[]> {
  let seen: string[] = [];
  try {
    return await until(`the grid shows ${begin.join(' and ')}`, async () => {
      seen = await desk('webviewTexts', { selector: '[role=rowgroup] [role=row]' });
      return seen.length > 0 && begin.every((text) => seen.some((row) => row.startsWith(text))) ? seen : undefined;
    });
  } catch (error) {
    const page = await desk('webviewTexts', { selector: 'body' });
    const said = JSON.stringify(await desk('notifications', {}));
    const shown = `${JSON.stringify(seen)} in ${JSON.stringify(page)}`;
    throw new Error(`${String(error)}; it shows ${shown}, and VS Code says ${said}`, { cause: error });
  }
}

/**
 * Waits until an element of the page says something.
 * @param title of the page, where several are open; default: the viewer's
 */
export async function pageSays(selector: string, pattern: RegExp, title?: string): Promise<string> {
  let seen: string[] = [];
  try {
    return await until(`${selector} says ${String(pattern)}`, async () => {
      seen = await desk('webviewTexts', { selector, ...(title !== undefined && { title }) });
      return seen.find((text) => pattern.test(text));
    });
  } catch (error) {
    throw new Error(`${String(error)}; it says ${JSON.stringify(seen)}`, { cause: error });
  }
}

/** Shuts all editors, viewers too. */
export async function closeEditors(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
