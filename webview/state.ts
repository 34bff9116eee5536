/** What a person has chosen for a tensor: kept while VS Code hides the webview, and from stop to stop. */
import type { Colormap, KeptViewer, ViewedTensor, ViewerSettings } from '../src/protocol/viewer.ts';
import type { Costs } from './cost/cost.ts';
import type { CellPosition } from './grid/windowPlan.ts';
import type { NumberStyle } from './grid/numberText.ts';
import type { ImageLayoutName, ValueRangeName } from './image/layouts.ts';
import type { KeptWindow } from './grid/windowStore.ts';
import type { KeptSample } from './raster/keptSample.ts';
import { defaultView } from './slicebar/axisView.ts';
import type { AxisView } from './slicebar/axisView.ts';
import type { KeptStatistics } from './statistics/statisticsPanel.ts';

export type Tab = 'grid' | 'heatmap' | 'image' | 'statistics';

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
  colormap: Colormap | null;
  robustRange: boolean | null;
  /** null: the likeliest that the shape allows. */
  imageLayout: ImageLayoutName | null;
  imageRange: ValueRangeName;
  /** Of the histogram's counts. */
  logarithmic: boolean;
}

/** Two tensors with the same identity are the same one at different stops: windows of them can be compared. */
export function identityOf({ origin, tensor }: ViewedTensor): string {
  return JSON.stringify([{ ...origin, follows: undefined }, tensor.dtype, tensor.shape]);
}

/** What a person calls it: an expression, a file and its member, two names that are compared. */
export function titleOf({ origin }: ViewedTensor): string {
  if (origin.kind === 'session') return origin.expression;
  if (origin.kind === 'difference') return `${origin.left} − ${origin.right}`;
  const file = origin.file.split(/[/\\]/).at(-1) ?? origin.file;
  return origin.member === undefined ? file : `${file}: ${origin.member}`;
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
    colormap: before?.colormap ?? null,
    robustRange: before?.robustRange ?? null,
    imageLayout: null,
    imageRange: 'guess',
    logarithmic: before?.logarithmic ?? false,
  };
}

export const keptVersion = 4;

/** What VS Code keeps of the page while it is hidden, and after a reload of the window. Nobody but this viewer writes it. */
export interface KeptPage extends KeptViewer {
  /** What another version of the extension has kept may look different: it is left alone. */
  version: typeof keptVersion;
  state: ViewState;
  settings: ViewerSettings;
  costs: Costs;
  /** The values that were on screen; null if none were. */
  window: KeptWindow | null;
  /** What the other tabs showed; null if it was not opened. */
  heatmap: KeptSample | null;
  image: KeptSample | null;
  statistics: KeptStatistics | null;
}
