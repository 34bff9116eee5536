/** Expressions that stay in the Tensors view, whatever frame has the focus. The workspace remembers them. */
import * as vscode from 'vscode';

const key = 'pinnedExpressions';

export class Pins implements vscode.Disposable {
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  get expressions(): readonly string[] {
    return this.#memory.get<string[]>(key) ?? [];
  }

  async add(expression: string): Promise<void> {
    if (this.expressions.includes(expression)) return;
    await this.#set([...this.expressions, expression]);
  }

  async remove(expression: string): Promise<void> {
    await this.#set(this.expressions.filter((each) => each !== expression));
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #set(expressions: string[]): Promise<void> {
    await this.#memory.update(key, expressions);
    this.#changed.fire();
  }
}
