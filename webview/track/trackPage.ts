/** The page: one section per tracked expression, with its chart, its price, and the same as a table. */
import { html, nothing, render } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import type { Track, TrackEvent, TrackMessage } from '../../src/protocol/trackView.ts';
import { formatMs } from '../../src/tensor/preview.ts';
import { sizeOf } from '../../src/tensor/shape.ts';
import { TrackSeries, type TrackBucket, type TrackSeriesState } from '../../src/tensor/trackSeries.ts';
import { roundNumber } from '../../src/tensor/roundNumber.ts';
import { formatReduction, formatTracked, formatTrackedType } from '../../src/tensor/trackText.ts';
import { Chart } from './chart.ts';

declare function acquireVsCodeApi(): { postMessage(message: TrackMessage): void };

/** Of the newest points; the chart has all. */
const tableRows = 100;

interface Shown {
  track: Track;
  series: TrackSeries;
  chart: Chart | null;
  isScalar: boolean;
  cursor: TrackBucket | null;
  hasTable: boolean;
}

export class TrackPage {
  readonly #page: HTMLElement;
  readonly #api = acquireVsCodeApi();
  #shown = new Map<string, Shown>();
  #isDrawing = false;

  constructor(page: HTMLElement) {
    this.#page = page;
    window.addEventListener('message', ({ data }: MessageEvent<TrackEvent>) => this.#onEvent(data));
    // VS Code changes a class of the body when the theme changes.
    new MutationObserver(() => {
      for (const { chart } of this.#shown.values()) chart?.restyle();
    }).observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-kind'] });
    this.#api.postMessage({ type: 'ready' });
    this.#draw();
  }

  #onEvent(event: TrackEvent): void {
    if (event.type === 'tracks') this.#replace(event.tracks, event.series);
    else {
      const shown = this.#shown.get(event.track.key);
      if (!shown) return;
      shown.track = event.track;
      for (const point of event.points) shown.series.add(point);
    }
    this.#update();
  }

  #replace(tracks: readonly Track[], series: Record<string, unknown>): void {
    const before = this.#shown;
    this.#shown = new Map();
    for (const track of tracks) {
      const old = before.get(track.key);
      before.delete(track.key);
      this.#shown.set(track.key, {
        track,
        series: new TrackSeries(series[track.key] as TrackSeriesState | undefined),
        chart: old?.chart ?? null,
        isScalar: old?.isScalar ?? false,
        cursor: null,
        hasTable: old?.hasTable ?? false,
      });
    }
    for (const { chart } of before.values()) chart?.dispose();
  }

  /** At most once per frame of the screen, however fast points come. */
  #update(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.#draw();
    });
  }

  #draw(): void {
    const sections = [...this.#shown.values()].map((shown) => this.#section(shown));
    const empty = html`<p class="empty">
      No line is tracked. Put the cursor on an expression in a JavaScript or TypeScript file and run
      <b>Tensor: Track Here</b>.
    </p>`;
    render(sections.length > 0 ? sections : empty, this.#page);
    for (const { chart, series, track } of this.#shown.values()) chart?.show(series.buckets, track.stopAt);
  }

  #section(shown: Shown): TemplateResult {
    const { track, series } = shown;
    const { key, expression, place, tensor, failure, stopAt, isTracked } = track;
    const hasPoints = series.buckets.length > 0;
    return html`<section aria-label="${expression}" data-expression="${expression}">
      <header>
        <h2>${expression}</h2>
        ${tensor ? html`<code class="type">${formatTrackedType(tensor)}</code>` : nothing}
        ${
          isTracked
            ? html`<button class="link" @click=${() => this.#api.postMessage({ type: 'reveal', key })}>
                ${place}
              </button>`
            : html`<span class="quiet">${place}</span>`
        }
        <span class="space"></span>
        ${
          stopAt > 0
            ? html`<button @click=${() => this.#stopAt(key, 0)}>Don't stop at pass ${stopAt}</button>`
            : nothing
        }
        <button @click=${() => this.#api.postMessage({ type: 'untrack', key })}>
          ${isTracked ? 'Untrack' : 'Close'}
        </button>
      </header>
      <p class="price">${priceOf(track)}</p>
      ${
        failure
          ? html`<p class="failure" role="status">
              ${failure.count > 1 ? `At ${failure.count} passes` : `At pass ${failure.pass}`}: ${failure.report.message}
              ${failure.report.help ?? nothing}
            </p>`
          : nothing
      }
      ${hasPoints ? this.#plot(shown) : html`<p class="quiet">${waitingFor(track)}</p>`}
      ${hasPoints ? this.#table(shown) : nothing}
    </section>`;
  }

  #plot(shown: Shown): TemplateResult {
    const { track, series } = shown;
    const isScalar = track.tensor !== null && sizeOf(track.tensor.shape) === 1;
    if (!shown.chart || shown.isScalar !== isScalar) {
      shown.chart?.dispose();
      shown.isScalar = isScalar;
      shown.chart = new Chart({
        isScalar,
        onChoose: ({ notable }) => this.#stopAt(track.key, notable),
        onCursor: (bucket) => {
          // Also told when new points move what is under the pointer.
          if (shown.cursor?.pass === bucket?.pass) return;
          shown.cursor = bucket;
          this.#update();
        },
      });
    }
    const { chart } = shown;
    chart.element.setAttribute(
      'aria-label',
      `${track.expression} by pass. Arrow keys move, Enter sets a breakpoint at the pass.`,
    );
    const at = shown.cursor ?? series.buckets.at(-1)!;
    const hasFinite = series.buckets.some(({ mean }) => mean !== null);
    const hasBad = series.buckets.some(({ nan, posInf, negInf }) => nan + posInf + negInf > 0);
    const legend = (name: string, text: string) =>
      html`<span class="series"><span class="key ${name}"></span>${text}</span>`;
    return html`${chart.element}
      <p class="reading">
        ${hasFinite ? legend('mean', isScalar ? 'value' : 'mean') : nothing}
        ${hasFinite && !isScalar ? legend('range', 'min to max') : nothing}
        ${hasBad ? legend('bad', 'NaN and infinite') : nothing}
        <output aria-live=${shown.cursor ? 'polite' : 'off'}>${passText(at)}: ${formatTracked(at)}</output>
      </p>`;
  }

  #table(shown: Shown): TemplateResult {
    const toggle = (event: Event) => {
      shown.hasTable = (event.target as HTMLDetailsElement).open;
      this.#update();
    };
    const rows = shown.hasTable ? shown.series.buckets.slice(-tableRows).reverse() : [];
    const cell = (value: number | null) => html`<td>${value === null ? '' : roundNumber(value)}</td>`;
    return html`<details ?open=${shown.hasTable} @toggle=${toggle}>
      <summary>Table</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">pass</th>
            <th scope="col">min</th>
            <th scope="col">max</th>
            <th scope="col">mean</th>
            <th scope="col">NaN</th>
            <th scope="col">infinite</th>
            <th scope="col"></th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (bucket) =>
              html`<tr>
                <th scope="row">${passText(bucket, false)}</th>
                ${cell(bucket.min)}${cell(bucket.max)}${cell(bucket.mean)}
                <td>${bucket.nan}</td>
                <td>${bucket.posInf + bucket.negInf}</td>
                <td>
                  <button
                    class="link"
                    title="Sets a breakpoint at pass ${bucket.notable}"
                    @click=${() => this.#stopAt(shown.track.key, bucket.notable)}
                  >
                    ${bucket.notable === bucket.pass ? 'Stop here' : `Stop at ${bucket.notable}`}
                  </button>
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </details>`;
  }

  #stopAt(key: string, pass: number): void {
    this.#api.postMessage({ type: 'stopAt', key, pass });
  }
}

function passText({ pass, passes }: TrackBucket, withWord = true): string {
  const range = passes === 1 ? String(pass) : `${pass} to ${pass + passes - 1}`;
  return withWord ? `pass ${range}` : range;
}

/** What it costs the program; measured. The first pass compiles shaders, so it is told apart. */
function priceOf({ passes, cost, tensor, isLive }: Track): string {
  if (!cost) return '';
  const share = cost.share > 0 ? ` (${roundNumber(cost.share * 100, 2)} % of the time between passes)` : '';
  const reduction = tensor ? ` · ${formatReduction(tensor, cost)}` : '';
  const first = passes > 1 ? `, ${formatMs(cost.firstMs)} the first` : '';
  return `${passes} ${passes === 1 ? 'pass' : 'passes'}${isLive ? '' : ', ended'} · ${formatMs(cost.msPerPass)} per pass${share}${first}${reduction}`;
}

function waitingFor({ isLive, isTracked }: Track): string {
  if (!isTracked) return 'Nothing was found.';
  return isLive
    ? 'The line has not been passed yet.'
    : 'It is tracked from now on, in the sessions that run and in those to come.';
}
