import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { privateFolder } from '../../formats/removeAtEnd.ts';
import { programOf } from '../sources/tensorSource.ts';
import type { ChosenTensor } from '../sources/tensorSource.ts';

/** Values that were kept at one stop to be compared at a later one, of this run or the next: a file each, by program and expression. */
export class KeptValues implements vscode.Disposable {
  readonly #kept = new Map<string, { file: string; at: Date }>();
  #folder: string | undefined;

  get({ expression, source }: ChosenTensor): { file: string; at: Date } | undefined {
    return this.#kept.get(keyOf(expression, source.session));
  }

  /** Streams the whole tensor from its device into the file. */
  async keep({ expression, source, tensor }: ChosenTensor): Promise<void> {
    this.#folder ??= await privateFolder(tmpdir());
    const key = keyOf(expression, source.session);
    const file = this.#kept.get(key)?.file ?? join(this.#folder, `${this.#kept.size}.npy`);
    await source.request('tensor/export', {
      tensors: [{ name: expression, tensor: { id: tensor.id } }],
      file,
      force: true,
    });
    this.#kept.set(key, { file, at: new Date() });
  }

  dispose(): void {
    // VS Code waits for nobody when the window closes.
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}

function keyOf(expression: string, session: vscode.DebugSession | undefined): string {
  return JSON.stringify([session && programOf(session), expression]);
}
