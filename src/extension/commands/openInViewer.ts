/** Opens tensors in the viewer: one panel each, or one that follows the selection of the Tensors view. */
import type { FrameTensors } from '../sources/frameTensors.ts';
import type { ViewerPanels } from '../viewer/viewerPanels.ts';
import { chooseTensor } from './chooseTensor.ts';
import type { Given } from './given.ts';

export async function openInViewer(frame: FrameTensors, panels: ViewerPanels, given: Given): Promise<void> {
  const chosen = await chooseTensor(frame, given);
  if (chosen) panels.show(chosen);
}
