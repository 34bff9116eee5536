/**
 * A tab that is a picture of a tensor, as heatmap and image are: a sample is read for the part on screen, painted, zoomed, and
 * pointed at.
 */
import { html } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import type { CellPosition } from '../grid/windowPlan.ts';
import { Loader } from '../loader.ts';
import { neverRead, problem } from '../messages.ts';
import type { PanelContext } from '../panel.ts';
import type { Tab } from '../state.ts';
import { RasterView } from './rasterView.ts';
import { coveredBy, sampleAt } from './sample.ts';
import { samplePlan, sampleText } from './sampling.ts';
import type { SamplePlan } from './sampling.ts';

interface PictureParts {
  /** Controls before those that zoom. */
  tools: unknown;
  /** Between the picture and what is read of it. */
  below?: unknown;
  /** What is said of the element at the point. */
  readout: unknown;
}

export class Picture<Sample extends { plan: SamplePlan }> {
  readonly #tab: Tab;
  readonly #name: string;
  /** Pixels are as wide as they are high. */
  readonly #square: boolean;
  readonly #view: RasterView;
  readonly #loader: Loader<Sample>;
  #key = '';
  #drawn: unknown = null;
  #point: CellPosition | null = null;
  #choose: ((point: CellPosition) => void) | null = null;
  #wanted: SamplePlan = samplePlan({ rowStart: 0, rowEnd: 0, columnStart: 0, columnEnd: 0 }, { width: 0, height: 0 });

  /** @param read something came, which is to be kept from now on */
  constructor(
    { tab, name, square }: { tab: Tab; name: string; square: boolean },
    update: () => void,
    read: () => void,
  ) {
    this.#tab = tab;
    this.#name = name;
    this.#square = square;
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

  /** What is on screen, or will be once it is painted. */
  get sample(): Sample | null {
    return this.#loader.value;
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

  /** Puts a sample back that was kept of what this key stands for. */
  restore(key: string, sample: Sample): void {
    this.#key = key;
    this.#drawn = null;
    this.#loader.restore('kept', sample);
  }

  /**
   * From here on another picture is shown, if the key is another one.
   * @param choose takes the cell of a double click
   */
  show(key: string, extent: { rows: number; columns: number }, choose: (point: CellPosition) => void): void {
    if (key !== this.#key) {
      this.#key = key;
      this.reset();
    }
    this.#view.setExtent(extent);
    this.#choose = choose;
    this.#wanted = samplePlan(this.#view.region, this.#view.room, this.#square);
  }

  /** Reads what is missing on screen, unless nothing can be read any more. */
  want(
    { frozen }: PanelContext,
    load: (plan: SamplePlan) => { key: string; read: (signal: AbortSignal) => Promise<Sample> },
  ): void {
    if (frozen || this.#view.room.width <= 1) return;
    const { key, read } = load(this.#wanted);
    this.#loader.want(key, read);
  }

  /** @param colours what the paint depends on beside the sample */
  paint(colours: unknown, paint: (sample: Sample) => Uint8ClampedArray<ArrayBuffer>): void {
    const { value: sample, valueKey } = this.#loader;
    const drawn = JSON.stringify([valueKey, colours]);
    if (!sample || drawn === this.#drawn) return;
    this.#drawn = drawn;
    const { rows, columns } = sample.plan;
    this.#view.setRaster({
      pixels: paint(sample),
      width: columns.count,
      height: rows.count,
      covers: coveredBy(sample.plan),
    });
  }

  /** The sample, and its element at the point; a text where there is none. */
  pointed(): { sample: Sample; found: NonNullable<ReturnType<typeof sampleAt>> } | string {
    const { sample } = this;
    if (!this.#point || !sample) return 'The wheel zooms, dragging moves, a double click opens the cell.';
    const found = sampleAt(sample.plan, this.#point);
    return found ? { sample, found } : '…';
  }

  /** @param label what assistive technology says of the picture, up to how it is sampled */
  template(
    context: PanelContext,
    label: (region: RasterView['region']) => string,
    { tools, below = '', readout }: PictureParts,
  ): TemplateResult {
    if (context.frozen && !this.sample) return neverRead();
    const { loading, error } = this.#loader;
    const sampled = sampleText(context.frozen && this.sample ? this.sample.plan : this.#wanted);
    const sampling = sampled && ` ${sampled}.`;
    this.#view.setLabel(`${label(this.#view.region)}${sampling} Arrows move a point, plus and minus zoom.`);
    const anyway = () => {
      context.allow(this.#tab);
      this.#loader.retry();
    };
    return html`
      <div class="tools" role="group" aria-label=${this.#name}>
        ${tools}
        <span class="buttons" role="group" aria-label="Zoom">
          <button title="Zoom in (+)" aria-label="Zoom in" @click=${() => this.#view.zoom('in')}>+</button>
          <button title="Zoom out (−)" aria-label="Zoom out" @click=${() => this.#view.zoom('out')}>−</button>
          <button title="Show all (0)" ?disabled=${this.#view.isWhole} @click=${() => this.#view.zoom('whole')}>
            All
          </button>
        </span>
        <span class="quiet" role="status">${loading ? 'Reading…' : sampled}</span>
      </div>
      ${error && !context.frozen ? problem(error, () => this.#loader.retry(), anyway) : ''}
      <div class="picture ${loading ? 'busy' : ''}">${this.#view.element}</div>
      ${below}
      <div class="readout"><span aria-live="polite">${readout}</span></div>
    `;
  }
}
