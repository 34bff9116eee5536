/** The strip at the bottom: this view, the whole tensor, the session so far. */
import { html } from 'lit/html.js';
import type { TensorDescriptor } from '../../src/protocol/tensor.ts';
import type { SessionCost } from '../../src/protocol/viewer.ts';
import { formatBytes, formatMs } from '../../src/tensor/preview.ts';
import type { Tab } from '../state.ts';
import type { Costs, WholeCost } from './cost.ts';

/** An estimate below it says nothing. */
const leastEstimateMs = 0.01;

/** @param tab whose cost is told */
export function costStrip({ dtype, access }: TensorDescriptor, { views, whole, session }: Costs, tab: Tab) {
  const view = views[tab];
  // Nobody knows what strings weigh: they are the runtime's own.
  const isWeighed = dtype !== 'string';
  return html`<footer class="cost" aria-label="Cost of copies">
    <span title="What was read for what is on screen, as measured${readbacksText(view?.readbacks ?? 0)}">
      <b>This view</b>
      ${view ? `${isWeighed ? formatBytes(view.bytes) : 'read'} in ${formatMs(view.ms)}` : 'nothing read'}
    </span>
    ${
      isWeighed
        ? html`<span title="What a copy of the whole tensor to the host moves">
            <b>Whole tensor</b> ${formatBytes(whole.bytes)}${access.how === 'copy' ? wholeTime(whole) : ''}
          </span>`
        : ''
    }
    ${
      session
        ? html`<span
            title="What the Tensors view, viewers, line ends and commands have copied from devices in this debug session${readbacksText(session.readbacks)}; what is on the host is read where it is"
          >
            <b>Session</b> ${sessionText(session)}
          </span>`
        : ''
    }
  </footer>`;
}

function sessionText({ bytes, ms, readbacks }: SessionCost): string {
  return readbacks === 0 ? 'nothing copied' : `${formatBytes(bytes)} in ${formatMs(ms)}`;
}

/** A readback is a copy from a device; what lives on the host has none. */
function readbacksText(count: number): string {
  if (count === 0) return '';
  return `, in ${count} ${count === 1 ? 'readback' : 'readbacks'}`;
}

/** Measured, or an estimate; of what is on the host there is neither: it is not copied. */
function wholeTime({ ms, measured }: WholeCost): string {
  if (ms === null || (!measured && ms < leastEstimateMs)) return '';
  return measured ? ` in ${formatMs(ms)}` : `, about ${formatMs(ms)}`;
}
