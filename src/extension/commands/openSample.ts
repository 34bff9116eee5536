/** Writes a small program that needs no install, opens it, and sets a breakpoint where its tensors are worth a look. */
import * as vscode from 'vscode';
import sample from './sample.txt';

const fileName = 'tensor-sample.mjs';

export async function openSample(storage: vscode.Uri): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? storage;
  const file = vscode.Uri.joinPath(folder, fileName);
  // What somebody has made of it stays.
  if (!(await exists(file))) {
    await vscode.workspace.fs.createDirectory(folder);
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(sample));
  }
  const document = await vscode.workspace.openTextDocument(file);
  await vscode.window.showTextDocument(document);
  const line = document
    .getText()
    .split('\n')
    .findIndex((text) => text.includes('Stop here'));
  const isSet = vscode.debug.breakpoints.some(
    (each) =>
      each instanceof vscode.SourceBreakpoint &&
      each.location.uri.toString() === file.toString() &&
      each.location.range.start.line === line,
  );
  if (line < 0 || isSet) return;
  const location = new vscode.Location(file, new vscode.Position(line, 0));
  vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(location)]);
}

async function exists(file: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(file);
    return true;
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return false;
    throw error;
  }
}
