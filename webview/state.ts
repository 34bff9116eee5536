/** What a person has chosen for a tensor: kept while VS Code hides the webview, and from stop to stop. */
import type { ColorMap, ViewedTensor } from '../src/protocol/viewer.ts';
import type { CellPosition } from './grid/grid.ts';
import type { NumberStyle } from './grid/numberText.ts';
import { defaultView } from './slicebar/axisView.ts';
import type { AxisView } from './slicebar/axisView.ts';

export const tabs = ['grid', 'heatmap', 'image', 'statistics'] as const;
export type Tab = (typeof tabs)[number];

export interface ViewState {
  /** Of the tensor that it belongs to. */
  identity: string;
  tab: Tab;
  view: AxisView;
  /** null: as the settings say. */
  style: NumberStyle | null;
  active: CellPosition;
  position: CellPosition;
  /** null: as the settings say. */
  colorMap: ColorMap | null;
  robustRange: boolean | null;
}

/** Two tensors with the same identity are the same one at different stops: windows of them can be compared. */
export function identityOf({ origin, tensor }: ViewedTensor): string {
  return JSON.stringify([{ ...origin, follows: undefined }, tensor.dtype, tensor.shape]);
}

/** The axis counts, where all of them are known. */
export function knownShape({ tensor }: ViewedTensor): number[] | null {
  return tensor.shape.every((size) => size !== null) ? tensor.shape : null;
}

/** How a tensor is shown first; tab, format and colours stay as they were chosen for the one before. */
export function initialState(viewed: ViewedTensor, before: ViewState | null): ViewState {
  return {
    identity: identityOf(viewed),
    tab: before?.tab ?? 'grid',
    view: defaultView(knownShape(viewed) ?? []),
    style: before?.style ?? null,
    active: { row: 0, column: 0 },
    position: { row: 0, column: 0 },
    colorMap: before?.colorMap ?? null,
    robustRange: before?.robustRange ?? null,
  };
}

/** What was kept, if it belongs to this tensor. Nobody but this viewer writes it. */
export function restoredState(kept: unknown, viewed: ViewedTensor): ViewState | null {
  const state = kept as ViewState | null;
  return state?.identity === identityOf(viewed) ? state : null;
}
