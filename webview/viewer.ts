/** The viewer: takes the extension's events, keeps the state of one tensor's view, and draws the page from it. */
import { html, nothing, render } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import { digitsRange } from '../src/protocol/viewer.ts';
import type { ViewedTensor, ViewerRequests, ViewerSettings } from '../src/protocol/viewer.ts';
import { itemSize } from '../src/tensor/dtypes.ts';
import { sizeOf } from '../src/tensor/shape.ts';
import { addCost, isOverBudget, OverBudget, priceOf, wholeCost } from './cost/cost.ts';
import type { Costs } from './cost/cost.ts';
import { costStrip } from './cost/costStrip.ts';
import { GridPanel } from './grid/gridPanel.ts';
import { header } from './header.ts';
import { Heatmap } from './heatmap/heatmap.ts';
import { Host } from './host.ts';
import type { HostEvent } from './host.ts';
import { ImagePanel } from './image/image.ts';
import { layoutsOf } from './image/layouts.ts';
import { banner, notice, warningList } from './messages.ts';
import type { PanelContext } from './panel.ts';
import { extentOf, keyOfView } from './slicebar/axisView.ts';
import type { AxisView } from './slicebar/axisView.ts';
import { sliceBar } from './slicebar/sliceBar.ts';
import type { SliceDraft } from './slicebar/sliceBar.ts';
import { identityOf, initialState, keptVersion, knownShape } from './state.ts';
import type { KeptPage, Tab, ViewState } from './state.ts';
import { StatisticsPanel } from './statistics/statisticsPanel.ts';
import { tabBar } from './tabBar.ts';

/** What changes with every frame of a scroll is kept once it has paused. */
const saveDelayMs = 250;

/** A tensor on screen. */
interface Shown {
  viewed: ViewedTensor;
  state: ViewState;
  settings: ViewerSettings;
  costs: Costs;
}

export class Viewer {
  readonly #page: HTMLElement;
  readonly #host: Host;
  readonly #grid: GridPanel;
  readonly #heatmap: Heatmap;
  readonly #image: ImagePanel;
  readonly #statistics: StatisticsPanel;
  #shown: Shown | null = null;
  #settings: ViewerSettings | null = null;
  /** Why nothing can be read any more. */
  #stale: string | null = null;
  #empty = 'Loading…';
  #draft: SliceDraft | null = null;
  /** Tabs whose reads a person wants although they are above the budget. */
  #allowed = new Set<Tab>();
  #saving = 0;
  #drawing = false;

