/**
 * Where gradients of TF.js end unnoticed: a tensor is converted inside a gradient function, or one that was made of a
 * converted array is used in it. A tensor is made of such an array if it holds the very memory that a conversion handed out,
 * which the cpu and the webgpu backend do; the wasm backend copies it, and nothing tells.
 */
import { engineState, recordedBy, tapedOps } from '../readers/tfjs/engine.ts';
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

/** What was converted in the gradient function that runs, and was there before. */
interface Given {
  dataId: WeakRef<object>;
  /** Says that the gradient ends there. */
  warn: () => void;
}

export class Gradients {
  /** Data that were made inside of a gradient function, with its number: none that the gradient is asked for. */
  readonly #madeInside = new WeakMap<object, number>();
  /** How many gradient functions have ended. */
  #ended = 0;
  #given: Given[] = [];
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
    if (!ArrayBuffer.isView(values) || (this.#leaves.has(dataId) && !variableOf(dataId))) return;
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
    const isInside = ownValue(state, 'gradientDepth') !== 0;
    if (isInside) this.#madeInside.set(dataId, this.#ended);
    if (!this.#hasConverted) return;
    const values = recordedBy(dataId)?.record.values;
    const conversion = isInspectable(values) ? this.#converted.get(values) : undefined;
    const found = conversion === undefined ? undefined : siteOf();
    if (conversion === undefined || !found) return;
    this.#remade.set(dataId, { ...found, site: this.#kept(found.site), conversion, inGradient: isInside });
    this.#hasRemade = true;
  }

  /**
   * In a gradient function something is converted that was not computed there. Whether the gradient is asked for with respect
   * to it, TF.js keeps to itself; what the tape has when the function ends may tell.
   * @param warn says that the gradient ends there
   */
  convertedGiven(dataId: object, warn: () => void): void {
    if (this.#madeInside.get(dataId) !== this.#ended) this.#given.push({ dataId: new WeakRef(dataId), warn });
  }

  /**
   * A gradient function ends.
   * @returns what was made of converted arrays, and used by it
   */
  ending(below: unknown): Remade[] {
    const state = engineState();
    let used = this.#hasRemade ? this.#remadeOnTape() : [];
    // Gradients of gradients share a tape, and end with the outermost.
    const isOutermost = state !== undefined && ownValue(state, 'gradientDepth') === 1;
    const given = isOutermost ? this.#given.splice(0) : [];
    if (used.length > 0 || given.length > 0) {
      const isOfVariables = isCalledFrom(/[\\/]@tensorflow[\\/]/, below, 'variableGrads');
      this.#warnOfGiven(given, isOfVariables);
      // Gradients of given tensors (tf.grad) may be asked for this very one; those of variables are not.
      if (!isOfVariables) used = used.filter(({ inGradient }) => inGradient);
    }
    if (isOutermost) this.#ended++;
    return used;
  }

  #remadeOnTape(): Remade[] {
    const used = new Set<Remade>();
    for (const { inputs } of tapedOps()) {
      for (const dataId of inputs.map(dataOf)) {
        const remade = isInspectable(dataId) ? this.#remade.get(dataId) : undefined;
        if (remade && !variableOf(dataId)) used.add(remade);
      }
    }
    return [...used];
  }

  /**
   * The gradient is asked for with respect to the trainable variables; or to given tensors, which were there before and are
   * used: where one alone comes into question, it is that one.
   */
  #warnOfGiven(converted: readonly Given[], isOfVariables: boolean): void {
    const given = isOfVariables ? undefined : this.#givenOnTape();
    for (const { dataId } of converted) given?.add(dataId.deref());
    for (const { dataId, warn } of converted) {
      const variable = variableOf(dataId.deref());
      if (given ? given.size === 1 : variable && ownValue(variable, 'trainable') === true) warn();
    }
  }

  /** The data on the tape that were there before. */
  #givenOnTape(): Set<unknown> {
    const given = new Set<unknown>();
    const computed = new Set<unknown>();
    for (const { inputs, outputs } of tapedOps()) {
      for (const tensor of inputs) {
        const dataId = dataOf(tensor);
        const isInside = isInspectable(dataId) && this.#madeInside.get(dataId) === this.#ended;
        if (!isInside && !computed.has(ownValue(tensor, 'id'))) given.add(dataId);
      }
      for (const tensor of outputs) computed.add(ownValue(tensor, 'id'));
    }
    return given;
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

/** Of data that are converted in a gradient function (and not in a kernel there): were they computed in it, or given? */
export function inGradient(dataId: object): 'computed' | 'given' | undefined {
  const state = engineState();
  if (!state || ownValue(state, 'gradientDepth') === 0 || ownValue(state, 'kernelDepth') !== 0) return undefined;
  const isIt = (tensor: object) => dataOf(tensor) === dataId;
  for (const { inputs, outputs } of tapedOps()) {
    // Views of what was given (and the clones that TF.js saves) are the same data; what is made of nothing is a constant.
    if (outputs.some(isIt) && inputs.length > 0 && !inputs.some(isIt)) return 'computed';
  }
  return 'given';
}

function dataOf(tensor: object): unknown {
  return ownValue(tensor, 'dataId');
}

/** The variable that holds these data now. */
function variableOf(dataId: unknown): object | undefined {
  const state = engineState();
  const variables = state && ownValue(state, 'registeredVariables');
  if (!isInspectable(variables)) return undefined;
  for (const name of Object.keys(variables)) {
    const variable = ownValue(variables, name);
    if (isInspectable(variable) && ownValue(variable, 'dataId') === dataId) return variable;
  }
  return undefined;
}
