/**
 * Break on NaN or Inf in every kind of session: a choice that holds for the workspace, for the sessions that run and those to
 * come. In sessions of our own type the exception breakpoints do the same; the later of the two counts.
 */
import * as vscode from 'vscode';
import { reportOf } from '../../protocol/errors.ts';
import type { NotFiniteBreak, NotFiniteStop } from '../../protocol/notFinite.ts';
import type { TensorSource } from '../sources/tensorSource.ts';
import type { TensorSources } from '../sources/tensorSources.ts';

const stateKey = 'tensorDebugger.breakOnNotFinite';

type Choice = vscode.QuickPickItem & { asked: Required<NotFiniteBreak> };

const choices: readonly Choice[] = [
  { label: 'Off', asked: { mode: 'off', nanOnly: false } },
  {
    label: 'Deferred',
    detail: 'Names the op and its line, but on webgpu stops later, where the program reads: flags stay on the device.',
    asked: { mode: 'deferred', nanOnly: false },
  },
  {
    label: 'Deferred, NaN Only',
    detail: 'The same; infinities, such as attention masks, pass.',
    asked: { mode: 'deferred', nanOnly: true },
  },
  {
    label: 'Precise',
    detail: 'Stops right behind the op; on webgpu it waits for the device after every op, which is slow.',
    asked: { mode: 'precise', nanOnly: false },
  },
  {
    label: 'Precise, NaN Only',
    detail: 'The same; infinities, such as attention masks, pass.',
    asked: { mode: 'precise', nanOnly: true },
  },
];

export class NotFiniteBreaks implements vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #sources: TensorSources;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscription: vscode.Disposable;

  constructor(state: vscode.Memento, sources: TensorSources, log: vscode.LogOutputChannel) {
    this.#state = state;
    this.#sources = sources;
    this.#log = log;
    this.#subscription = vscode.Disposable.from(
      sources.onDidAdd((source) => {
        // Programs are left alone until somebody asks for it.
        if (this.#asked.mode !== 'off') void this.#apply(source);
      }),
      sources.onDidBreakOnNotFinite(show),
    );
  }

  get #asked(): Required<NotFiniteBreak> {
    return this.#state.get(stateKey, choices[0]!.asked);
  }

  async choose(): Promise<void> {
    const asked = this.#asked;
    const items = choices.map((choice) => ({
      ...choice,
      ...(isSame(choice.asked, asked) && { description: 'now' }),
    }));
    const chosen = await vscode.window.showQuickPick(items, {
      title: 'Break on NaN or Inf',
      placeHolder: 'For ops of TensorFlow.js, in this workspace',
    });
    if (!chosen || isSame(chosen.asked, asked)) return;
    await this.set(chosen.asked);
  }

  async set(asked: Required<NotFiniteBreak>): Promise<void> {
    await this.#state.update(stateKey, asked);
    await Promise.all(this.#sources.all.map((source) => this.#apply(source)));
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #apply(source: TensorSource): Promise<void> {
    try {
      await source.request('tensor/breakOnNotFinite', this.#asked);
    } catch (error) {
      // A session that ends meanwhile, or one without access.
      const { message } = reportOf(error, 'not-available');
      this.#log.warn(`"${source.session.name}" does not break on NaN or Inf: ${message}`);
    }
  }
}

function isSame(a: Required<NotFiniteBreak>, b: Required<NotFiniteBreak>): boolean {
  return a.mode === b.mode && a.nanOnly === b.nanOnly;
}

/** Where VS Code's own debugger has stopped: it shows the script of ours that stopped it, and no reason. */
async function show({ message, file, line }: NotFiniteStop): Promise<void> {
  if (file === undefined || line === undefined) {
    void vscode.window.showWarningMessage(message);
    return;
  }
  const showLine = 'Show Line';
  const chosen = await vscode.window.showWarningMessage(message, showLine);
  if (chosen !== showLine) return;
  const selection = new vscode.Range(line - 1, 0, line - 1, 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), { selection });
}
