/** The viewer: takes the extension's events, keeps the state of one tensor's view, and draws the page from it. */
import { html, nothing, render } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import { reportOf, TensorError } from '../src/protocol/errors.ts';
import type { SessionCost, ViewedTensor, ViewerRequests, ViewerSettings } from '../src/protocol/viewer.ts';
import { isComplex, isFloat, itemSize } from '../src/tensor/dtypes.ts';
import { ravelIndex, sizeOf } from '../src/tensor/shape.ts';
import { parseSlice } from '../src/tensor/slice.ts';
import { addCost, isOverBudget, learn, noCost, OverBudget, priceOf, wholeCost } from './cost/cost.ts';
import type { WholeCost } from './cost/cost.ts';
import { costStrip } from './cost/costStrip.ts';
import { Grid } from './grid/grid.ts';
import { gridTools } from './grid/gridTools.ts';
import { formatsApply } from './grid/numberText.ts';
import type { NumberStyle } from './grid/numberText.ts';
import { WindowStore } from './grid/windowStore.ts';
import { header } from './header.ts';
import { Host } from './host.ts';
import type { HostEvent } from './host.ts';
import { banner, notice, problem, warningList } from './messages.ts';
import {
  elementIndex,
  extentOf,
  indexOfCell,
  keyOfView,
  locate,
  locateFlat,
  sliceOfView,
} from './slicebar/axisView.ts';
import type { AxisView } from './slicebar/axisView.ts';
import { sliceBar } from './slicebar/sliceBar.ts';
import type { SliceDraft } from './slicebar/sliceBar.ts';
import { identityOf, initialState, knownShape, restoredState } from './state.ts';
import type { Tab, ViewState } from './state.ts';

/** Scrolling saves where it is after it has paused. */
const saveDelayMs = 250;

export class Viewer {
  readonly #page: HTMLElement;
  readonly #host: Host;
  readonly #store: WindowStore;
  readonly #grid: Grid;
  #viewed: ViewedTensor | null = null;
  #state: ViewState | null = null;
  #settings: ViewerSettings | null = null;
  #style: NumberStyle = { format: 'shortest', digits: 6 };
  #sessionCost: SessionCost | null = null;
  #viewCost = noCost;
  #whole: WholeCost | null = null;
  #stale: string | null = null;
  #empty = 'Loading…';
  #draft: SliceDraft | null = null;
  #message = '';
  #search: AbortController | null = null;
  /** Reads that a person wants although they are above the budget, by what they are for. */
  #allowed = new Set<string>();
  #saving = 0;
  #drawing = false;

