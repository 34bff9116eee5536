import * as vscode from 'vscode';

/** `model.weights[0]` for a cursor anywhere in `weights`: whatever leads up to the word, but no calls. */
const path = /[\p{L}_$][\p{L}\p{N}_$]*(?:\.[\p{L}_$][\p{L}\p{N}_$]*|\[\d+\])*/gu;

export function expressionAtCursor(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const { document, selection } = editor;
  if (!selection.isEmpty) return document.getText(selection).trim();
  const { text } = document.lineAt(selection.active.line);
  const column = selection.active.character;
  for (const { 0: found, index } of text.matchAll(path)) {
    if (index > column || index + found.length < column) continue;
    const word = document.getWordRangeAtPosition(selection.active);
    const end = word ? Math.max(word.end.character - index, 0) : found.length;
    // An index right behind the word belongs to it.
    const indices = /^(?:\[\d+\])*/.exec(found.slice(end))?.[0] ?? '';
    return found.slice(0, end) + indices;
  }
  return undefined;
}
