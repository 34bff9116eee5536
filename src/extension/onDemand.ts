/**
 * What is loaded when it is first needed: the commands on tensors with the file formats, what reads programs of VS Code's
 * JavaScript debugger, and what reads files. One module, so that the build makes one file of it.
 */
export { compareBackends } from './commands/compareBackends.ts';
export { compareTensors } from './commands/compareTensors.ts';
export { copyAs, copyTensor, textForms } from './commands/copyTensor.ts';
export { evaluateGraph } from './commands/evaluateGraph.ts';
export { openInViewer } from './commands/openInViewer.ts';
export { openSample } from './commands/openSample.ts';
export { pinExpression } from './commands/pinExpression.ts';
export { replaceFromFile } from './commands/replaceFromFile.ts';
export { saveAllNpz, saveAs, saveCsv, saveNpy } from './commands/saveTensors.ts';
export { CompanionConnection } from './sources/companionConnection.ts';
export { DifferenceContent } from './viewer/differenceContent.ts';
export { FileContent } from './viewer/fileContent.ts';
