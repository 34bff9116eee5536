/** The tabs, with the keys that the pattern for tabs asks for: https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ */
import { html } from 'lit/html.js';
import type { Tab } from './state.ts';

const titles: Record<Tab, string> = { grid: 'Grid', heatmap: 'Heatmap', image: 'Image', statistics: 'Statistics' };

export function tabBar(available: readonly Tab[], current: Tab, onTab: (tab: Tab) => void) {
  const onKey = (event: KeyboardEvent) => {
    const at = available.indexOf(current);
    const places: Record<string, number> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 };
    const place = places[event.key];
    if (place === undefined) return;
    event.preventDefault();
    const next = available.at(place % available.length) as Tab;
    onTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label="Views" @keydown=${onKey}>
    ${available.map(
      (tab) =>
        html`<button
          id="tab-${tab}"
          role="tab"
          aria-selected=${tab === current ? 'true' : 'false'}
          aria-controls="panel"
          tabindex=${tab === current ? 0 : -1}
          @click=${() => onTab(tab)}
        >
          ${titles[tab]}
        </button>`,
    )}
  </div>`;
}
