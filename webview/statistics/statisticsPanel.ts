/** Statistics of the whole tensor and its histogram. They cost a pass over all of it: nothing is asked before the tab is opened. */
import { html } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import { live } from 'lit/directives/live.js';
import type { TensorStatistics } from '../../src/protocol/tensor.ts';
import { isComplex } from '../../src/tensor/dtypes.ts';
import { formatMs } from '../../src/tensor/preview.ts';
import { statisticsCostText, statisticsTexts } from '../../src/tensor/statisticsTexts.ts';
import { percentage } from '../briefNumber.ts';
import { unravelIndex } from '../../src/tensor/shape.ts';
import { Loader } from '../loader.ts';
import { neverRead, notice, problem } from '../messages.ts';
import type { PanelContext } from '../panel.ts';
import { axisTexts } from '../ticks.ts';
import { binRange } from './bars.ts';
import { histogramView } from './histogramView.ts';

const bins = 64;
const complexNote =
  'Complex numbers have no order, so no minimum, maximum or histogram; mean and standard deviation are computed of ' +
  'real tensors only. One with a NaN part counts as NaN, another with an infinite part as infinite.';

export interface KeptStatistics {
  stop: string;
  statistics: TensorStatistics;
}

export class StatisticsPanel {
  readonly #loader: Loader<TensorStatistics>;
  readonly #update: () => void;
  readonly #setBin: (bin: number | null) => void;
  #bin: number | null = null;
  /** The stop that a person asked for statistics of although they take long. */
  #asked = -1;
  /** The stop whose statistics a person did not wait for. */
  #cancelled = -1;
  #fraction = 0;

