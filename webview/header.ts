/** The head of the page: which tensor this is, and what can be done with it. */
import { html } from 'lit/html.js';
import { commandsWithoutValues } from '../src/protocol/viewer.ts';
import type { ViewedTensor, ViewerCommand } from '../src/protocol/viewer.ts';
import { describeType, formatType } from '../src/tensor/preview.ts';

interface HeaderActions {
  onCommand: (command: ViewerCommand) => void;
  onMember: (member: string) => void;
}

const commandTitles: Record<ViewerCommand, [title: string, tooltip: string]> = {
  save: ['Save As…', 'Save as .npy, .npz, .safetensors, .csv, .json, .png'],
  copyNumpy: ['NumPy code', 'Copy as NumPy code'],
  copyTypescript: ['TypeScript', 'Copy as TypeScript'],
  copyTfjs: ['TensorFlow.js code', 'Copy as TensorFlow.js code'],
  copyJaxJs: ['jax-js code', 'Copy as jax-js code'],
  copyJson: ['JSON', 'Copy as JSON'],
  compare: ['Compare…', 'Compare with another tensor, element by element'],
  pin: ['Pin', 'Keep this expression in the Tensors view'],
  showCopies: ['Copies', 'Where the program copies tensors from the device'],
  showHelp: ['Help', 'Open the walkthrough'],
};

const copyCommands = ['copyNumpy', 'copyTypescript', 'copyTfjs', 'copyJaxJs', 'copyJson'] as const;

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
  const type = formatType(tensor.dtype, tensor.shape);
  const readable = tensor.access.how !== 'none';
  return html`<header>
    <div class="title">
      <h1>${titleOf(viewed)}</h1>
      <span class="type">${type}</span>
      <span class="place">
        <span class="quiet">${describeType(tensor).slice(type.length)} · ${tensor.runtime} ${tensor.className}</span>
        ${tensor.state === 'live' ? '' : html`<span class="badge">${tensor.state}</span>`}
        ${origin.kind === 'session' && origin.follows ? html`<span class="badge" title="Shows the tensor that is selected">follows the selection</span>` : ''}
      </span>
    </div>
    ${origin.kind === 'file' && origin.members.length > 1 ? memberSelect(origin, actions) : ''}
    <div class="toolbar" role="toolbar" aria-label="Commands">
      ${readable && origin.kind === 'session' ? button('save') : ''}
      ${readable ? [copyMenu(live, actions), button('compare')] : ''}
      ${origin.kind === 'session' ? [button('pin'), button('showCopies')] : ''} ${button('showHelp')}
    </div>
  </header>`;
}

/** A menu rather than three buttons: the pane beside an editor is narrow. */
function copyMenu(live: boolean, { onCommand }: HeaderActions) {
  const onChange = ({ target }: Event) => {
    const menu = target as HTMLSelectElement;
    onCommand(menu.value as ViewerCommand);
    menu.value = '';
  };
  return html`<select
    aria-label="Copy as"
    title="Copy the tensor to the clipboard"
    ?disabled=${!live}
    @change=${onChange}
  >
    <option value="" hidden selected>Copy as…</option>
    ${copyCommands.map((command) => html`<option value=${command}>${commandTitles[command][0]}</option>`)}
  </select>`;
}

function titleOf({ origin }: ViewedTensor): string {
  if (origin.kind === 'session') return origin.expression;
  if (origin.kind === 'difference') return `${origin.left} − ${origin.right}`;
  const file = origin.file.split(/[/\\]/).at(-1) ?? origin.file;
  return origin.member === undefined ? file : `${file}: ${origin.member}`;
}

function memberSelect(origin: { member?: string; members: string[] }, { onMember }: HeaderActions) {
  return html`<div class="field">
    <label for="member">Array</label>
    <select id="member" @change=${({ target }: Event) => onMember((target as HTMLSelectElement).value)}>
      ${origin.members.map((name) => html`<option ?selected=${name === origin.member}>${name}</option>`)}
    </select>
  </div>`;
}
