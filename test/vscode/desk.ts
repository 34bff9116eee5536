/**
 * What the tests in the extension host ask of the browser that shows VS Code: to look, to press, to take a picture.
 * One message each way over HTTP on the loopback interface.
 */
export interface DeskCalls {
  /** The rows of the Tensors view that are on screen, as they read: name and description. */
  rows: { arguments: Record<string, never>; result: string[] };
  /** Everything the Tensors view says, rows or not. */
  viewText: { arguments: Record<string, never>; result: string };
  /** The texts of the notifications that are on screen. */
  notifications: { arguments: Record<string, never>; result: string[] };
  /** Folds views of the sidebar, to have room. */
  collapse: { arguments: { panes: string[] }; result: null };
  /** Clicks the row that begins with this text. */
  click: { arguments: { row: string; action?: string }; result: null };
  /** Keys as Playwright names them, or text where it is given. */
  press: { arguments: { keys?: string[]; text?: string }; result: null };
  /** Into .cache/vscode/screenshots. */
  screenshot: { arguments: { name: string }; result: null };
  /** A finished test. */
  report: { arguments: { name: string; ms: number; error?: string }; result: null };
}
export type DeskCallName = keyof DeskCalls;

/** The variable that tells the extension host where the desk is. */
export const deskVariable = 'TENSOR_DEBUGGER_TEST_DESK';
