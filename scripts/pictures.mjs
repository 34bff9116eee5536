/**
 * Takes the pictures of the marketplace page from the screenshots of tests. Make these first:
 *
 *     npm run test:vscode -- pictures: --themes
 *     npm test -- test/viewer/screenshots
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pictures = {
  viewer: 'vscode/screenshots/picture-viewer-dark',
  heatmap: 'vscode/screenshots/picture-heatmap-light',
  statistics: 'screenshots/viewer-statistics-light',
  image: 'screenshots/viewer-image-light',
  track: 'vscode/screenshots/picture-track-dark',
  tensors: 'vscode/screenshots/picture-tensors-light',
};
mkdirSync(`${root}media/screenshots`, { recursive: true });
for (const [picture, screenshot] of Object.entries(pictures)) {
  copyFileSync(`${root}.cache/${screenshot}.png`, `${root}media/screenshots/${picture}.png`);
}
