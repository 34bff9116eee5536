/**
 * Symbolic tensors of the Layers API. Each knows the layer that makes it and the tensors that the layer takes, so it is
 * evaluated by calling the layers, from the fed tensors on: what `model.predict` does, for any tensor of the model.
 * Source: `engine/executor.ts` and `engine/topology.ts` of tfjs-layers 4.22.
 */
import { TensorError } from '../../protocol/errors.ts';
import { isDType } from '../../tensor/dtypes.ts';
import type { GraphInput } from '../../protocol/tensor.ts';
import { classNameOf, dataValue, elementsOf, isInspectable, objectsIn, ownValue, textOf } from '../safely.ts';
import { symbolicFields } from '../readers/tfjs/fields.ts';
import type { Evaluable, EvaluationContext, GraphEngine, HostTensor } from './engine.ts';
import { onlyOutput } from './onlyOutput.ts';
import { inTfjs, type Tfjs, type TfjsTensor } from './tfjsSandbox.ts';

interface Layer {
  apply(inputs: TfjsTensor[], kwargs?: Record<string, unknown>): TfjsTensor | TfjsTensor[];
  computeMask(inputs: TfjsTensor[], masks: (TfjsTensor | null)[]): Mask | Mask[];
  supportsMasking?: boolean;
}

type Mask = TfjsTensor | null;

/** A tensor's value, and which of its steps count. */
interface Value {
  tensor: TfjsTensor;
  mask: Mask;
}

function nameOf(tensor: object): string {
  return textOf(tensor, 'name');
}

function layerOf(tensor: object): object {
  return ownValue(tensor, 'sourceLayer') as object;
}

function layerName(tensor: object): string {
  return textOf(layerOf(tensor), 'name');
}

/** The tensors that one depends on, itself included, inputs first; those that are fed end the walk. */
function needed(tensor: object, fed: ReadonlySet<string>): object[] {
  const sorted = new Set<object>();
  const entered = new Set<object>();
  const visit = (next: object): void => {
    if (entered.has(next)) return;
    entered.add(next);
    if (!fed.has(nameOf(next))) objectsIn(next, 'inputs').forEach(visit);
    sorted.add(next);
  };
  visit(tensor);
  return [...sorted];
}

function inputOf(tensor: object): GraphInput {
  const { dtype, shape } = symbolicFields(tensor)!;
  return { name: nameOf(tensor), dtype: isDType(dtype) ? dtype : 'unknown', shape };
}

function evaluable(symbolic: object, context: EvaluationContext): Evaluable {
  const roots = (fed: ReadonlySet<string>) =>
    needed(symbolic, fed)
      .filter((tensor) => objectsIn(tensor, 'inputs').length === 0 && !fed.has(nameOf(tensor)))
      .map(inputOf);
  return {
    name: nameOf(symbolic),
    inputs: () => roots(new Set()),
    missing: roots,
    input(asked) {
      const all = needed(symbolic, new Set());
      const found = all.find((tensor) => nameOf(tensor) === asked) ?? all.find((tensor) => layerName(tensor) === asked);
      return found && inputOf(found);
    },
    run(feeds) {
      const tensors = needed(symbolic, new Set(feeds.keys()));
      const stateful = tensors.find(
        (tensor) => !feeds.has(nameOf(tensor)) && ownValue(layerOf(tensor), '_stateful') === true,
      );
      if (stateful) {
        throw new TensorError({
          code: 'not-available',
          message: `${nameOf(symbolic)} depends on the layer ${layerName(stateful)} (${classNameOf(layerOf(stateful))}), which keeps a state from call to call: evaluating would change the program.`,
          help: `Feed its output, ${nameOf(stateful)}, with an expression of this frame or a file.`,
          commandLineHelp: `Feed its output: --feed ${nameOf(stateful)}=<expression or file>.`,
        });
      }
      return inTfjs(context, (tfjs) => tfjs.read(compute(symbolic, tensors, feeds, tfjs)));
    },
  };
}

function compute(
  symbolic: object,
  tensors: readonly object[],
  feeds: ReadonlyMap<string, HostTensor>,
  tfjs: Tfjs,
): TfjsTensor {
  const values = new Map<object, Value>();
  for (const tensor of tensors) {
    const fed = feeds.get(nameOf(tensor));
    values.set(tensor, fed ? { tensor: tfjs.tensor(fed), mask: null } : applied(tensor, values));
  }
  return values.get(symbolic)!.tensor;
}

function applied(symbolic: object, values: ReadonlyMap<object, Value>): Value {
  const layer = layerOf(symbolic) as Layer;
  const given = objectsIn(symbolic, 'inputs').map((input) => values.get(input)!);
  const tensors = given.map(({ tensor }) => tensor);
  const masks = given.map(({ mask }) => mask);
  const kwargs = masks.some((mask) => mask !== null) ? { mask: masks[0] } : undefined;
  const index = ownValue(symbolic, 'outputTensorIndex');
  const outputs = [layer.apply(tensors, kwargs)].flat();
  const output = outputs[typeof index === 'number' ? index : 0] as TfjsTensor;
  // A getter in some layers; the layers are what runs here.
  const mask = layer.supportsMasking ? [layer.computeMask(tensors, masks)].flat()[0] : null;
  return { tensor: output, mask: mask ?? null };
}

function isModel(value: object): boolean {
  const outputs = elementsOf(ownValue(value, 'outputs'));
  if (!outputs || !Array.isArray(ownValue(value, 'layers'))) return false;
  return typeof dataValue(value, 'apply') === 'function' && outputs.every((output) => isSymbolic(output));
}

function isSymbolic(value: unknown): value is object {
  return isInspectable(value) && symbolicFields(value) !== undefined && isInspectable(ownValue(value, 'sourceLayer'));
}

export const tfjsLayers: GraphEngine = {
  runtime: 'tfjs',

  owns: isModel,

  open(value, context): Evaluable | undefined {
    if (isSymbolic(value)) return evaluable(value, context);
    return isModel(value) ? evaluable(onlyOutput(objectsIn(value, 'outputs')), context) : undefined;
  },
};
