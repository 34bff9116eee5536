/**
 * Warnings about the program at their lines. They stay when the program has ended, and go when they no longer hold: the
 * program says so at its next stop, the line's file was edited, or another session has begun.
 */
import * as vscode from 'vscode';
import { reportText } from '../../protocol/errors.ts';
import type { ProgramWarning } from '../../protocol/requests.ts';
import type { TensorSources } from '../sources/tensorSources.ts';
import type { FrameTensors } from '../sources/frameTensors.ts';

type Place = ProgramWarning & { file: string; line: number };

export class WarningDiagnostics implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('Tensor Debugger');
  /** By session id. */
  readonly #warnings = new Map<string, Place[]>();
  readonly #ended = new Set<string>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(frame: FrameTensors, sources: TensorSources) {
    this.#subscriptions = [
      this.#collection,
      sources.onDidWarn(({ session, warning }) => {
        // Of no line of the program's.
        if (warning.code === 'debugger-fault') void vscode.window.showWarningMessage(reportText(warning));
        else this.#set(session.id, [...(this.#warnings.get(session.id) ?? []), warning]);
      }),
      frame.onDidChange((state) => {
        if ('listing' in state) this.#set(state.source.session.id, state.listing.warnings);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#forget(({ file }) => file === document.uri.fsPath);
      }),
      vscode.debug.onDidTerminateDebugSession(({ id }) => this.#ended.add(id)),
      vscode.debug.onDidStartDebugSession(() => {
        for (const id of this.#ended) this.#warnings.delete(id);
        this.#ended.clear();
        this.#show();
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #set(session: string, warnings: readonly ProgramWarning[]): void {
    // One per line and code: a later one has the newer numbers.
    const places = new Map(warnings.filter(hasPlace).map((each) => [`${each.code} ${each.file}:${each.line}`, each]));
    if (places.size === 0 && !this.#warnings.has(session)) return;
    this.#warnings.set(session, [...places.values()]);
    this.#show();
  }

  #forget(isGone: (warning: Place) => boolean): void {
    let changed = false;
    for (const [session, warnings] of this.#warnings) {
      const kept = warnings.filter((warning) => !isGone(warning));
      changed ||= kept.length < warnings.length;
      this.#warnings.set(session, kept);
    }
    if (changed) this.#show();
  }

  #show(): void {
    const files = new Map<string, vscode.Diagnostic[]>();
    for (const warning of [...this.#warnings.values()].flat()) {
      files.set(warning.file, [...(files.get(warning.file) ?? []), diagnostic(warning)]);
    }
    this.#collection.clear();
    for (const [file, diagnostics] of files) this.#collection.set(vscode.Uri.file(file), diagnostics);
  }
}

function hasPlace(warning: ProgramWarning): warning is Place {
  return warning.file !== undefined && warning.line !== undefined;
}

function diagnostic({ code, message, help, file, line }: Place): vscode.Diagnostic {
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === file);
  const text = document && line <= document.lineCount ? document.lineAt(line - 1) : undefined;
  const range = text
    ? new vscode.Range(line - 1, text.firstNonWhitespaceCharacterIndex, line - 1, text.range.end.character)
    : new vscode.Range(line - 1, 0, line - 1, Number.MAX_SAFE_INTEGER);
  const item = new vscode.Diagnostic(range, `${message} ${help}`, vscode.DiagnosticSeverity.Warning);
  item.source = 'Tensor Debugger';
  item.code = code;
  return item;
}
