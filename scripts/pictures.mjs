/** Takes the pictures of the marketplace page from the screenshots that `npm run test:vscode` has made. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pictures = {
  'companion-viewer-dark': 'viewer',
  'tensor-heatmap-light': 'heatmap',
  'view-tensor-dark': 'tensors',
};
mkdirSync(`${root}media/screenshots`, { recursive: true });
for (const [screenshot, picture] of Object.entries(pictures)) {
  copyFileSync(`${root}.cache/vscode/screenshots/${screenshot}.png`, `${root}media/screenshots/${picture}.png`);
}