  /** @param read something came, which `keep` has from now on */
  constructor(update: () => void, read: () => void) {
    this.#update = update;
    this.#loader = new Loader(() => {
      read();
      update();
    });
    this.#setBin = (bin) => {
      this.#bin = bin;
      update();
    };
  }

  /** Of this stop; null as long as nobody has opened the tab. */
  current(stop: number): TensorStatistics | null {
    return this.#loader.valueKey === String(stop) ? this.#loader.value : null;
  }

  /** What is here, and of which stop, for `restore`. */
  keep(): KeptStatistics | null {
    const { value, valueKey } = this.#loader;
    return value && valueKey !== null ? { stop: valueKey, statistics: value } : null;
  }

  restore({ stop, statistics }: KeptStatistics): void {
    this.#loader.restore(stop, statistics);
  }

  reset(): void {
    this.#loader.reset();
    this.#bin = null;
  }

  hide(): void {
    if (this.#loader.loading) this.#loader.cancel();
  }

  template(context: PanelContext): TemplateResult {
    const { viewed, settings, frozen } = context;
    const { dtype } = viewed.tensor;
    if (dtype === 'unknown') return notice('Memory without a dtype has no statistics.');
    const key = String(viewed.stop);
    const { value } = this.#loader;
    if (frozen && !value) return neverRead();
    // What took long last time is not done again at every step by itself.
    const lastMs = value ? value.cost.queueMs + value.cost.transferMs : 0;
    const isOld = value !== null && this.#loader.valueKey !== key;
    const isCancelled = this.#cancelled === viewed.stop;
    const waits = isCancelled || (isOld && lastMs > settings.copyBudget.ms && this.#asked !== viewed.stop);
    if (!frozen && !waits) this.#loader.want(key, (signal) => this.#compute(context, signal));
    const { error, loading } = this.#loader;
    const compute = () => {
      this.#asked = viewed.stop;
      this.#cancelled = -1;
      context.changed();
    };
    return html`<div class="statistics">
      ${
        error && !frozen
          ? problem(
              error,
              () => this.#loader.retry(),
              () => {
                context.allow('statistics');
                this.#loader.retry();
              },
            )
          : ''
      }
      ${
        waits
          ? notice(
              isOld ? 'These are the statistics of an earlier stop.' : 'The statistics were not computed to their end.',
              isOld ? `They took ${formatMs(lastMs)}.` : undefined,
              html`<button class="primary" @click=${compute}>Compute for This Stop</button>`,
            )
          : ''
      }
      ${loading ? this.#progress(context) : ''}
      ${value ? [this.#table(context, value), this.#chart(context, value)] : ''}
    </div>`;
  }

  #compute(context: PanelContext, signal: AbortSignal): Promise<TensorStatistics> {
    this.#fraction = 0;
    return context.stats(bins, signal, (fraction) => {
      this.#fraction = fraction;
      this.#update();
    });
  }

  #progress(context: PanelContext): TemplateResult {
    const cancel = () => {
      this.#cancelled = context.viewed.stop;
      this.#loader.cancel();
      context.changed();
    };
    const done = this.#fraction > 0 ? html` <progress max="1" value=${this.#fraction}></progress>` : '';
    return html`<p class="quiet busy progress">
      <span role="status">Computing over the whole tensor…</span>${done}
      <button @click=${cancel}>Cancel</button>
    </p>`;
  }

  #table(context: PanelContext, statistics: TensorStatistics): TemplateResult {
    const { count, zeros, nan, posInf, negInf, firstNotFinite, where } = statistics;
    const { min, max, mean, std } = statisticsTexts(statistics, '–');
    const complex = isComplex(context.viewed.tensor.dtype);
    const share = (n: number) => (n === 0 ? '' : ` (${percentage(n, count)})`);
    const row = (name: string, value: string | number, className = '') =>
      html`<tr>
        <th scope="row">${name}</th>
        <td class=${className}>${value}</td>
      </tr>`;
    const { shape } = context.state.view;
    return html`<div class="figures">
      <table aria-label="Statistics">
        <tbody>
          ${row('Elements', count)}
          ${complex ? '' : [row('Minimum', min), row('Maximum', max), row('Mean', mean), row('Standard deviation', std)]}
          ${row('Zeros', `${zeros}${share(zeros)}`)} ${row('NaN', `${nan}${share(nan)}`, nan > 0 ? 'nan' : '')}
          ${row('Infinity', `${posInf}${share(posInf)}`, posInf > 0 ? 'positiveInfinity' : '')}
          ${row('-Infinity', `${negInf}${share(negInf)}`, negInf > 0 ? 'negativeInfinity' : '')}
          ${
            firstNotFinite === null
              ? ''
              : html`<tr>
                  <th scope="row">First not finite</th>
                  <td>
                    <code>[${unravelIndex(firstNotFinite, shape).join(', ')}]</code>
                    <button @click=${() => context.goTo(unravelIndex(firstNotFinite, shape))}>Show</button>
                  </td>
                </tr>`
          }
        </tbody>
      </table>
      <p class="quiet">
        ${complex ? 'Reduced' : 'Over the finite elements, reduced'} on the ${where}: ${statisticsCostText(statistics)}.
      </p>
    </div>`;
  }

  #chart(context: PanelContext, { histogram }: TensorStatistics): TemplateResult {
    const { state, viewed } = context;
    if (isComplex(viewed.tensor.dtype)) return html`<p class="quiet">${complexNote}</p>`;
    if (!histogram) return html`<p class="quiet">No histogram: no element is finite.</p>`;
    const { counts } = histogram;
    const { logarithmic } = state;
    const onChange = ({ target }: Event) => {
      state.logarithmic = (target as HTMLInputElement).checked;
      context.changed();
    };
    const read = () => {
      if (this.#bin === null) return `${counts.length} bins; point at a bar to read it`;
      const [from, to] = binRange(histogram, this.#bin);
      return `${axisTexts([from, to]).join(' to ')}: ${counts[this.#bin]} elements`;
    };
    return html`<figure>
      ${histogramView(histogram, { logarithmic, bin: this.#bin, onBin: this.#setBin })}
      <figcaption>
        <label class="field"
          ><input type="checkbox" .checked=${live(logarithmic)} @change=${onChange} />Logarithmic</label
        >
        <span class="quiet" aria-live="polite">${read()}</span>
      </figcaption>
    </figure>`;
  }
}
