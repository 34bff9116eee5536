/** The strip at the bottom: this view, the whole tensor, the session so far. */
import { html } from 'lit/html.js';
import type { SessionCost } from '../../src/protocol/viewer.ts';
import { formatBytes, formatMs } from '../../src/tensor/preview.ts';
import type { ViewCost, WholeCost } from './cost.ts';

export function costStrip(view: ViewCost, whole: WholeCost, session: SessionCost | null) {
  return html`<footer class="cost" aria-label="Cost of copies">
    <span title="What was read for what is on screen, as measured">
      <b>This view</b> ${view.reads === 0 ? 'nothing read' : `${formatBytes(view.bytes)} in ${formatMs(view.ms)}`}
      ${view.reads > 1 ? html`<span class="quiet">(${view.reads} reads)</span>` : ''}
    </span>
    <span title="What a copy of the whole tensor to the host moves">
      <b>Whole tensor</b> ${formatBytes(whole.bytes)}${wholeTime(whole)}
    </span>
    ${
      session
        ? html`<span title="What this debug session has copied from devices for the debugger's sake">
            <b>Session</b> ${formatBytes(session.bytes)} in ${formatMs(session.ms)}
            <span class="quiet">(${session.readbacks} ${session.readbacks === 1 ? 'readback' : 'readbacks'})</span>
          </span>`
        : ''
    }
  </footer>`;
}

function wholeTime({ ms, measured }: WholeCost): string {
  if (ms === null) return '';
  return measured ? ` in ${formatMs(ms)} (measured)` : `, about ${formatMs(ms)} (estimate)`;
}
