/**
 * Tensors at the ends of lines: what a line declares or assigns, and what the stopped line uses. VS Code drops its own
 * inline values for a language as soon as a provider exists, so there is one only while the program in focus has tensors.
 */
import * as vscode from 'vscode';
import type { NoPreview, TensorListing, TensorPreview } from '../../protocol/requests.ts';
import { formatType, shortText } from '../../tensor/preview.ts';
import { inlineValuesEnabled, inlineValuesOfVsCode } from '../settings.ts';
import type { Focus } from '../sources/focus.ts';
import { tensorType, type TensorSources } from '../sources/tensorSources.ts';
import type { FrameState, FrameTensors } from '../sources/frameTensors.ts';
import { namesInCode, type NameInCode } from './namesInCode.ts';

const languages = ['javascript', 'javascriptreact', 'typescript', 'typescriptreact'];
/** VS Code asks about a frame before it says that the frame has the focus. */
const patienceMs = 2_000;
/** More than a screen holds. */
const maxPreviews = 200;
/** Scopes whose variables belong to one function. */
const localScopes = new Set(['Local', 'Block', 'Catch', 'With', 'Eval']);

type Listed = Extract<FrameState, { listing: unknown }>;

export class InlineValues implements vscode.InlineValuesProvider, vscode.Disposable {
  readonly #focus: Focus;
  readonly #frame: FrameTensors;
  readonly #subscriptions: vscode.Disposable[];
  readonly #previews = new WeakMap<TensorListing, Map<string, Promise<TensorPreview | undefined>>>();
  /** Sessions in which tensors or their runtime were found. */
  readonly #withTensors = new Set<string>();
  /** The session that has stopped, until its frame was looked at. */
  #undecided: vscode.DebugSession | undefined;
  #registration: vscode.Disposable | undefined;

