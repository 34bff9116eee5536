/** The heatmap: the rows and columns of the view as colours, sampled where there are more of them than pixels. */
import { html } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import { live } from 'lit/directives/live.js';
import type { DType, TensorStatistics } from '../../src/protocol/tensor.ts';
import { colormaps } from '../../src/protocol/viewer.ts';
import type { Colormap } from '../../src/protocol/viewer.ts';
import { isComplex } from '../../src/tensor/dtypes.ts';
import { briefNumber } from '../briefNumber.ts';
import { CellBlock } from '../grid/cellBlock.ts';
import type { Rectangle } from '../grid/windowPlan.ts';
import type { PanelContext } from '../panel.ts';
import { colorBar } from '../raster/colorBar.ts';
import { colorScale, rangeOfStatistics, rangeOfValues } from '../raster/colorScale.ts';
import type { ColorScale, ValueRange } from '../raster/colorScale.ts';
import { legend, notFiniteIn } from '../raster/legend.ts';
import type { NotFinitePresent } from '../raster/legend.ts';
import { notFiniteColors } from '../raster/notFiniteColors.ts';
import { paintValues } from '../raster/paint.ts';
import { Picture } from '../raster/picture.ts';
import { bytesOf, keepSample } from '../raster/keptSample.ts';
import type { KeptSample } from '../raster/keptSample.ts';
import type { SamplePlan } from '../raster/sampling.ts';
import { valuesOf } from '../raster/values.ts';
import { extentOf, indexOfCell, keyOfView, windowSlice } from '../slicebar/axisView.ts';
import type { AxisView } from '../slicebar/axisView.ts';

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

const mapTitles: Record<Colormap, string> = {
  auto: 'Automatic',
  viridis: 'Viridis',
  cividis: 'Cividis',
  gray: 'Gray',
  diverging: 'Diverging',
};
const exact = { format: 'shortest', digits: 0 } as const;

export class Heatmap {
  readonly #picture: Picture<Sample>;

  /** @param read something came, which `keep` has from now on */
  constructor(update: () => void, read: () => void) {
    this.#picture = new Picture({ tab: 'heatmap', name: 'Heatmap', square: false }, update, read);
  }

  repaint(): void {
    this.#picture.repaint();
  }

  reset(): void {
    this.#picture.reset();
  }

  hide(): void {
    this.#picture.hide();
  }

  /** What is on screen, for `restore`. */
  keep(): KeptSample | null {
    const { sample } = this.#picture;
    if (!sample) return null;
    const { view, plan, block } = sample;
    return keepSample(keyOfView(view), plan, (row, column) => block.raw(row, column) as Uint8Array);
  }

  /** Puts a sample back that was kept of this view. */
  restore(kept: KeptSample, view: AxisView, dtype: DType): void {
    if (kept.key !== keyOfView(view)) return;
    const { rows, columns } = kept.plan;
    const layout = { slice: '', rows: rows.count, columns: columns.count, rowStride: columns.count, columnStride: 1 };
    const block = new CellBlock(dtype, layout, { bytes: bytesOf(kept) });
    this.#picture.restore(kept.key, sampleOf(view, kept.plan, block));
  }

  template(context: PanelContext, statistics: TensorStatistics | null): TemplateResult {
    const { viewed, settings, state } = context;
    const { view } = state;
    const { dtype } = viewed.tensor;
    this.#picture.show(keyOfView(view), extentOf(view), ({ row, column }) =>
      context.goTo(indexOfCell(view, row, column)),
    );
    this.#picture.want(context, (plan) => {
      const layout = windowSlice(view, plan.rows, plan.columns);
      const read = async (signal: AbortSignal) => {
        const data = await context.read('heatmap', layout.slice, layout.rows * layout.columns, signal);
        return sampleOf(view, plan, new CellBlock(dtype, layout, data));
      };
      return { key: `${viewed.stop}/${layout.slice}`, read };
    });
    const { sample } = this.#picture;
    const robust = state.robustRange ?? settings.robustRange;
    const map = state.colormap ?? settings.colormap;
    const whole = statistics && rangeOfStatistics(statistics, false);
    const full = whole ?? sample?.range ?? null;
    const inner = statistics && whole ? rangeOfStatistics(statistics, true) : (sample?.robustRange ?? null);
    // Where nearly all are equal, the outliers are all that there is to see.
    const range = robust && inner && inner.min < inner.max ? inner : full;
    const scale = range && colorScale(range, map);
    // Without any finite value, no scale is needed.
    this.#picture.paint(scale, ({ values }) =>
      paintValues(values, scale ?? { map: 'gray', min: 0, max: 0 }, notFiniteColors()),
    );
    const note = range && rangeNote(range, { whole: whole !== null, inner: range !== full, dtype });
    return this.#picture.template(context, (region) => label(region, scale), {
      tools: [this.#mapSelect(context, map), this.#robustBox(context, robust)],
      below: html`<div class="color-bar" role="group" aria-label="Colours">
        ${scale && note ? colorBar(scale, note) : ''} ${sample ? legend(sample.notFinite) : ''}
      </div>`,
      readout: this.#readout(dtype),
    });
  }

  #mapSelect(context: PanelContext, map: Colormap): TemplateResult {
    const onChange = ({ target }: Event) => {
      context.state.colormap = (target as HTMLSelectElement).value as Colormap;
      context.changed();
    };
    return html`<div class="field">
      <label for="colormap">Colours</label>
      <select id="colormap" .value=${live(map)} @change=${onChange}>
        ${colormaps.map((name) => html`<option value=${name} ?selected=${name === map}>${mapTitles[name]}</option>`)}
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

  #readout(dtype: DType): TemplateResult | string {
    const pointed = this.#picture.pointed();
    if (typeof pointed === 'string') return pointed;
    const { sample, found } = pointed;
    const index = indexOfCell(sample.view, found.row, found.column);
    const magnitude = isComplex(dtype) ? `, magnitude ${briefNumber(sample.values[found.k] as number)}` : '';
    return html`<code>[${index.join(', ')}]</code>
      ${sample.block.cell(found.sampleRow, found.sampleColumn, exact).text}${magnitude}`;
  }
}

function label({ rowStart, rowEnd, columnStart, columnEnd }: Rectangle, scale: ColorScale | null): string {
  const range = scale ? `, ${mapTitles[scale.map]} from ${briefNumber(scale.min)} to ${briefNumber(scale.max)}` : '';
  return `Heatmap of rows ${rowStart} to ${rowEnd - 1}, columns ${columnStart} to ${columnEnd - 1}${range}.`;
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

function rangeNote(
  { min, max }: ValueRange,
  { whole, inner, dtype }: { whole: boolean; inner: boolean; dtype: DType },
): string {
  const what = `${whole ? 'the whole tensor' : 'the elements shown'}${whole && inner ? ', by its histogram' : ''}`;
  const range = min === max ? 'the only finite value' : inner ? '2 % to 98 %' : 'the range';
  return `${isComplex(dtype) ? 'magnitude: ' : ''}${range} of ${what}`;
}
