/** What the webviews have in common: their document, with no right to anything else, and their place. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

export function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist')] };
}

/** Without one, VS Code takes a panel's title for the name of a file, and shows the icon of its ending. */
export function webviewIcon(
  extensionUri: vscode.Uri,
  name: 'viewer' | 'track',
): { light: vscode.Uri; dark: vscode.Uri } {
  const of = (theme: string) => vscode.Uri.joinPath(extensionUri, 'media', `${name}-${theme}.svg`);
  return { light: of('light'), dark: of('dark') };
}

/** Beside the code, together with those that are there. */
export function webviewColumn(): vscode.ViewColumn {
  const ours = vscode.window.tabGroups.all.find(({ tabs }) =>
    // VS Code puts something of its own before the type.
    tabs.some(({ input }) => input instanceof vscode.TabInputWebview && /tensorDebugger\.\w+$/.test(input.viewType)),
  );
  return ours?.viewColumn ?? vscode.ViewColumn.Beside;
}

export function viewerHtml(webview: vscode.Webview, extensionUri: vscode.Uri, title: string): string {
  return webviewHtml(webview, extensionUri, 'viewer', title);
}

/** @param bundle of `dist`: a script and a style sheet of that name */
export function webviewHtml(webview: vscode.Webview, extensionUri: vscode.Uri, bundle: string, title: string): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', name)).toString();
  // Nothing else is fetched from anywhere; pictures are drawn on a canvas.
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${file(`${bundle}.css`)}">
</head>
<body>
<script nonce="${nonce}" src="${file(`${bundle}.js`)}"></script>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
