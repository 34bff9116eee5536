/** The image view: height, width and channels of a tensor as a picture. */
import { html } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import { live } from 'lit/directives/live.js';
import type { DType } from '../../src/protocol/tensor.ts';
import { dataViewOf, elementReader, itemSize } from '../../src/tensor/dtypes.ts';
import { formatElement } from '../../src/tensor/numbers.ts';
import { notice } from '../messages.ts';
import type { PanelContext } from '../panel.ts';
import { rangeOfValues } from '../raster/colorScale.ts';
import type { ValueRange } from '../raster/colorScale.ts';
import { legend, notFiniteIn } from '../raster/legend.ts';
import type { NotFinitePresent } from '../raster/legend.ts';
import { notFiniteColors } from '../raster/notFiniteColors.ts';
import { paintImage } from '../raster/paint.ts';
import { Picture } from '../raster/picture.ts';
import { bytesOf, keepSample } from '../raster/keptSample.ts';
import type { KeptSample } from '../raster/keptSample.ts';
import type { SamplePlan } from '../raster/sampling.ts';
import { numberOf } from '../raster/values.ts';
import type { ViewState } from '../state.ts';
import { axisTexts } from '../ticks.ts';
import { axisControl } from '../slicebar/sliceBar.ts';
import { guessRange, imageSlice, layoutsOf, rangeOf, valueRanges } from './layouts.ts';
import type { ImageLayout, ImageLayoutName, ImageSlice, ValueRangeName } from './layouts.ts';

interface Sample {
  layout: ImageLayout;
  index: readonly number[];
  plan: SamplePlan;
  /** Per pixel its channels, one after another. */
  values: Float64Array;
  /** The same as text is exact: 64-bit integers too. */
  texts: (k: number) => string;
  /** The bytes of a pixel's channels. */
  pixel: (row: number, column: number) => Uint8Array;
  range: ValueRange | null;
  notFinite: NotFinitePresent;
}

const layoutTitles: Record<ImageLayoutName, string> = {
  channelsLast: 'height, width, channels',
  channelsFirst: 'channels, height, width',
  gray: 'height, width',
};
const rangeTitles: Record<Exclude<ValueRangeName, 'guess'>, string> = {
  unit: '0 to 1',
  signed: '-1 to 1',
  bytes: '0 to 255',
  shown: 'min to max',
};

export class ImagePanel {
  readonly #picture: Picture<Sample>;

