/** What the panels behind the tabs work on. */
import type { ViewedTensor, ViewerRequests, ViewerSettings } from '../src/protocol/viewer.ts';
import type { AxisView } from './slicebar/axisView.ts';
import type { Tab, ViewState } from './state.ts';

export interface PanelContext {
  viewed: ViewedTensor;
  settings: ViewerSettings;
  state: ViewState;
  /** Nothing can be read any more; what was read stays. */
  frozen: boolean;
  /**
   * Reads a slice, unless it is above the budget.
   * @param tab that the read is for: its cost is told there, and allowing one above the budget allows its others
   */
  read: (tab: Tab, slice: string, elements: number, signal: AbortSignal) => Promise<ViewerRequests['read']['result']>;
  /** @param onProgress told fractions from 0 to 1 where it takes long */
  stats: (
    bins: number,
    signal: AbortSignal,
    onProgress: (fraction: number) => void,
  ) => Promise<ViewerRequests['stats']['result']>;
  findNotFinite: (from: number, direction: 'next' | 'previous', signal: AbortSignal) => Promise<number | null>;
  /** A person wants what a tab reads although it is above the budget. */
  allow: (tab: Tab) => void;
  setView: (view: AxisView) => void;
  /** Shows an element in the grid. */
  goTo: (index: readonly number[]) => void;
  /** The state changed by a control: keep it, draw the page. */
  changed: () => void;
}