  constructor(page: HTMLElement) {
    this.#page = page;
    const update = () => this.#update();
    this.#grid = new GridPanel(() => this.#context());
    const read = () => this.#save();
    this.#heatmap = new Heatmap(update, read);
    this.#image = new ImagePanel(update, read);
    this.#statistics = new StatisticsPanel(update, read);
    this.#host = new Host((event) => this.#onEvent(event));
    // VS Code throws the page away soon after it is hidden; of a change of theme, only the body's classes tell.
    document.addEventListener('visibilitychange', () => this.#saveNow());
    new MutationObserver(() => this.#repaint()).observe(page, { attributeFilter: ['class', 'data-vscode-theme-id'] });
    this.#update();
    this.#host.post({ type: 'ready' });
  }

  #onEvent(event: HostEvent): void {
    switch (event.type) {
      case 'show':
        this.#settings = event.settings;
        this.#stale = null;
        this.#show(event);
        break;
      case 'stale':
        if (!this.#shown) this.#showKept();
        this.#stale = this.#empty = event.reason;
        this.#grid.cancelSearch();
        this.#grid.store.freeze();
        break;
      case 'empty':
        this.#shown = null;
        this.#empty = event.reason;
        this.#grid.store.freeze();
        break;
      case 'settings':
        this.#settings = event.settings;
        if (this.#shown) this.#applySettings(this.#shown, event.settings);
        break;
      case 'sessionCost':
        if (this.#shown) this.#shown.costs.session = event.sessionCost;
        this.#save();
        break;
    }
    this.#update();
  }

  #show({ viewed, settings, sessionCost }: Extract<HostEvent, { type: 'show' }>): void {
    const kept = this.#shown ? null : this.#kept();
    if (kept && identityOf(kept.viewed) === identityOf(viewed)) this.#showKept();
    const before = this.#shown;
    const same = before !== null && identityOf(before.viewed) === identityOf(viewed);
    this.#grid.cancelSearch();
    if (same) {
      const stepped = kept !== null || before.viewed.stop !== viewed.stop;
      before.viewed = viewed;
      before.costs.session = sessionCost;
      if (stepped) {
        before.costs.views = {};
        this.#allowed.clear();
        this.#grid.store.nextStop();
      }
      this.#start(before, settings);
    } else {
      const state = initialState(viewed, before?.state ?? null);
      const costs = { views: {}, whole: wholeCost(viewed.tensor), session: sessionCost };
      this.#start({ viewed, state, settings, costs }, settings);
    }
    this.#save();
  }

  /** Shows a tensor's view from its state on; the windows that are here stay if it is the one that was shown before. */
  #start(shown: Shown, settings: ViewerSettings): void {
    if (this.#shown !== shown) {
      this.#shown = shown;
      this.#draft = null;
      this.#allowed.clear();
      this.#grid.store.reset(shown.viewed.tensor.dtype);
      for (const panel of [this.#heatmap, this.#image, this.#statistics]) panel.reset();
    }
    this.#applySettings(shown, settings);
    if (this.#readable(shown)) this.#grid.showView(this.#context() as PanelContext, true);
  }

  #kept(): KeptPage | null {
    const kept = this.#host.state as KeptPage | null;
    return kept?.version === keptVersion ? kept : null;
  }

  /** What was on screen before VS Code threw the page away. */
  #showKept(): void {
    const kept = this.#kept();
    if (!kept) return;
    const { viewed, state, costs, window, heatmap, image, statistics } = kept;
    const { dtype } = viewed.tensor;
    const settings = this.#settings ?? kept.settings;
    this.#start({ viewed, state, settings, costs }, settings);
    if (window) this.#grid.store.restore(window);
    if (heatmap) this.#heatmap.restore(heatmap, state.view, dtype);
    if (image) this.#image.restore(image, state, dtype);
    if (statistics) this.#statistics.restore(statistics);
  }

  #applySettings(shown: Shown, settings: ViewerSettings): void {
    shown.settings = settings;
    // VS Code marks a setting that is out of its range, and hands it over all the same.
    const digits = Math.max(digitsRange.least, Math.min(digitsRange.most, settings.digits));
    this.#grid.setStyle(shown.state.style ?? { format: settings.numberFormat, digits });
  }

  #readable({ viewed }: Shown): boolean {
    return viewed.tensor.access.how !== 'none' && knownShape(viewed) !== null;
  }

  #context(): PanelContext | null {
    const shown = this.#shown;
    if (!shown) return null;
    return {
      ...shown,
      frozen: this.#stale !== null,
      read: (tab, slice, elements, signal) => this.#read(shown, tab, slice, elements, signal),
      stats: (...args) => this.#stats(shown, ...args),
      findNotFinite: async (from, direction, signal) => {
        const { index } = await this.#host.request('findNotFinite', { from, direction }, shown.viewed.stop, signal);
        return index;
      },
      allow: (tab) => this.#allowed.add(tab),
      setView: (view) => this.#setView(shown, view),
      goTo: (index) => {
        this.#setTab(shown, 'grid');
        this.#grid.goTo(index);
      },
      changed: () => {
        this.#save();
        this.#update();
      },
    };
  }

