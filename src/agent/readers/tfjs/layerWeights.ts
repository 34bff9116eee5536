/**
 * The weights of a Layers model under the names that its getter `weights` would give, without calling that getter. Some layers keep
 * none themselves: a recurrent one has those of its cell, a wrapper those of what it wraps. Source: tfjs-layers 4.22, `topology.ts`,
 * `container.ts`, `recurrent.ts` and `wrappers.ts`.
 */
import { elementsOf, isInspectable, objectsIn, ownValue } from '../../safely.ts';
import type { Member } from '../reader.ts';

interface Weights {
  trainable: object[];
  rest: object[];
}

/** @returns undefined for what is no Layers model */
export function modelWeights(container: object): Member[] | undefined {
  const layers = elementsOf(ownValue(container, 'layers'));
  if (!layers || !Array.isArray(ownValue(container, '_trainableWeights'))) return undefined;
  const weights = weightsOf(container);
  if (weights) return numbered('.weights', inOrder(weights));
  return layers.filter(isInspectable).flatMap((layer, index) => {
    const path = `.layers[${index}]`;
    const known = weightsOf(layer);
    if (known) return numbered(`${path}.weights`, inOrder(known));
    return ['_trainableWeights', '_nonTrainableWeights'].flatMap((key) =>
      numbered(`${path}.${key}`, objectsIn(layer, key)),
    );
  });
}

const inOrder = ({ trainable, rest }: Weights) => [...trainable, ...rest];

function numbered(path: string, weights: readonly object[]): Member[] {
  return weights.map((value, index) => ({ path: `${path}[${index}]`, value }));
}

/** @returns undefined where a class of the program's own says what they are: its getters are not called */
function weightsOf(layer: object): Weights | undefined {
  const [declares, ...above] = declaring(layer);
  if (!declares) return undefined;
  const learns = ownValue(layer, 'trainable_') === true;
  if (above.length === 0) {
    const own = objectsIn(layer, '_trainableWeights');
    const isTrainable = (weight: object) => learns && ownValue(weight, 'trainable_') === true;
    const frozen = own.filter((weight) => !isTrainable(weight));
    return { trainable: own.filter(isTrainable), rest: [...frozen, ...objectsIn(layer, '_nonTrainableWeights')] };
  }
  const parts = partsOf(layer, declares);
  const weights = parts?.objects.map(weightsOf);
  if (!parts || !weights?.every((each) => each !== undefined)) return undefined;
  const trainable = weights.flatMap((each) => each.trainable);
  const rest = weights.flatMap((each) => each.rest);
  return learns || !parts.asksItself ? { trainable, rest } : { trainable: [], rest: [...trainable, ...rest] };
}

/** The prototypes that say what the layer's weights are; the last one is that of TF.js's class `Layer`. */
function declaring(layer: object): object[] {
  const found: object[] = [];
  for (let holder: unknown = layer; isInspectable(holder); holder = Object.getPrototypeOf(holder)) {
    if (Object.hasOwn(holder, 'trainableWeights')) found.push(holder);
  }
  return found;
}

/**
 * What a layer of TF.js has its weights from, and whether its own `trainable` counts beside theirs. The names of classes do not
 * outlive a bundler; those that models are saved under do, and the abstract classes have a property that no other declares.
 */
function partsOf(layer: object, prototype: object): { objects: object[]; asksItself: boolean } | undefined {
  const held = (...keys: string[]) => keys.map((key) => ownValue(layer, key)).filter(isInspectable);
  const constructor = ownValue(prototype, 'constructor');
  const savedAs = isInspectable(constructor) ? ownValue(constructor, 'className') : undefined;
  if (savedAs === 'RNN') return { objects: held('cell'), asksItself: true };
  if (savedAs === 'StackedRNNCells') return { objects: objectsIn(layer, 'cells'), asksItself: true };
  if (savedAs === 'Bidirectional') return { objects: held('forwardLayer', 'backwardLayer'), asksItself: false };
  if (Object.hasOwn(prototype, 'updates')) return { objects: held('layer'), asksItself: false };
  if (Object.hasOwn(prototype, 'loadWeights')) return { objects: objectsIn(layer, 'layers'), asksItself: true };
  return undefined;
}
