/**
 * Where gradients of TF.js end unnoticed: a tensor is converted inside a gradient function, or one that was made of a
 * converted array is used in it. A tensor is made of such an array if it holds the very memory that a conversion handed out,
 * which the cpu and the webgpu backend do; the wasm backend copies it, and nothing tells.
 */
import { engineState, recordedBy, tapedTensors } from '../readers/tfjs/engine.ts';
import { isInspectable, ownValue } from '../safely.ts';
import { isCalledFrom, type CallSite } from './callSite.ts';

/** A tensor that was made of a converted array. */
interface Remade {
  /** Where it was made. */
  site: CallSite;
  /** Of the copy: dataSync. */
  conversion: string;
  type: string;
  /** A gradient function ran: it is none of the tensors that the gradient is asked for, which were there before. */
  inGradient: boolean;
}

export class Gradients {
  /** Data that no kernel has computed: nothing is behind it that a gradient could flow to. */
  readonly #leaves = new WeakSet<object>();
  /** The conversions that handed out these arrays. */
  readonly #converted = new WeakMap<object, string>();
  readonly #remade = new WeakMap<object, Remade>();
  /** As long as there are none, nothing is looked for. */
  #hasConverted = false;
  #hasRemade = false;
  readonly #sites = new Map<string, CallSite>();

  /** The program has got the values of this data by this call. */
  converted(dataId: object, values: unknown, call: string): void {
    if (!ArrayBuffer.isView(values) || (this.#leaves.has(dataId) && !isVariable(dataId))) return;
    this.#converted.set(values, call);
    this.#hasConverted = true;
  }

  /**
   * The engine has taken on new data.
   * @param siteOf asked only if it is made of a converted array
   */
  made(dataId: object, siteOf: () => { site: CallSite; type: string } | undefined): void {
    const state = engineState();
    if (!state || ownValue(state, 'kernelDepth') !== 0) return;
    this.#leaves.add(dataId);
    if (!this.#hasConverted) return;
    const values = recordedBy(dataId)?.record.values;
    const conversion = isInspectable(values) ? this.#converted.get(values) : undefined;
    const found = conversion === undefined ? undefined : siteOf();
    if (conversion === undefined || !found) return;
    const inGradient = ownValue(state, 'gradientDepth') !== 0;
    this.#remade.set(dataId, { ...found, site: this.#kept(found.site), conversion, inGradient });
    this.#hasRemade = true;
  }

  /** What was made of converted arrays, and used by the gradient function that ends now. */
  usedByEnding(below: unknown): Remade[] {
    if (!this.#hasRemade) return [];
    const used = new Set<Remade>();
    for (const tensor of tapedTensors(['inputs'])) {
      const dataId = ownValue(tensor, 'dataId');
      const remade = isInspectable(dataId) ? this.#remade.get(dataId) : undefined;
      if (remade && !isVariable(dataId)) used.add(remade);
    }
    if (used.size === 0) return [];
    // Gradients of given tensors (tf.grad) may be asked for this very one; those of variables are not.
    const isOfVariables = isCalledFrom(/[\\/]@tensorflow[\\/]/, below, 'variableGrads');
    return [...used].filter(({ inGradient }) => inGradient || isOfVariables);
  }

  /** With the frames of this moment. */
  #kept(site: CallSite): CallSite {
    let kept = this.#sites.get(site.key);
    if (!kept) {
      const frames = site.frames();
      kept = { ...site, frames: () => frames };
      this.#sites.set(site.key, kept);
    }
    return kept;
  }
}

/** Whether a gradient function is running (and not a kernel inside of it) whose tape has recorded this data. */
export function isOnTape(dataId: object): boolean {
  const state = engineState();
  if (!state || ownValue(state, 'gradientDepth') === 0 || ownValue(state, 'kernelDepth') !== 0) return false;
  for (const tensor of tapedTensors()) if (ownValue(tensor, 'dataId') === dataId) return true;
  return false;
}

function isVariable(dataId: unknown): boolean {
  const state = engineState();
  const variables = state && ownValue(state, 'registeredVariables');
  if (!isInspectable(variables)) return false;
  return Object.keys(variables).some((name) => {
    const variable = ownValue(variables, name);
    return isInspectable(variable) && ownValue(variable, 'dataId') === dataId;
  });
}