  /** @param read something came, which `keep` has from now on */
  constructor(update: () => void, read: () => void) {
    this.#picture = new Picture({ tab: 'image', name: 'Image', square: true }, update, read);
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
  keep(identity: string): KeptSample | null {
    const { sample } = this.#picture;
    return sample && keepSample(keptKey(identity, sample.layout, sample.index), sample.plan, sample.pixel);
  }

  /** Puts a sample back that was kept of this image. */
  restore(kept: KeptSample, state: ViewState, dtype: DType): void {
    const layout = layoutFor(state, dtype);
    const { index } = state.view;
    if (!layout || kept.key !== keptKey(state.identity, layout, index)) return;
    const { channelCount } = layout;
    const strides = { rowStride: kept.plan.columns.count * channelCount, columnStride: channelCount, channelStride: 1 };
    const sample = sampleOf(dtype, layout, index, kept.plan, bytesOf(kept), strides);
    this.#picture.restore(imageKeyOf(state.identity, layout), sample);
  }

  template(context: PanelContext): TemplateResult {
    const { state, viewed } = context;
    const { shape, index } = state.view;
    const { dtype } = viewed.tensor;
    const layouts = layoutsOf(shape, dtype);
    const layout = layoutFor(state, dtype);
    if (!layout) return notice('This shape is no image.');
    const extent = { rows: shape[layout.height] as number, columns: shape[layout.width] as number };
    this.#picture.show(imageKeyOf(state.identity, layout), extent, ({ row, column }) =>
      context.goTo(elementOf(layout, index, row, column)),
    );
    this.#picture.want(context, (plan) => {
      const where = imageSlice(shape, layout, index, plan);
      const read = async (signal: AbortSignal) => {
        const elements = plan.rows.count * plan.columns.count * layout.channelCount;
        const { bytes = new Uint8Array() } = await context.read('image', where.slice, elements, signal);
        return sampleOf(dtype, layout, index, plan, bytes, where);
      };
      return { key: `${viewed.stop}/${where.slice}`, read };
    });
    const { sample } = this.#picture;
    const found = sample?.range ?? null;
    const guessed = guessRange(dtype, found);
    const range = rangeOf(state.imageRange === 'guess' ? guessed : state.imageRange, found);
    this.#picture.paint(range, ({ values, layout: { channelCount } }) =>
      paintImage(values, channelCount, range, notFiniteColors()),
    );
    const standing = shape.map((_, axis) =>
      [layout.height, layout.width, layout.channels].includes(axis)
        ? ''
        : axisControl(state.view, axis, { onView: context.setView }),
    );
    return this.#picture.template(context, () => `Image of ${extent.rows} by ${extent.columns} pixels.`, {
      tools: [this.#layoutSelect(context, layouts, layout), this.#rangeSelect(context, guessed, found), standing],
      below: sample ? html`<div class="color-bar">${legend(sample.notFinite)}</div>` : '',
      readout: this.#readout(),
    });
  }

  #layoutSelect(context: PanelContext, layouts: ImageLayout[], { name }: ImageLayout): TemplateResult | string {
    if (layouts.length < 2) return '';
    const onChange = ({ target }: Event) => {
      context.state.imageLayout = (target as HTMLSelectElement).value as ImageLayoutName;
      context.changed();
    };
    return html`<div class="field">
      <label for="image-layout">Axes</label>
      <select id="image-layout" .value=${live(name)} @change=${onChange}>
        ${layouts.map((layout) => html`<option value=${layout.name} ?selected=${layout.name === name}>${layoutTitles[layout.name]}</option>`)}
      </select>
    </div>`;
  }

  #rangeSelect(
    context: PanelContext,
    guessed: Exclude<ValueRangeName, 'guess'>,
    shown: ValueRange | null,
  ): TemplateResult {
    const { imageRange } = context.state;
    const onChange = ({ target }: Event) => {
      context.state.imageRange = (target as HTMLSelectElement).value as ValueRangeName;
      context.changed();
    };
    const title = (name: ValueRangeName): string => {
      if (name === 'guess') return `guessed: ${rangeTitles[guessed]}`;
      return name === 'shown' && shown
        ? `${rangeTitles.shown} (${axisTexts([shown.min, shown.max]).join(' to ')})`
        : rangeTitles[name];
    };
    return html`<div class="field">
      <label for="image-range">Range</label>
      <select id="image-range" title="The values of black and white" .value=${live(imageRange)} @change=${onChange}>
        ${valueRanges.map((name) => html`<option value=${name} ?selected=${name === imageRange}>${title(name)}</option>`)}
      </select>
    </div>`;
  }

  #readout(): TemplateResult | string {
    const pointed = this.#picture.pointed();
    if (typeof pointed === 'string') return pointed;
    const { sample, found } = pointed;
    const { channelCount } = sample.layout;
    const texts = Array.from({ length: channelCount }, (_, channel) => sample.texts(found.k * channelCount + channel));
    return html`<code>row ${found.row}, column ${found.column}</code> ${texts.join(', ')}`;
  }
}

/** The layout that was chosen, or else the likeliest that the shape allows. */
function layoutFor(state: ViewState, dtype: DType): ImageLayout | undefined {
  const layouts = layoutsOf(state.view.shape, dtype);
  return layouts.find(({ name }) => name === state.imageLayout) ?? layouts[0];
}

function imageKeyOf(identity: string, layout: ImageLayout): string {
  return JSON.stringify([identity, layout]);
}

function keptKey(identity: string, layout: ImageLayout, index: readonly number[]): string {
  return JSON.stringify([identity, layout, index]);
}

/** @param strides in elements of `bytes` */
function sampleOf(
  dtype: DType,
  layout: ImageLayout,
  index: readonly number[],
  plan: SamplePlan,
  bytes: Uint8Array,
  { rowStride, columnStride, channelStride }: Omit<ImageSlice, 'slice'>,
): Sample {
  const view = dataViewOf(bytes);
  const read = elementReader(dtype);
  const size = itemSize(dtype);
  const { channelCount } = layout;
  const { rows, columns } = plan;
  const offset = (row: number, column: number, channel: number): number =>
    (row * rowStride + column * columnStride + channel * channelStride) * size;
  const at = (k: number): number => {
    const channel = k % channelCount;
    const pixel = (k - channel) / channelCount;
    const column = pixel % columns.count;
    return offset((pixel - column) / columns.count, column, channel);
  };
  const length = rows.count * columns.count * channelCount;
  const values = Float64Array.from({ length }, (_, k) => numberOf(read(view, at(k))));
  const texts = (k: number) => formatElement(read(view, at(k)), dtype);
  const pixel = (row: number, column: number): Uint8Array => {
    const found = new Uint8Array(channelCount * size);
    for (let channel = 0; channel < channelCount; channel++) {
      const start = offset(row, column, channel);
      found.set(bytes.subarray(start, start + size), channel * size);
    }
    return found;
  };
  const range = rangeOfValues(values, false);
  return { layout, index, plan, values, texts, pixel, range, notFinite: notFiniteIn(values) };
}

function elementOf(
  { height, width, channels }: ImageLayout,
  index: readonly number[],
  row: number,
  column: number,
): number[] {
  return index.map((standing, axis) => {
    if (axis === height) return row;
    if (axis === width) return column;
    return axis === channels ? 0 : standing;
  });
}
