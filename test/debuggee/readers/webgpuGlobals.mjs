// WebGPU in Node, put where browsers have it. Imported before TF.js, which looks for it when it is loaded. The object that
// create() returns must stay alive: Dawn's instance dies with it.
import { create, globals } from 'webgpu';

Object.assign(globalThis, globals);
export const gpu = create([]);
Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true });
