/**
 * Sentences as Markdown that reads as they do: names between backticks are code, and whatever else the program's own names
 * and messages have in them is text. (`MarkdownString.appendText` keeps lines from being broken.)
 */
export function proseMarkdown(sentences: string): string {
  return sentences
    .split(/(`[^`\n]+`)/)
    .map((piece, index) => (index % 2 === 1 ? piece : escaped(piece)))
    .join('');
}

function escaped(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[!-/:-@[-`{-~]/g, '\\$&');
}