  constructor(focus: Focus, frame: FrameTensors, sources: TensorSources) {
    this.#focus = focus;
    this.#frame = frame;
    this.#subscriptions = [
      sources.onDidChange((session) => {
        const hasSource = sources.sourceOf(session) !== undefined;
        if (hasSource && sources.isStopped(session)) this.#undecided = session;
        else if (this.#undecided?.id === session.id) this.#undecided = undefined;
        if (!hasSource) this.#withTensors.delete(session.id);
        this.#update();
      }),
      frame.onDidChange((state) => this.#looked(state)),
      focus.onDidChange(() => this.#update()),
      vscode.workspace.onDidChangeConfiguration(() => this.#update()),
    ];
  }

  async provideInlineValues(
    document: vscode.TextDocument,
    viewPort: vscode.Range,
    { frameId, stoppedLocation }: vscode.InlineValueContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineValue[]> {
    const listed = await this.#listing(frameId, token);
    if (!listed || token.isCancellationRequested) return [];
    const stopped = stoppedLocation.end.line;
    const names = namesInCode(document.getText(), document.offsetAt(stoppedLocation.start)).filter(
      ({ line, isSet }) => line >= viewPort.start.line && line <= viewPort.end.line && (isSet || line === stopped),
    );
    const places = tensorPlaces(names, listed.listing);
    const previews = await this.#read(listed, [...new Set(places.map(({ id }) => id))].slice(0, maxPreviews));
    const values: vscode.InlineValue[] = places.map(({ at, id }) => {
      const preview = previews.get(id);
      return new vscode.InlineValueText(rangeOf(at), `${at.name} = ${preview ? inlineText(preview) : '?'}`);
    });
    if (inlineValuesOfVsCode() !== 'on') return values;
    // Then every variable has its value there, and VS Code leaves that to us as well.
    const tensors = new Set(listed.listing.tensors.map(({ expression }) => expression));
    const others = names.filter((each) => each.isLocal && !tensors.has(each.name));
    return [...values, ...oncePerLine(others).map((at) => new vscode.InlineValueVariableLookup(rangeOf(at), at.name))];
  }

  dispose(): void {
    this.#registration?.dispose();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #looked(state: FrameState): void {
    if (state.kind === 'looking') return;
    if (state.kind === 'tensors' || state.kind === 'noTensors') this.#withTensors.add(state.source.session.id);
    if ('source' in state || state.kind === 'failed') this.#undecided = undefined;
    this.#update();
  }

  #update(): void {
    if (!this.#isWanted()) {
      this.#registration?.dispose();
      this.#registration = undefined;
    } else {
      this.#registration ??= vscode.languages.registerInlineValuesProvider(languages, this);
    }
  }

  #isWanted(): boolean {
    if (!inlineValuesEnabled() || inlineValuesOfVsCode() === 'off') return false;
    const undecided = this.#undecided;
    // Where VS Code shows no values of its own, none are dropped while it is found out. Otherwise they stay until then.
    if (undecided && (undecided.type === tensorType || inlineValuesOfVsCode() === 'auto')) return true;
    const { state } = this.#focus;
    return state.kind !== 'none' && this.#withTensors.has(state.source.session.id);
  }

  async #listing(frameId: number, token: vscode.CancellationToken): Promise<Listed | undefined> {
    const isFocused = () => this.#focus.state.kind === 'stopped' && this.#focus.state.frameId === frameId;
    if (!isFocused()) await changed(this.#focus, isFocused, token);
    if (!isFocused()) return undefined;
    const state = await this.#frame.current();
    return 'listing' in state && state.frameId === frameId ? state : undefined;
  }

  /** What was read at this stop is not read again when the editor scrolls. */
  async #read({ listing, source }: Listed, ids: readonly string[]): Promise<Map<string, TensorPreview>> {
    const known = this.#previews.get(listing) ?? new Map<string, Promise<TensorPreview | undefined>>();
    this.#previews.set(listing, known);
    const missing = ids.filter((id) => !known.has(id));
    if (missing.length > 0) {
      const reading = source.request('tensor/preview', { tensors: missing.map((id) => ({ id })) });
      missing.forEach((id, index) =>
        known.set(
          id,
          // The program ran on, or ended: the next stop asks anew.
          reading.then(({ previews }) => readable(previews[index])).catch(() => undefined),
        ),
      );
    }
    const previews = new Map<string, TensorPreview>();
    for (const id of ids) {
      const preview = await known.get(id);
      if (preview) previews.set(id, preview);
    }
    return previews;
  }
}

function readable(preview: TensorPreview | NoPreview | undefined): TensorPreview | undefined {
  return preview?.tensor ? preview : undefined;
}

function changed(focus: Focus, isDone: () => boolean, token: vscode.CancellationToken): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timeout);
      vscode.Disposable.from(...subscriptions).dispose();
      resolve();
    };
    const timeout = setTimeout(done, patienceMs);
    const subscriptions = [
      token.onCancellationRequested(done),
      focus.onDidChange(() => {
        if (isDone()) done();
      }),
    ];
  });
}

/** Names with the tensor that each means where it stands; the innermost of several. */
function tensorPlaces(names: readonly NameInCode[], { tensors }: TensorListing): { at: NameInCode; id: string }[] {
  return oncePerLine(names).flatMap((at) => {
    const listed = tensors.find(
      ({ expression, scope }) => expression === at.name && (at.isLocal || !localScopes.has(scope)),
    );
    return listed ? [{ at, id: listed.tensor.id }] : [];
  });
}

function oncePerLine(names: readonly NameInCode[]): NameInCode[] {
  const seen = new Set<string>();
  return names.filter(({ name, line }) => {
    const key = `${line} ${name}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function rangeOf({ line, column, name }: NameInCode): vscode.Range {
  return new vscode.Range(line, column, line, column + name.length);
}

/** Short: a line has many names. A single number needs no type. */
function inlineText({ tensor, values }: TensorPreview): string {
  if (values === null) return shortText(tensor);
  return tensor.shape.length === 0 ? values : `${formatType(tensor.dtype, tensor.shape)} ${values}`;
}
