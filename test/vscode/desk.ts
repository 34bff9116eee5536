/**
 * What the tests in the extension host ask of the window that shows VS Code: to look, to press, to take a picture.
 * One message each way over HTTP on the loopback interface.
 */
export interface DeskCalls {
  /** The rows of the Tensors view that are on screen, as they read: name and description. */
  rows: { arguments: Record<string, never>; result: string[] };
  /** When a row of the Tensors view that begins so is painted: milliseconds since 1970. */
  paintedRow: { arguments: { row: string }; result: number };
  /** When the next viewer that is opened paints its first cells: milliseconds since 1970. */
  paintedCells: { arguments: Record<string, never>; result: number };
  /** Everything the Tensors view says, rows or not. */
  viewText: { arguments: Record<string, never>; result: string };
  /** The texts of the notifications that are on screen. */
  notifications: { arguments: Record<string, never>; result: string[] };
  /** The texts of these elements of VS Code's own window, as they are on screen. */
  texts: { arguments: { selector: string }; result: string[] };
  /** A property of these elements of VS Code's own window, such as the value of a field. */
  values: { arguments: { selector: string; name: string }; result: (string | null)[] };
  /** Puts a text into a field of VS Code's own window. */
  fill: { arguments: { selector: string; text: string }; result: null };
  /** Folds views of the sidebar, to have room. */
  collapse: { arguments: { panes: string[] }; result: null };
  /** Clicks the row that begins with this text, or an action of it; with the right button its menu opens. */
  click: { arguments: { row: string; action?: string; button?: 'left' | 'right' }; result: null };
  /** Clicks the first element of VS Code's own window that has this text, or the last one. */
  clickOn: { arguments: { selector: string; text?: string; last?: boolean; button?: 'left' | 'right' }; result: null };
  /** Rests the pointer on the row of the Tensors view that begins with this text, until its tooltip is there; tells what that says. */
  rowTooltip: { arguments: { row: string }; result: { text: string; code: string[] } };
  /** Rests the pointer on a word of the editor, as one who wants to know what it is. */
  hover: { arguments: { word: string }; result: null };
  /** Keys as Playwright names them, or text where it is given. */
  press: { arguments: { keys?: string[]; text?: string }; result: null };
  /** The texts of these elements in the webview that is on screen, shadow roots included; none if there is no webview. */
  webviewTexts: { arguments: { selector: string; title?: string }; result: string[] };
  /** An attribute or, where there is none of the name, a property of these elements of the webview. */
  webviewValues: { arguments: { selector: string; name: string; title?: string }; result: (string | null)[] };
  /** Clicks the first of these elements of the webview, at a place in it if one is given (CSS pixels). */
  webviewClick: {
    arguments: { selector: string; text?: string; at?: { x: number; y: number }; title?: string };
    result: null;
  };
  /** Puts a text into a field of the webview and presses Enter. */
  webviewFill: { arguments: { selector: string; text: string; title?: string }; result: null };
  /** Chooses an option of a list of the webview. */
  webviewSelect: { arguments: { selector: string; option: string; title?: string }; result: null };
  /** Scrolls an element of the webview, in CSS pixels from its start. */
  webviewScroll: { arguments: { selector: string; left?: number; top?: number; title?: string }; result: null };
  /** The pixels of a canvas at fractions of its width and height: red, green, blue, alpha from 0 to 255. */
  webviewPixels: {
    arguments: { selector: string; at: { x: number; y: number }[]; title?: string };
    result: [number, number, number, number][];
  };
  /** Makes the window and its sidebar this large; tells how large they were. */
  resize: { arguments: WindowSize; result: WindowSize };
  /** Into .cache/vscode/screenshots, once this theme is on screen. */
  screenshot: { arguments: { name: string; theme?: 'light' | 'dark' | 'contrast' }; result: null };
  /** A test begins. */
  begin: { arguments: { name: string }; result: null };
  /** A finished test. */
  report: { arguments: { name: string; ms: number; error?: string }; result: null };
}

/** In CSS pixels. */
export interface WindowSize {
  width: number;
  height: number;
  /** The sidebar's width. */
  sidebar: number;
}
export type DeskCallName = keyof DeskCalls;
export type Desk = {
  [Name in DeskCallName]: (args: DeskCalls[Name]['arguments']) => Promise<DeskCalls[Name]['result']>;
};

/** The variable that tells the extension host where the desk is. */
export const deskVariable = 'TENSOR_DEBUGGER_TEST_DESK';
/** Set where pictures are wanted in every theme. */
export const themesVariable = 'TENSOR_DEBUGGER_TEST_THEMES';
