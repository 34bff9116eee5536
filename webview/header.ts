/** The head of the page: which tensor this is, and what can be done with it. */
import { html } from 'lit/html.js';
import { commandsWithoutValues } from '../src/protocol/viewer.ts';
import type { TensorDescriptor } from '../src/protocol/tensor.ts';
import type { ViewedTensor, ViewerCommand } from '../src/protocol/viewer.ts';
import { titleOf } from './state.ts';
import { isEvaluable } from '../src/tensor/isEvaluable.ts';
import { describeType, formatType, knownShape } from '../src/tensor/preview.ts';

interface HeaderActions {
  onCommand: (command: ViewerCommand) => void;
  onMember: (member: string) => void;
}

const commandTitles: Record<ViewerCommand, [title: string, tooltip: string]> = {
  save: ['Save As…', 'Save as .npy, .npz, .safetensors, .csv, .json, .png'],
  copy: ['Copy As…', 'Copy to the clipboard: as NumPy code, TypeScript, TensorFlow.js code, jax-js code or JSON'],
  compare: ['Compare…', 'Compare with another tensor, element by element'],
  evaluate: ['Evaluate…', 'Run what gives its value, a graph with values for its inputs'],
  pin: ['Pin', 'Keep this expression in the Tensors view'],
  showCopies: ['Copies', 'Where the program copies tensors from the device'],
  showHelp: ['Help', 'Open the walkthrough'],
};

/** @param live whether the values can still be read; most commands need that */
export function header(viewed: ViewedTensor, live: boolean, actions: HeaderActions) {
  const { tensor, origin } = viewed;
  const button = (command: ViewerCommand) => {
    const [title, tooltip] = commandTitles[command];
    const disabled = !live && !commandsWithoutValues.has(command);
    return html`<button title=${tooltip} ?disabled=${disabled} @click=${() => actions.onCommand(command)}>
      ${title}
    </button>`;
  };
  const readable = tensor.access.how !== 'none';
  return html`<header>
    <div class="title">
      <h1>${titleOf(viewed)}</h1>
      <span class="type">${formatType(tensor.dtype, knownShape(tensor))}</span>
      <span class="place">
        <span class="quiet">${placeOf(viewed)}</span>
        ${tensor.state === 'live' || !hasValue(tensor) ? '' : html`<span class="badge">${tensor.state}</span>`}
        ${origin.kind === 'session' && origin.follows ? html`<span class="badge" title="Shows the tensor that is selected">follows the selection</span>` : ''}
      </span>
    </div>
    ${origin.kind === 'file' && origin.members.length > 1 ? memberSelect(origin, actions) : ''}
    <div class="toolbar" role="toolbar" aria-label="Commands">
      ${readable && origin.kind === 'session' ? button('save') : ''}
      ${readable ? [button('copy'), button('compare')] : ''} ${isEvaluable(tensor) ? button('evaluate') : ''}
      ${origin.kind === 'session' ? [button('pin'), button('showCopies')] : ''} ${button('showHelp')}
    </div>
  </header>`;
}

/** Where it lives, what it weighs, what its runtime calls it. */
function placeOf({ tensor, origin }: ViewedTensor): string {
  if (origin.kind === 'difference') return 'difference, element by element';
  const object = `${tensor.runtime} ${tensor.className}`;
  // What is gone has no place any more.
  if (tensor.state === 'disposed' || tensor.state === 'consumed') return object;
  const type = formatType(tensor.dtype, knownShape(tensor));
  return `${describeType(tensor).slice(type.length)} · ${object}`;
}

/** A graph tensor or a tracer has none by its nature: that is no state of it. */
function hasValue({ kind }: TensorDescriptor): boolean {
  return kind !== 'symbolic' && kind !== 'tracer';
}

function memberSelect(origin: { member?: string; members: string[] }, { onMember }: HeaderActions) {
  return html`<div class="field">
    <label for="member">Array</label>
    <select id="member" @change=${({ target }: Event) => onMember((target as HTMLSelectElement).value)}>
      ${origin.members.map((name) => html`<option ?selected=${name === origin.member}>${name}</option>`)}
    </select>
  </div>`;
}
