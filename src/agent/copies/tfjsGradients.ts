/**
 * Where gradients of TF.js end unnoticed: a tensor is converted inside a gradient function, or one that was made of a
 * converted array is used in it. A tensor is made of such an array if it holds the very memory that a conversion handed out,
 * which the cpu and the webgpu backend do; the wasm backend copies it, and nothing tells.
 */
import { engineState, recordedBy, tapedOps } from '../readers/tfjs/engine.ts';
import { isInspectable, ownValue } from '../safely.ts';
import { isCalledFrom, type CallSite } from './callSite.ts';
import { GradientPath, idOf, type Asked } from './tfjsGradientPath.ts';

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

/** A warning that holds if the gradient is asked for with respect to one of these tensors, or is not. */
interface Open {
  ids: readonly unknown[];
  tells: Exclude<Asked, 'unknown'>;
  warn: () => void;
}

export class Gradients {
  readonly #warnOfRemade: (remade: Remade) => void;
  /** What the path of the last gradient function will tell. */
  #conclude: (() => void) | undefined;
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

  /** @param warnOfRemade a gradient function has used what was made of a converted array */
  constructor(warnOfRemade: (remade: Remade) => void) {
    this.#warnOfRemade = warnOfRemade;
  }

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

  /** A gradient function ends. */
  ending(below: unknown): void {
    this.conclude();
    const state = engineState();
    const used = this.#hasRemade ? this.#remadeOnTape() : new Map<Remade, unknown[]>();
    // Gradients of gradients share a tape, and end with the outermost.
    const isOutermost = state !== undefined && ownValue(state, 'gradientDepth') === 1;
    const given = isOutermost ? this.#given.splice(0) : [];
    if (used.size > 0 || given.length > 0) {
      const isOfVariables = isCalledFrom(/[\\/]@tensorflow[\\/]/, below, 'variableGrads');
      const open = isOfVariables ? this.#warnOfVariables(given) : this.#warnOfOnly(given);
      for (const [remade, ids] of used) {
        // Gradients of given tensors (tf.grad) may be asked for this very one; those of variables are not.
        if (isOfVariables || remade.inGradient) this.#warnOfRemade(remade);
        else open.push({ ids, tells: 'no', warn: () => this.#warnOfRemade(remade) });
      }
      if (isOutermost && open.length > 0) this.#followPath(open);
    }
    if (isOutermost) this.#ended++;
  }

  /** When TF.js has gone through the tape of the last gradient function. */
  conclude(): void {
    this.#conclude?.();
    this.#conclude = undefined;
  }

  /** What is not known of a tensor yet, TF.js may show when it goes through its tape. */
  #followPath(open: readonly Open[]): void {
    const path = new GradientPath((tensor) => this.#isInside(dataOf(tensor)));
    this.#conclude = () => {
      const asked = path.asked();
      for (const { ids, tells, warn } of open) if (ids.some((id) => asked(id) === tells)) warn();
    };
  }

  #isInside(dataId: unknown): boolean {
    return isInspectable(dataId) && this.#madeInside.get(dataId) === this.#ended;
  }

  /** With the ids of its tensors. */
  #remadeOnTape(): Map<Remade, unknown[]> {
    const used = new Map<Remade, unknown[]>();
    for (const tensor of [...tapedOps()].flatMap(({ inputs }) => inputs)) {
      const dataId = dataOf(tensor);
      const remade = isInspectable(dataId) ? this.#remade.get(dataId) : undefined;
      if (remade && !variableOf(dataId)) used.set(remade, [...(used.get(remade) ?? []), idOf(tensor)]);
    }
    return used;
  }

  /** The gradient is asked for with respect to the trainable variables. */
  #warnOfVariables(converted: readonly Given[]): Open[] {
    for (const { dataId, warn } of converted) {
      const variable = variableOf(dataId.deref());
      if (variable && ownValue(variable, 'trainable') === true) warn();
    }
    return [];
  }

  /**
   * The gradient is asked for with respect to given tensors, which were there before and are used: where one alone comes
   * into question, it is that one.
   * @returns what is open where there are several
   */
  #warnOfOnly(converted: readonly Given[]): Open[] {
    const given = this.#givenOnTape();
    for (const { dataId } of converted) if (!given.has(dataId.deref())) given.set(dataId.deref(), []);
    if (given.size !== 1)
      return converted.map(({ dataId, warn }) => ({ ids: given.get(dataId.deref())!, tells: 'yes', warn }));
    for (const { warn } of converted) warn();
    return [];
  }

  /** The data on the tape that were there before, with the ids of their tensors. */
  #givenOnTape(): Map<unknown, unknown[]> {
    const given = new Map<unknown, unknown[]>();
    const computed = new Set<unknown>();
    for (const { inputs, outputs } of tapedOps()) {
      for (const tensor of inputs) {
        const dataId = dataOf(tensor);
        if (this.#isInside(dataId) || computed.has(idOf(tensor))) continue;
        given.set(dataId, [...(given.get(dataId) ?? []), idOf(tensor)]);
      }
      for (const tensor of outputs) computed.add(idOf(tensor));
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
