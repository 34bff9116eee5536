/** What the viewer has to say beside values: why something can't be shown, what to do, warnings with their help. */
import { html } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import type { TensorError } from '../src/protocol/errors.ts';
import type { TensorWarning } from '../src/protocol/tensor.ts';
import { OverBudget, priceText } from './cost/cost.ts';

/** A line across the page. */
export function banner(kind: 'stale' | 'note', text: string) {
  return html`<div class="banner ${kind}" role="status">${text}</div>`;
}

/** In the place of values: what is the case, and what to do. */
export function notice(title: string, help?: string, action?: TemplateResult) {
  return html`<div class="notice" role="status">
    <p>${title}</p>
    ${help ? html`<p class="help">${help}</p>` : ''} ${action ?? ''}
  </div>`;
}

/** In the place of what can't be read any more, and was not before. */
export function neverRead() {
  return notice('This was not looked at while the values could be read.');
}

/** A read that failed, or that is not made by itself because of its price. */
export function problem(error: TensorError, retry: () => void, anyway: () => void) {
  const action =
    error instanceof OverBudget
      ? html`<button class="primary" @click=${anyway}>Copy Anyway (${priceText(error.price)})</button>`
      : html`<button @click=${retry}>Try Again</button>`;
  return notice(error.message, error.help, action);
}

export function warningList(warnings: readonly TensorWarning[]) {
  if (warnings.length === 0) return '';
  const title = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
  return html`<details class="warnings">
    <summary>${title}<span class="quiet">: ${warnings[0]?.message}</span></summary>
    <ul>
      ${warnings.map(
        ({ code, message, help }) => html`<li><code>${code}</code> ${message} <span class="help">${help}</span></li>`,
      )}
    </ul>
  </details>`;
}
