/** The line above the grid: number format, go to an index, next and previous NaN or infinity. */
import { html } from 'lit/html.js';
import { live } from 'lit/directives/live.js';
import { digitsRange } from '../../src/protocol/viewer.ts';
import type { NumberFormat } from '../../src/protocol/viewer.ts';
import type { NumberStyle } from './numberText.ts';

interface GridTools {
  style: NumberStyle;
  /** To choose from; empty where there is nothing to choose. */
  formats: readonly NumberFormat[];
  /** Whether elements can be NaN or infinite. */
  searches: boolean;
  /** A search that is under way. */
  searching: boolean;
  /** What the last search or go-to had to say. */
  message: string;
  rank: number;
  onStyle: (style: NumberStyle) => void;
  /** @param text one index per axis */
  onGoTo: (text: string) => void;
  onLeaveGoTo: () => void;
  onSearch: (direction: 'next' | 'previous') => void;
  onCancel: () => void;
}

const titles: Record<NumberFormat, string> = {
  shortest: 'Shortest',
  significant: 'Significant',
  fixed: 'Fixed',
  scientific: 'Scientific',
  hexadecimal: 'Hexadecimal',
};

export function gridTools(tools: GridTools) {
  const { style, formats, onStyle } = tools;
  const format = formats.includes(style.format) ? style.format : 'shortest';
  const onDigits = ({ target }: Event) => {
    const digits = Math.trunc(Number((target as HTMLInputElement).value));
    if (digits >= digitsRange.least && digits <= digitsRange.most) onStyle({ ...style, digits });
  };
  const onGoTo = (event: KeyboardEvent) => {
    const field = event.target as HTMLInputElement;
    if (event.key === 'Enter') tools.onGoTo(field.value);
    if (event.key !== 'Escape') return;
    field.value = '';
    tools.onLeaveGoTo();
  };
  return html`<div class="tools" role="group" aria-label="Grid">
    ${
      formats.length === 0
        ? ''
        : html`<div class="field">
            <label for="format">Numbers</label>
            <select
              id="format"
              title="Shortest: the fewest digits that read back to the same number"
              .value=${live(format)}
              @change=${({ target }: Event) => onStyle({ ...style, format: (target as HTMLSelectElement).value as NumberFormat })}
            >
              ${formats.map((name) => html`<option value=${name} ?selected=${name === format}>${titles[name]}</option>`)}
            </select>
          </div>`
    }
    ${
      format !== 'shortest' && format !== 'hexadecimal'
        ? html`<div class="field">
            <label for="digits">Digits</label>
            <input
              id="digits"
              type="number"
              min=${digitsRange.least}
              max=${digitsRange.most}
              .value=${live(String(style.digits))}
              @input=${onDigits}
            />
          </div>`
        : ''
    }
    ${
      tools.rank > 0
        ? html`<div class="field goto-field">
            <label for="goto">Go to</label>
            <input
              id="goto"
              size=${Math.max(6, 3 * tools.rank)}
              spellcheck="false"
              autocomplete="off"
              placeholder=${'0, '.repeat(tools.rank).slice(0, -2)}
              title="An index per axis; negative ones count from the end. Enter goes there, Escape back to the grid."
              @keydown=${onGoTo}
            />
          </div>`
        : ''
    }
    ${tools.searches ? searchButtons(tools) : ''}
    <span class="quiet" role="status">${tools.message}</span>
  </div>`;
}

function searchButtons({ searching, onSearch, onCancel }: GridTools) {
  if (searching) return html`<button @click=${onCancel}>Cancel Search</button>`;
  const button = (direction: 'next' | 'previous', arrow: string, tooltip: string) =>
    html`<button title=${tooltip} aria-label=${tooltip} @click=${() => onSearch(direction)}>${arrow}</button>`;
  return html`<div class="field" role="group" aria-label="NaN and infinities">
    <span class="group-label">NaN, Inf</span>
    <span class="buttons">
      ${button('previous', '‹', 'Previous NaN or infinity (Shift+N)')}${button('next', '›', 'Next NaN or infinity (N)')}
    </span>
  </div>`;
}
