/** The heatmap: the rows and columns of the view as colours, sampled where there are more of them than pixels. */
import { html } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import { live } from 'lit/directives/live.js';
import type { DType, TensorStatistics } from '../../src/protocol/tensor.ts';
import { colorMaps } from '../../src/protocol/viewer.ts';
import type { ColorMap } from '../../src/protocol/viewer.ts';
import { roundNumber } from '../raster/roundNumber.ts';
import { CellBlock } from '../grid/cellBlock.ts';
import type { CellPosition } from '../grid/windowPlan.ts';
import { Loader } from '../loader.ts';
import { notice, problem } from '../messages.ts';
import type { PanelContext } from '../panel.ts';
import { colorBar } from '../raster/colorBar.ts';
import type { NotFinitePresent } from '../raster/colorBar.ts';
import { colorScale, rangeOfHistogram, rangeOfValues } from '../raster/colorScale.ts';
import type { ColorScale, ValueRange } from '../raster/colorScale.ts';
import { notFiniteColors } from '../raster/notFiniteColors.ts';
import { paintValues } from '../raster/paint.ts';
import { RasterView } from '../raster/rasterView.ts';
import { bytesOf, keepSample } from '../raster/keptSample.ts';
import type { KeptSample } from '../raster/keptSample.ts';
import { samplePlan, sampleText } from '../raster/sampling.ts';
import type { SamplePlan } from '../raster/sampling.ts';
import { valuesOf } from '../raster/values.ts';
import { extentOf, indexOfCell, keyOfView, windowSlice } from '../slicebar/axisView.ts';
import type { AxisView } from '../slicebar/axisView.ts';
import { coveredBy, sampleAt } from './sample.ts';

interface Sample {
  view: AxisView;
  plan: SamplePlan;
  block: CellBlock;
  values: Float64Array;
  /** Sorting takes a while: once per sample, not per movement of the mouse. */
  range: ValueRange | null;
  robustRange: ValueRange | null;
  notFinite: NotFinitePresent;
}

const mapTitles: Record<ColorMap, string> = {
  auto: 'Automatic',
  viridis: 'Viridis',
  cividis: 'Cividis',
  gray: 'Gray',
  diverging: 'Diverging',
};
const exact = { format: 'shortest', digits: 0 } as const;

export class Heatmap {
  readonly #view: RasterView;
  readonly #loader: Loader<Sample>;
  #viewKey = '';
  #drawn: unknown = null;
  #point: CellPosition | null = null;
  #choose: ((point: CellPosition) => void) | null = null;

