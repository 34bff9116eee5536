/** The commands on tensors. They and the formats they need are a file of the build by themselves. */
export { DifferenceContent } from '../viewer/differenceContent.ts';
export { compareBackends } from './compareBackends.ts';
export { compareTensors } from './compareTensors.ts';
export { copyTensor, textForms } from './copyTensor.ts';
export { evaluateGraph } from './evaluateGraph.ts';
export { openInViewer } from './openInViewer.ts';
export { openSample } from './openSample.ts';
export { pinExpression } from './pinExpression.ts';
export { replaceFromFile } from './replaceFromFile.ts';
export { saveAllNpz, saveAs, saveCsv, saveNpy } from './saveTensors.ts';
