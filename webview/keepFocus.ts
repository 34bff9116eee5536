/**
 * The browser forgets which element of a frame had the focus as soon as one of another frame gets it: the code at a stop, a
 * list of VS Code's that a button has opened. When the page has it again, so does that element.
 * @param first selector of what gets it where none had it yet
 */
export function keepFocus(first?: string): void {
  let last: HTMLElement | null = null;
  document.addEventListener('focusin', ({ target }) => (last = target as HTMLElement));
  window.addEventListener('focus', () => {
    if (document.activeElement !== document.body) return;
    if (!last?.isConnected && first !== undefined) last = document.querySelector<HTMLElement>(first);
    last?.focus({ preventScroll: true });
  });
}