  /** @param read something came, which `keep` has from now on */
  constructor(update: () => void, read: () => void) {
    this.#loader = new Loader(() => {
      read();
      update();
    });
    this.#view = new RasterView({
      onRegion: update,
      onPoint: (point) => {
        this.#point = point;
        update();
      },
      onChoose: (point) => this.#choose?.(point),
    });
  }

  /** Colours come from the theme. */
  repaint(): void {
    this.#drawn = null;
  }

  reset(): void {
    this.#loader.reset();
    this.#view.setRaster(null);
  }

  hide(): void {
    this.#loader.cancel();
  }

  /** What is on screen, for `restore`. */
  keep(): KeptSample | null {
    const { value } = this.#loader;
    if (!value) return null;
    const { view, plan, block } = value;
    return keepSample(keyOfView(view), plan, (row, column) => block.raw(row, column) as Uint8Array);
  }

  /** Puts a sample back that was kept of this view. */
  restore(kept: KeptSample, view: AxisView, dtype: DType): void {
    if (kept.key !== keyOfView(view)) return;
    const { rows, columns } = kept.plan;
    const layout = { slice: '', rows: rows.count, columns: columns.count, rowStride: columns.count, columnStride: 1 };
    this.#viewKey = kept.key;
    this.#drawn = null;
    this.#loader.restore('kept', sampleOf(view, kept.plan, new CellBlock(dtype, layout, { bytes: bytesOf(kept) })));
  }

  template(context: PanelContext, statistics: TensorStatistics | null): TemplateResult {
    const { viewed, settings, state } = context;
    const { view } = state;
    const { dtype } = viewed.tensor;
    if (dtype === 'string') return notice('Strings have no colours.', 'The grid shows them.');
    const extent = extentOf(view);
    if (this.#viewKey !== keyOfView(view)) {
      this.#viewKey = keyOfView(view);
      this.#loader.reset();
      this.#view.setRaster(null);
    }
    this.#view.setExtent(extent);
    this.#choose = ({ row, column }) => context.goTo(indexOfCell(view, row, column));
    const wanted = samplePlan(this.#view.region, this.#view.room);
    if (!context.frozen && this.#view.room.width > 1) this.#want(context, wanted);
    const sample = this.#loader.value;
    const plan = context.frozen && sample ? sample.plan : wanted;
    const robust = state.robustRange ?? settings.robustRange;
    const map = state.colorMap ?? settings.colorMap;
    const histogram = statistics?.histogram ?? null;
    const range = histogram ? rangeOfHistogram(histogram, robust) : robust ? sample?.robustRange : sample?.range;
    const scale = range ? colorScale(range, map) : null;
    if (sample) this.#paint(sample, scale);
    this.#view.setLabel(this.#label(plan, scale));
    return html`
      <div class="tools" role="group" aria-label="Heatmap">
        ${this.#mapSelect(context, map)} ${this.#robustBox(context, robust)}
        <span class="buttons" role="group" aria-label="Zoom">
          <button title="Zoom in (+)" aria-label="Zoom in" @click=${() => this.#view.zoom('in')}>+</button>
          <button title="Zoom out (−)" aria-label="Zoom out" @click=${() => this.#view.zoom('out')}>−</button>
          <button title="Show all (0)" ?disabled=${this.#view.isWhole} @click=${() => this.#view.zoom('whole')}>
            All
          </button>
        </span>
        <span class="quiet" role="status">${this.#loader.loading ? 'Reading…' : sampleText(plan)}</span>
      </div>
      ${this.#loader.error ? this.#problem(context, this.#loader.error) : ''}
      <div class="picture ${this.#loader.loading ? 'busy' : ''}">${this.#view.element}</div>
      ${scale ? colorBar(scale, roundNumber, sample?.notFinite ?? noneNotFinite, rangeNote(histogram !== null, robust)) : ''}
      <div class="readout"><span aria-live="polite">${this.#readout(sample, dtype)}</span></div>
    `;
  }

  #problem(context: PanelContext, error: NonNullable<Loader<Sample>['error']>): TemplateResult {
    return problem(
      error,
      () => this.#loader.retry(),
      () => {
        context.allow('heatmap');
        this.#loader.retry();
      },
    );
  }

  #want(context: PanelContext, plan: SamplePlan): void {
    const { viewed, state } = context;
    const { view } = state;
    const layout = windowSlice(view, plan.rows, plan.columns);
    this.#loader.want(`${viewed.stop}/${layout.slice}`, async (signal) => {
      const elements = layout.rows * layout.columns;
      const data = await context.read('heatmap', layout.slice, elements, signal);
      return sampleOf(view, plan, new CellBlock(viewed.tensor.dtype, layout, data));
    });
  }

  #paint(sample: Sample, scale: ColorScale | null): void {
    const drawn = JSON.stringify([this.#loader.valueKey, scale]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    // Without any finite value, no scale is needed.
    const pixels = paintValues(sample.values, scale ?? { map: 'gray', min: 0, max: 0 }, notFiniteColors());
    const { rows, columns } = sample.plan;
    this.#view.setRaster({ pixels, width: columns.count, height: rows.count, covers: coveredBy(sample.plan) });
  }

  #mapSelect(context: PanelContext, map: ColorMap): TemplateResult {
    const onChange = ({ target }: Event) => {
      context.state.colorMap = (target as HTMLSelectElement).value as ColorMap;
      context.changed();
    };
    return html`<div class="field">
      <label for="color-map">Colours</label>
      <select id="color-map" .value=${live(map)} @change=${onChange}>
        ${colorMaps.map((name) => html`<option value=${name} ?selected=${name === map}>${mapTitles[name]}</option>`)}
      </select>
    </div>`;
  }

  #robustBox(context: PanelContext, robust: boolean): TemplateResult {
    const onChange = ({ target }: Event) => {
      context.state.robustRange = (target as HTMLInputElement).checked;
      context.changed();
    };
    return html`<label class="field" title="Leaves the outermost 2 % of the values on either side to the end colours">
      <input type="checkbox" .checked=${live(robust)} @change=${onChange} /> Without outliers
    </label>`;
  }

  #label(plan: SamplePlan, scale: ColorScale | null): string {
    const { rowStart, rowEnd, columnStart, columnEnd } = this.#view.region;
    const range = scale ? `, ${mapTitles[scale.map]} from ${roundNumber(scale.min)} to ${roundNumber(scale.max)}` : '';
    const part = `rows ${rowStart} to ${rowEnd - 1}, columns ${columnStart} to ${columnEnd - 1}`;
    return `Heatmap of ${part}${range}. ${sampleText(plan)}. Arrows move a point, plus and minus zoom.`;
  }

  #readout(sample: Sample | null, dtype: DType): TemplateResult | string {
    if (!this.#point || !sample)
      return 'Point at a pixel to read it. The wheel zooms, dragging moves, a double click shows the cell in the grid.';
    const found = sampleAt(sample.plan, this.#point);
    if (!found) return '…';
    const index = indexOfCell(sample.view, found.row, found.column);
    const magnitude = dtype.startsWith('complex') ? `, magnitude ${roundNumber(sample.values[found.k] as number)}` : '';
    return html`<code>[${index.join(', ')}]</code>
      ${sample.block.cell(found.sampleRow, found.sampleColumn, exact).text}${magnitude}`;
  }
}

function sampleOf(view: AxisView, plan: SamplePlan, block: CellBlock): Sample {
  const values = valuesOf(block, plan.rows.count, plan.columns.count);
  return {
    view,
    plan,
    block,
    values,
    range: rangeOfValues(values, false),
    robustRange: rangeOfValues(values, true),
    notFinite: notFiniteIn(values),
  };
}

const noneNotFinite: NotFinitePresent = { nan: false, positiveInfinity: false, negativeInfinity: false };

function notFiniteIn(values: Float64Array): NotFinitePresent {
  return {
    nan: values.includes(NaN),
    positiveInfinity: values.includes(Infinity),
    negativeInfinity: values.includes(-Infinity),
  };
}

function rangeNote(whole: boolean, robust: boolean): string {
  const what = whole ? 'the whole tensor, by its histogram' : 'the elements shown';
  return robust ? `2 % to 98 % of ${what}` : `the range of ${what}`;
}
