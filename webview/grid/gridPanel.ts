/** The grid behind its tab: what fetches its cells, the tools above it, and the active cell in full below it. */
import { html, nothing } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import { reportOf } from '../../src/protocol/errors.ts';
import { isComplex, isFloat } from '../../src/tensor/dtypes.ts';
import { ravelIndex, unravelIndex } from '../../src/tensor/shape.ts';
import { parseSlice, SliceError } from '../../src/tensor/slice.ts';
import { neverRead, problem } from '../messages.ts';
import { titleOf } from '../state.ts';
import type { PanelContext } from '../panel.ts';
import { elementIndex, extentOf, indexOfCell, locate, sliceOfView } from '../slicebar/axisView.ts';
import { sliceProblem } from '../slicebar/sliceBar.ts';
import { Grid } from './grid.ts';
import { gridTools } from './gridTools.ts';
import { formatsOf } from './numberText.ts';
import type { NumberStyle } from './numberText.ts';
import { WindowStore } from './windowStore.ts';

export class GridPanel {
  readonly store: WindowStore;
  readonly #context: () => PanelContext | null;
  readonly #grid: Grid;
  #style: NumberStyle = { format: 'shortest', digits: 6 };
  #message = '';
  #search: AbortController | null = null;

  /** @param context of the tensor that is shown; null while there is none */
  constructor(context: () => PanelContext | null) {
    this.#context = context;
    this.store = new WindowStore(
      (slice, elements, signal) => (context() as PanelContext).read('grid', slice, elements, signal),
      () => {
        this.#grid.refresh();
        context()?.changed();
      },
    );
    this.#grid = new Grid({ onVisible: (visible) => this.store.want(visible), onMove: () => this.#onMove() });
    this.#grid.element.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** The program has moved on or ended: searches are over. */
  cancelSearch(): void {
    this.#search?.abort();
    this.#message = '';
  }

  setStyle(style: NumberStyle): void {
    this.#style = style;
    this.#grid.restyle();
  }

  /** Brings the grid in line with the state's view. */
  showView({ viewed, state }: PanelContext, keepPlace: boolean): void {
    const { view, active, position } = state;
    this.#message = '';
    this.store.show(view);
    const origin = { row: 0, column: 0 };
    this.#grid.show(
      {
        ...extentOf(view),
        label: `Values of ${titleOf(viewed)}, ${viewed.tensor.dtype}, ${sliceOfView(view) || 'a scalar'}`,
        rowLabel: (row) => (view.rows === null ? '' : String(elementIndex(view, view.rows, row))),
        columnLabel: (column) => (view.columns === null ? '' : String(elementIndex(view, view.columns, column))),
        cell: (row, column) => this.store.cell(row, column, this.#style),
        longestText: () => this.store.longestText,
      },
      keepPlace ? { active, position } : { active: origin, position: origin },
    );
  }

  /** Makes an element the active cell, in a view that shows it. */
  goTo(index: readonly number[]): void {
    const context = this.#context() as PanelContext;
    const { view, row, column } = locate(context.state.view, index);
    context.setView(view);
    this.#grid.goTo({ row, column }, { center: true });
    this.#grid.element.focus();
  }

  #onMove(): void {
    const context = this.#context();
    if (!context) return;
    context.state.active = this.#grid.active;
    context.state.position = this.#grid.position;
    context.changed();
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.toLowerCase() === 'n') void this.#findNotFinite(event.shiftKey ? 'previous' : 'next');
    if (event.key === 'g') {
      event.preventDefault();
      document.querySelector<HTMLInputElement>('#goto')?.focus();
    }
  }

  /** @param text an index per axis; what is left out is 0 */
  #goToText(text: string): void {
    const context = this.#context() as PanelContext;
    try {
      const ranges = parseSlice(text, context.state.view.shape);
      this.goTo(ranges.map(({ start }) => start));
      this.#message = '';
    } catch (error) {
      if (!(error instanceof SliceError)) throw error;
      const { message, help } = sliceProblem(error);
      this.#message = `${message} ${help}`;
    }
    context.changed();
  }

  async #findNotFinite(direction: 'next' | 'previous'): Promise<void> {
    const context = this.#context();
    if (!context || !searches(context) || this.#search) return;
    const { view } = context.state;
    const { row, column } = this.#grid.active;
    const side = direction === 'next' ? 'after' : 'before';
    if (context.frozen) {
      const found = this.store.findNotFinite({ row, column }, direction);
      this.#message = found ? '' : `No NaN or infinity ${side} this cell among the old values.`;
      if (found) this.goTo(indexOfCell(view, found.row, found.column));
      return context.changed();
    }
    const from = ravelIndex(indexOfCell(view, row, column), view.shape);
    const search = new AbortController();
    this.#search = search;
    this.#message = 'Searching…';
    context.changed();
    try {
      const index = await context.findNotFinite(from, direction, search.signal);
      if (index !== null) this.goTo(unravelIndex(index, view.shape));
      this.#message = index === null ? `No NaN or infinity ${side} this cell.` : '';
    } catch (error) {
      this.#message = search.signal.aborted ? '' : reportOf(error).message;
    }
    this.#search = null;
    this.#context()?.changed();
  }

  template(context: PanelContext): TemplateResult {
    if (context.frozen && this.store.isEmpty) return neverRead();
    const { error } = this.store;
    const retry = () => {
      this.store.retry();
      context.changed();
    };
    const anyway = () => {
      context.allow('grid');
      retry();
    };
    return html`
      ${gridTools({
        style: this.#style,
        formats: formatsOf(context.viewed.tensor.dtype),
        searches: searches(context),
        searching: this.#search !== null,
        message: this.#message,
        rank: context.state.view.shape.length,
        onStyle: (style) => {
          context.state.style = style;
          this.setStyle(style);
          context.changed();
        },
        onGoTo: (text) => this.#goToText(text),
        onLeaveGoTo: () => {
          this.#message = '';
          this.#grid.element.focus();
          context.changed();
        },
        onSearch: (direction) => void this.#findNotFinite(direction),
        onCancel: () => this.#search?.abort(),
      })}
      ${error && !context.frozen ? problem(error, retry, anyway) : nothing} ${this.#grid.element}
      ${this.#readout(context)}
    `;
  }

  /** The active cell in full, and what the marks in the grid mean. */
  #readout({ state, frozen }: PanelContext): TemplateResult {
    const { row, column } = this.#grid.active;
    const cell = this.store.cell(row, column, this.#style);
    const bits = this.#style.format === 'hexadecimal' ? '' : this.store.bits(row, column);
    return html`<div class="readout">
      <span>
        <code>[${indexOfCell(state.view, row, column).join(', ')}]</code>
        ${cell ? html`<code class="value ${cell.kind}">${cell.text}</code>` : frozen ? 'was not on screen while it could be read' : '…'}
        <code class="quiet" title="Bits">${bits}</code>
      </span>
      ${
        this.store.showsChanges
          ? html`<span class="legend" title="Cells that were not on screen at the last stop are not compared">
              <span class="swatch changed" aria-hidden="true"></span>changed since the last stop
            </span>`
          : nothing
      }
    </div>`;
  }
}

/** Whether elements can be NaN or infinite. */
function searches({ viewed }: PanelContext): boolean {
  const { dtype } = viewed.tensor;
  return isFloat(dtype) || isComplex(dtype);
}
