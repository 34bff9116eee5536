/** The slice field, which axes are rows and columns, and where the others stand. */
import { html } from 'lit/html.js';
import { live } from 'lit/directives/live.js';
import { reportText } from '../../src/protocol/errors.ts';
import { SliceError } from '../../src/tensor/slice.ts';
import { isShown, sliceOfView, viewOfSlice, withAxis, withIndex } from './axisView.ts';
import type { AxisView } from './axisView.ts';

/** What was typed into the field and is not (or can't be) applied. */
export interface SliceDraft {
  text: string;
  error: { message: string; help?: string | undefined } | null;
}

interface SliceBarActions {
  onView: (view: AxisView) => void;
  onDraft: (draft: SliceDraft | null) => void;
}

/** Without the slice and the place: they are in the field. */
export function sliceProblem({ reason, help }: SliceError): { message: string; help?: string | undefined } {
  return { message: `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`, help };
}

export function sliceBar(view: AxisView, draft: SliceDraft | null, actions: SliceBarActions) {
  const apply = (event: Event) => {
    const field = event.target as HTMLInputElement;
    try {
      const next = viewOfSlice(field.value, view);
      actions.onDraft(null);
      actions.onView(next);
    } catch (error) {
      if (!(error instanceof SliceError)) throw error;
      actions.onDraft({ text: field.value, error: sliceProblem(error) });
      field.setSelectionRange(error.position ?? 0, field.value.length);
    }
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter') apply(event);
    if (event.key === 'Escape') actions.onDraft(null);
  };
  const onInput = (event: Event) => actions.onDraft({ text: (event.target as HTMLInputElement).value, error: null });
  const error = draft?.error ?? null;
  return html`<div class="slicebar" role="group" aria-label="What is shown">
    <div class="field slice-field">
      <label for="slice">Slice</label>
      <input
        id="slice"
        class="slice ${error ? 'invalid' : ''}"
        size=${Math.max(12, 6 * view.shape.length)}
        spellcheck="false"
        autocomplete="off"
        placeholder=${view.shape.length === 0 ? 'no axes' : '0, :, 2:10:2'}
        title="NumPy slicing: integers, start:stop:step, and ... for the axes between. Enter applies it."
        aria-invalid=${error ? 'true' : 'false'}
        aria-describedby="slice-error"
        .value=${live(draft?.text ?? sliceOfView(view))}
        @input=${onInput}
        @keydown=${onKey}
        @change=${apply}
      />
    </div>
    ${
      view.shape.length === 0
        ? ''
        : html`<span class="together"
            >${axisSelect(view, 'rows', actions)} ${axisSelect(view, 'columns', actions)}</span
          >`
    }
    ${view.shape.map((_, axis) => (isShown(view, axis) ? '' : axisControl(view, axis, actions)))}
    <div id="slice-error" class="field-error" role="alert" title=${error ? reportText(error) : ''}>
      ${error ? html`${error.message} <span class="help">${error.help}</span>` : ''}
    </div>
  </div>`;
}

function axisSelect(view: AxisView, place: 'rows' | 'columns', { onView }: SliceBarActions) {
  const title = place === 'rows' ? 'Rows' : 'Columns';
  const onChange = ({ target }: Event) => {
    const { value } = target as HTMLSelectElement;
    onView(withAxis(view, place, value === '' ? null : Number(value)));
  };
  return html`<div class="field">
    <label for="axis-${place}">${title}</label>
    <select
      id="axis-${place}"
      title="The axis that is shown as ${title.toLowerCase()}, and its size"
      @change=${onChange}
      .value=${live(String(view[place] ?? ''))}
    >
      ${view[place] === null || view.shape.length === 1 ? html`<option value="" ?selected=${view[place] === null}>none</option>` : ''}
      ${view.shape.map(
        (size, axis) => html`<option value=${axis} ?selected=${view[place] === axis}>${axis} (${size})</option>`,
      )}
    </select>
  </div>`;
}

/** Where an axis stands that is not on screen. */
export function axisControl(view: AxisView, axis: number, { onView }: Pick<SliceBarActions, 'onView'>) {
  const size = view.shape[axis] as number;
  if (size === 0) return '';
  const index = view.index[axis] as number;
  const onInput = ({ target }: Event) => {
    const { value } = target as HTMLInputElement;
    if (value.trim() !== '') onView(withIndex(view, axis, Number(value)));
  };
  return html`<div class="field axis" role="group" aria-label="Axis ${axis}">
    <label for="axis-${axis}">Axis ${axis}</label>
    <input
      id="axis-${axis}"
      type="number"
      min="0"
      max=${size - 1}
      step="1"
      size=${String(size).length}
      .value=${live(String(index))}
      @input=${onInput}
    />
    <span class="quiet">of ${size}</span>
    ${
      size > 1
        ? html`<input
            type="range"
            min="0"
            max=${size - 1}
            aria-label="Index of axis ${axis}"
            .value=${live(String(index))}
            @input=${onInput}
          />`
        : ''
    }
  </div>`;
}
