/**
 * What passes between the viewer's webview and the extension. The webview only draws: it asks for windows, statistics
 * and the next NaN, and is told what to show. Requests carry a number that their answer repeats, and can be cancelled.
 */
import type { ErrorReport } from './errors.ts';
import type { CopyBudget, CopyCost, JsonValues, TensorDescriptor, TensorStatistics } from './tensor.ts';

/** Where a viewer's tensor comes from. */
export type ViewedOrigin =
  /** A variable or an expression of a debug session. */
  | { kind: 'session'; expression: string; program: string; follows: boolean }
  /** A tensor of a file; `member` is its name in an archive. */
  | { kind: 'file'; file: string; member?: string; members: string[] }
  /** The difference of two tensors, element by element. */
  | { kind: 'difference'; left: string; right: string };

/** A tensor as the viewer shows it, at one stop of its program. */
export interface ViewedTensor {
  origin: ViewedOrigin;
  tensor: TensorDescriptor;
  /** Counts the stops of the session; windows of an earlier one are older values. 0 for a file. */
  stop: number;
}

/**
 * What the webview keeps with VS Code (`setState`), among whatever else it needs there. VS Code throws a webview away
 * while it is hidden, and after a reload of the window there is no session any more: the values that were on screen are
 * in what was kept, or nowhere. After `ready` such a webview is told `stale` without a `show`: it draws what it has kept.
 */
export interface KeptViewer {
  /** Tells the extension what to look up again once there is a session. */
  viewed: ViewedTensor;
}

/** Settings of `tensorDebugger.viewer`; each takes effect at once. */
export interface ViewerSettings {
  /** How numbers are written in the grid. */
  numberFormat: NumberFormat;
  /** Of `significant`, `fixed` and `scientific`. */
  digits: number;
  colormap: Colormap;
  /** The heatmap's range leaves the outermost 2 % of the values on either side to its end colours. */
  robustRange: boolean;
  /** Copies above either are offered with their price. */
  copyBudget: CopyBudget;
}
export const numberFormats = ['shortest', 'significant', 'fixed', 'scientific', 'hexadecimal'] as const;
/** How many digits can be asked for; package.json says the same of `tensorDebugger.viewer.digits`. */
export const digitsRange = { least: 1, most: 17 } as const;
export type NumberFormat = (typeof numberFormats)[number];
/** `auto`: diverging where values lie on both sides of zero, otherwise sequential. */
export const colormaps = ['auto', 'viridis', 'cividis', 'gray', 'diverging'] as const;
export type Colormap = (typeof colormaps)[number];

/** What the session has copied from devices for the debugger's sake; files have none. */
export interface SessionCost {
  bytes: number;
  ms: number;
  readbacks: number;
}

/** Requests of the webview, by name. All of them work on the tensor that is shown. */
export interface ViewerRequests {
  /** A window: NumPy basic slicing. Little-endian row-major elements; strings as values. */
  read: {
    arguments: { slice: string };
    result: { bytes?: Uint8Array; values?: JsonValues; shape: number[]; cost: CopyCost };
  };
  stats: { arguments: { bins: number }; result: TensorStatistics };
  /** The flat (row-major) index of the nearest NaN or infinity after or before `from`, which itself is left out. */
  findNotFinite: {
    arguments: { from: number; direction: 'next' | 'previous' };
    result: { index: number | null };
  };
}
export type ViewerRequestName = keyof ViewerRequests;

/** Commands of the extension that the viewer has buttons for; they act on the tensor that is shown. */
export type ViewerCommand = 'save' | 'copy' | 'compare' | 'evaluate' | 'pin' | 'showCopies' | 'showHelp';
/** Those that need no values: they work while the viewer has old ones. */
export const commandsWithoutValues: ReadonlySet<ViewerCommand> = new Set<ViewerCommand>(['showCopies', 'showHelp']);

/** From the webview to the extension. */
export type ViewerMessage =
  /** The webview listens now; sent again whenever VS Code has made it anew. */
  | { type: 'ready' }
  | {
      [Name in ViewerRequestName]: {
        type: 'request';
        id: number;
        /** Of the tensor that was shown when it was asked; answers of another stop are refused with `not-paused`. */
        stop: number;
        name: Name;
        arguments: ViewerRequests[Name]['arguments'];
      };
    }[ViewerRequestName]
  | { type: 'cancel'; id: number }
  | { type: 'command'; command: ViewerCommand }
  /** Another member of the archive. */
  | { type: 'openMember'; member: string };

/** From the extension to the webview. */
export type ViewerEvent =
  /** Shown from now on; the same tensor at a later stop, where only `stop` and the values are new. */
  | { type: 'show'; viewed: ViewedTensor; settings: ViewerSettings; sessionCost: SessionCost | null }
  /** Nothing (more) can be read: what was shown stays, marked as old, with the reason. */
  | { type: 'stale'; reason: string }
  /** Nothing to show yet, and why. */
  | { type: 'empty'; reason: string }
  | { type: 'settings'; settings: ViewerSettings }
  | { type: 'sessionCost'; sessionCost: SessionCost }
  /** How much of a request is done, from 0 to 1; of those that take long. */
  | { type: 'progress'; id: number; fraction: number }
  | { type: 'answer'; id: number; ok: true; result: ViewerRequests[ViewerRequestName]['result'] }
  | { type: 'answer'; id: number; ok: false; error: ErrorReport };