  #setView(shown: Shown, view: AxisView): void {
    const { state } = shown;
    if (keyOfView(view) === keyOfView(state.view)) return this.#update();
    const [before, now] = [extentOf(state.view), extentOf(view)];
    state.view = view;
    // Statistics are of the whole tensor, whatever its view.
    const { statistics } = shown.costs.views;
    shown.costs.views = statistics ? { statistics } : {};
    this.#allowed.clear();
    const keepPlace = before.rows === now.rows && before.columns === now.columns;
    this.#grid.showView(this.#context() as PanelContext, keepPlace);
    this.#save();
    this.#update();
  }

  #setTab(shown: Shown, tab: Tab): void {
    if (shown.state.tab === tab) return;
    shown.state.tab = tab;
    for (const panel of [this.#heatmap, this.#image, this.#statistics]) panel.hide();
    // Whoever has chosen a tab may leave the page at once.
    this.#saveNow();
    // At once: the grid has to have its size before it can scroll to a cell.
    this.#draw();
  }

  /** Throws `OverBudget` for a read that is too dear and was not allowed. */
  #checkBudget({ viewed, settings, costs }: Shown, tab: Tab, bytes: number): void {
    const price = priceOf(viewed.tensor, bytes, costs.whole);
    if (!price || this.#allowed.has(tab) || !isOverBudget(price, settings.copyBudget)) return;
    throw new OverBudget(price, settings.copyBudget);
  }

  async #read(
    shown: Shown,
    tab: Tab,
    slice: string,
    elements: number,
    signal: AbortSignal,
  ): Promise<ViewerRequests['read']['result']> {
    const { tensor, stop } = shown.viewed;
    this.#checkBudget(shown, tab, elements * itemSize(tensor.dtype));
    const result = await this.#host.request('read', { slice }, stop, signal);
    addCost(shown.costs, tab, result.cost);
    return result;
  }

  async #stats(
    shown: Shown,
    ...[bins, signal, onProgress]: Parameters<PanelContext['stats']>
  ): ReturnType<PanelContext['stats']> {
    const { tensor, stop } = shown.viewed;
    // WebGPU reduces on the device and moves a few bytes; from elsewhere all of it has to come.
    if (tensor.device.type !== 'webgpu') this.#checkBudget(shown, 'statistics', tensor.byteLength);
    const result = await this.#host.request('stats', { bins }, stop, signal, onProgress);
    addCost(shown.costs, 'statistics', result.cost);
    return result;
  }

  #save(): void {
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => this.#saveNow(), saveDelayMs);
  }

  #saveNow(): void {
    clearTimeout(this.#saving);
    if (!this.#shown) return;
    const { viewed, state, settings, costs } = this.#shown;
    const window = this.#grid.store.keep() ?? this.#kept()?.window ?? null;
    this.#host.state = {
      ...{ version: keptVersion, viewed, state, settings, costs, window },
      heatmap: this.#heatmap.keep(),
      image: this.#image.keep(state.identity),
      statistics: this.#statistics.keep(),
    } satisfies KeptPage;
  }

  #repaint(): void {
    for (const panel of [this.#heatmap, this.#image]) panel.repaint();
    this.#update();
  }

  /** Draws the page before the next frame, however much changed. */
  #update(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    queueMicrotask(() => {
      this.#drawing = false;
      this.#draw();
    });
  }

  #draw(): void {
    render(this.#template(), this.#page);
  }

  #template(): TemplateResult {
    const shown = this.#shown;
    if (!shown) return html`<main>${notice(this.#empty)}</main>`;
    const { viewed } = shown;
    return html`<main class=${this.#stale === null ? '' : 'stale'}>
      ${header(viewed, this.#stale === null, {
        onCommand: (command) => this.#host.post({ type: 'command', command }),
        onMember: (member) => this.#host.post({ type: 'openMember', member }),
      })}
      ${this.#stale === null ? nothing : banner('stale', `Old values: ${this.#stale}`)}
      ${warningList(viewed.tensor.warnings)} ${this.#readable(shown) ? this.#body(shown) : this.#unreadable(viewed)}
    </main>`;
  }

  #unreadable({ tensor }: ViewedTensor): TemplateResult {
    return notice(tensor.access.reason ?? 'Its values can not be read.', tensor.access.help);
  }

  #body(shown: Shown): TemplateResult {
    const { viewed, state, costs } = shown;
    const context = this.#context() as PanelContext;
    const { dtype } = viewed.tensor;
    const isImage = layoutsOf(state.view.shape, dtype).length > 0;
    // Strings have neither colours nor statistics.
    const available: Tab[] =
      dtype === 'string' ? ['grid'] : ['grid', 'heatmap', ...(isImage ? (['image'] as const) : []), 'statistics'];
    const tab = available.includes(state.tab) ? state.tab : 'grid';
    const onDraft = (draft: SliceDraft | null) => {
      this.#draft = draft;
      this.#update();
    };
    return html`
      ${tabBar(available, tab, (next) => this.#setTab(shown, next))}
      <div id="panel" class="panel" role="tabpanel" aria-labelledby="tab-${tab}">
        ${
          tab === 'grid' || tab === 'heatmap'
            ? sliceBar(state.view, this.#draft, { onView: (view) => this.#setView(shown, view), onDraft })
            : nothing
        }
        ${this.#panel(tab, context)}
      </div>
      ${costStrip(viewed.tensor, costs, tab)}
    `;
  }

  #panel(tab: Tab, context: PanelContext): TemplateResult {
    const { view } = context.state;
    const { rows, columns } = extentOf(view);
    if (sizeOf(view.shape) === 0) return notice(`Shape [${view.shape.join(', ')}] has no elements.`);
    if (tab === 'statistics') return this.#statistics.template(context);
    if (tab === 'image') return this.#image.template(context);
    if (rows * columns === 0) return notice('The slice takes no elements.');
    if (tab === 'heatmap') {
      return this.#heatmap.template(context, this.#statistics.current(context.viewed.stop));
    }
    return this.#grid.template(context);
  }
}