  constructor(page: HTMLElement) {
    this.#page = page;
    this.#host = new Host((event) => this.#onEvent(event));
    this.#store = new WindowStore(
      (slice, elements, signal) => this.#read('grid', slice, elements, signal),
      () => {
        this.#grid.refresh();
        this.#update();
      },
    );
    this.#grid = new Grid({
      onVisible: (visible) => this.#store.want(visible),
      onMove: () => this.#onMove(),
    });
    this.#grid.element.addEventListener('keydown', (event) => this.#onGridKey(event));
    this.#update();
    this.#host.post({ type: 'ready' });
  }

  #onEvent(event: HostEvent): void {
    switch (event.type) {
      case 'show':
        this.#show(event.viewed, event.settings, event.sessionCost);
        break;
      case 'stale':
        this.#stale = event.reason;
        this.#search?.abort();
        this.#store.freeze();
        break;
      case 'empty':
        this.#viewed = null;
        this.#empty = event.reason;
        this.#store.freeze();
        break;
      case 'settings':
        this.#applySettings(event.settings);
        break;
      case 'sessionCost':
        this.#sessionCost = event.sessionCost;
        break;
      case 'warnings':
        if (this.#viewed) this.#viewed.tensor.warnings = event.warnings;
        break;
    }
    this.#update();
  }

  #show(viewed: ViewedTensor, settings: ViewerSettings, sessionCost: SessionCost | null): void {
    const before = this.#viewed;
    const same = before !== null && identityOf(before) === identityOf(viewed);
    this.#viewed = viewed;
    this.#settings = settings;
    this.#sessionCost = sessionCost;
    this.#stale = null;
    this.#search?.abort();
    this.#message = '';
    if (!same || before.stop !== viewed.stop) {
      this.#viewCost = noCost;
      this.#allowed.clear();
    }
    if (same) {
      if (before.stop !== viewed.stop) this.#store.nextStop();
    } else {
      this.#state = restoredState(this.#host.state, viewed) ?? initialState(viewed, this.#state);
      this.#whole = wholeCost(viewed.tensor);
      this.#draft = null;
      this.#store.reset(viewed.tensor.dtype);
    }
    this.#applySettings(settings);
    this.#showView({ keepPlace: true });
    this.#save();
  }

  #applySettings(settings: ViewerSettings): void {
    this.#settings = settings;
    this.#style = this.#state?.style ?? { format: settings.numberFormat, digits: settings.digits };
    this.#grid.restyle();
  }

  /** Brings the grid in line with the view of the state. */
  #showView({ keepPlace }: { keepPlace: boolean }): void {
    const { view, active, position } = this.#state as ViewState;
    this.#store.show(view);
    const { rows, columns } = extentOf(view);
    const origin = { row: 0, column: 0 };
    this.#grid.show(
      {
        rows: this.#readable() ? rows : 0,
        columns: this.#readable() ? columns : 0,
        label: `Values of ${sliceOfView(view) || 'the scalar'}`,
        rowLabel: (row) => (view.rows === null ? '' : String(elementIndex(view, view.rows, row))),
        columnLabel: (column) => (view.columns === null ? '' : String(elementIndex(view, view.columns, column))),
        cell: (row, column) => this.#store.cell(row, column, this.#style),
        longestText: () => this.#store.longestText,
      },
      keepPlace ? { active, position } : { active: origin, position: origin },
    );
  }

  #readable(): boolean {
    return this.#viewed !== null && this.#viewed.tensor.access.how !== 'none' && knownShape(this.#viewed) !== null;
  }

  #setView(view: AxisView): void {
    const state = this.#state as ViewState;
    if (keyOfView(view) === keyOfView(state.view)) return this.#update();
    const before = extentOf(state.view);
    const now = extentOf(view);
    const keepPlace = before.rows === now.rows && before.columns === now.columns;
    state.view = view;
    this.#viewCost = noCost;
    this.#allowed.clear();
    this.#message = '';
    this.#showView({ keepPlace });
    this.#save();
    this.#update();
  }

  /**
   * Reads a slice of the tensor, unless it is above the budget.
   * @param what the read is for: allowing one above the budget allows others of the same kind
   */
  async #read(
    what: string,
    slice: string,
    elements: number,
    signal: AbortSignal,
  ): Promise<ViewerRequests['read']['result']> {
    const { tensor, stop } = this.#viewed as ViewedTensor;
    const settings = this.#settings as ViewerSettings;
    const price = priceOf(tensor, elements * itemSize(tensor.dtype), this.#whole as WholeCost);
    if (price && isOverBudget(price, settings.copyBudget) && !this.#allowed.has(what)) {
      throw new OverBudget(price, settings.copyBudget);
    }
    const result = await this.#host.request('read', { slice }, stop, signal);
    this.#viewCost = addCost(this.#viewCost, result.cost);
    this.#whole = learn(this.#whole as WholeCost, result.cost);
    return result;
  }

  #onMove(): void {
    if (!this.#state || !this.#viewed) return;
    this.#state.active = this.#grid.active;
    this.#state.position = this.#grid.position;
    this.#save();
    this.#update();
  }

  #save(): void {
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => (this.#host.state = this.#state), saveDelayMs);
  }

  #onGridKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.toLowerCase() === 'n') void this.#findNotFinite(event.shiftKey ? 'previous' : 'next');
    if (event.key === 'g') {
      event.preventDefault();
      this.#page.querySelector<HTMLInputElement>('#goto')?.focus();
    }
  }

  #goTo(text: string): void {
    const { view } = this.#state as ViewState;
    try {
      const ranges = parseSlice(text, view.shape);
      this.#place(
        locate(
          view,
          ranges.map(({ start }) => start),
        ),
      );
      this.#message = '';
    } catch (error) {
      if (!(error instanceof TensorError)) throw error;
      this.#message = error.message;
    }
    this.#update();
  }

  #place({ view, row, column }: { view: AxisView; row: number; column: number }): void {
    this.#setView(view);
    this.#grid.goTo({ row, column }, { center: true });
    this.#grid.element.focus();
  }

  async #findNotFinite(direction: 'next' | 'previous'): Promise<void> {
    if (!this.#viewed || !this.#searches() || this.#search || this.#stale) return;
    const { view } = this.#state as ViewState;
    const { row, column } = this.#grid.active;
    const from = ravelIndex(indexOfCell(view, row, column), view.shape);
    const search = new AbortController();
    this.#search = search;
    this.#message = 'Searching…';
    this.#update();
    try {
      const { index } = await this.#host.request(
        'findNotFinite',
        { from, direction },
        this.#viewed.stop,
        search.signal,
      );
      if (index !== null) this.#place(locateFlat((this.#state as ViewState).view, index));
      this.#message =
        index === null ? `No NaN or infinity ${direction === 'next' ? 'after' : 'before'} this cell.` : '';
    } catch (error) {
      this.#message = search.signal.aborted ? '' : reportOf(error).message;
    }
    this.#search = null;
    this.#update();
  }

  #searches(): boolean {
    const { dtype } = (this.#viewed as ViewedTensor).tensor;
    return this.#readable() && (isFloat(dtype) || isComplex(dtype));
  }

  /** Draws the page before the next frame, however much changed. */
  #update(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    queueMicrotask(() => {
      this.#drawing = false;
      render(this.#pageTemplate(), this.#page);
    });
  }

  #pageTemplate(): TemplateResult {
    const viewed = this.#viewed;
    if (!viewed) return html`<main>${notice(this.#empty)}</main>`;
    const { view } = this.#state as ViewState;
    return html`<main class=${this.#stale === null ? '' : 'stale'}>
      ${header(viewed, {
        onCommand: (command) => this.#host.post({ type: 'command', command, slice: sliceOfView(view) }),
        onMember: (member) => this.#host.post({ type: 'openMember', member }),
      })}
      ${this.#stale === null ? nothing : banner('stale', `Old values: ${this.#stale}`)}
      ${warningList(viewed.tensor.warnings)} ${this.#readable() ? this.#body() : this.#unreadable(viewed)}
    </main>`;
  }

  #unreadable({ tensor }: ViewedTensor): TemplateResult {
    return notice(tensor.access.reason ?? 'Its values can not be read.', tensor.access.help);
  }

  #body(): TemplateResult {
    const { view } = this.#state as ViewState;
    return html`
      ${sliceBar(view, this.#draft, {
        onView: (next) => this.#setView(next),
        onDraft: (draft) => {
          this.#draft = draft;
          this.#update();
        },
      })}
      ${this.#gridPanel()} ${costStrip(this.#viewCost, this.#whole as WholeCost, this.#sessionCost)}
    `;
  }

  #gridPanel(): TemplateResult {
    const { view } = this.#state as ViewState;
    const { dtype } = (this.#viewed as ViewedTensor).tensor;
    const { rows, columns } = extentOf(view);
    if (rows * columns === 0) {
      const why =
        sizeOf(view.shape) === 0 ? `Shape [${view.shape.join(', ')}] has no elements.` : 'The slice takes no elements.';
      return notice(why);
    }
    const { error } = this.#store;
    return html`
      ${gridTools({
        style: this.#style,
        formats: formatsApply(dtype),
        searches: this.#searches() && this.#stale === null,
        searching: this.#search !== null,
        message: this.#message,
        rank: view.shape.length,
        onStyle: (style) => {
          (this.#state as ViewState).style = style;
          this.#applySettings(this.#settings as ViewerSettings);
          this.#save();
          this.#update();
        },
        onGoTo: (text) => this.#goTo(text),
        onSearch: (direction) => void this.#findNotFinite(direction),
        onCancel: () => this.#search?.abort(),
      })}
      ${
        error
          ? problem(
              error,
              () => this.#retry(),
              () => {
                this.#allowed.add('grid');
                this.#retry();
              },
            )
          : nothing
      }
      ${this.#grid.element} ${this.#readout()}
    `;
  }

  #retry(): void {
    this.#store.retry();
    this.#update();
  }

  /** The active cell in full, and what the marks in the grid mean. */
  #readout(): TemplateResult {
    const { view } = this.#state as ViewState;
    const { row, column } = this.#grid.active;
    const cell = this.#store.cell(row, column, this.#style);
    const index = `[${indexOfCell(view, row, column).join(', ')}]`;
    const bits = this.#style.format === 'hexadecimal' ? '' : this.#store.bits(row, column);
    return html`<div class="readout">
      <span><code>${index}</code> ${cell ? cell.text : '…'} <span class="quiet">${bits}</span></span>
      ${
        this.#store.comparesStops
          ? html`<span class="legend"
              ><span class="swatch changed" aria-hidden="true"></span>changed since the last stop</span
            >`
          : nothing
      }
    </div>`;
  }
}

export type { Tab };
