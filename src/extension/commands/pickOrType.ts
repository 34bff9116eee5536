import * as vscode from 'vscode';

/**
 * One of a list, or an expression that is typed.
 * @param itemsFor what is offered for a text; `entered` is that text as an item, where it is none of `listed`
 */
export function pickOrType<Item extends vscode.QuickPickItem>(
  look: { title?: string; placeholder: string },
  listed: readonly Item[],
  itemsFor: (entered: readonly vscode.QuickPickItem[], typed: string) => readonly (Item | vscode.QuickPickItem)[],
): Promise<Item | vscode.QuickPickItem | undefined> {
  const pick = vscode.window.createQuickPick<Item | vscode.QuickPickItem>();
  Object.assign(pick, look, { matchOnDescription: true });
  const update = (typed: string) => {
    const isListed = typed === '' || listed.some(({ label }) => label === typed);
    const entered = { label: typed, description: 'evaluate this expression', alwaysShow: true };
    pick.items = itemsFor(isListed ? [] : [entered], typed);
  };
  update('');
  pick.onDidChangeValue((value) => update(value.trim()));
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}
