/** Ops that move or convert elements: shapes, slices, joins, dtypes. */
import type { Rank, ShapeMap } from '@tensorflow/tfjs-core';
import { InvalidArgumentError, UnimplementedError, ValueError } from '../errors.ts';
import { attr, type SymbolicShape } from '../graph/graphDef.ts';
import {
  countsOf,
  integersOf,
  optionsOf,
  type AxisOption,
  type Given,
  type Named,
  type NameOption,
  type ShapeInput,
} from '../options.ts';
import { sizeOf } from '../../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { core, requireTfDType, type TfDType } from '../tfjs.ts';
import type { TensorInput } from '../convert.ts';
import { axisOf, broadcastShapes, callOp, infoOf, nameOf } from './dispatch.ts';

const shapeText = (shape: readonly (number | null)[]): string => `[${shape.map(String).join(',')}]`;

/** To another dtype; floats lose their fraction on the way to int32. */
export function cast(x: TensorInput, dtype: TfDType, ...given: Named): Tensor {
  const wanted = requireTfDType(dtype);
  return callOp({
    op: 'Cast',
    name: nameOf('cast', given),
    inputs: [x],
    attr: (from) => ({ SrcT: attr.type(from), DstT: attr.type(wanted) }),
    infer: ({ shape }) => ({ dtype: wanted, shape }),
    eager: (tensor) => core.cast(tensor, wanted),
  });
}

/** The same elements in another shape; one axis may be -1. */
export function reshape(x: TensorInput, to: ShapeInput, ...given: Named): Tensor {
  const shape = countsOf(to, -1);
  const infer = (from: SymbolicShape): SymbolicShape => {
    const known = sizeOf(shape.filter((count) => count !== -1));
    if (from === null || from.includes(null)) return shape.map((count) => (count === -1 ? null : count));
    const size = sizeOf(from as number[]);
    const open = shape.filter((count) => count === -1).length;
    if (open > 1 || (open === 1 ? known === 0 || size % known !== 0 : size !== known)) {
      throw new InvalidArgumentError(
        `Input to reshape is a tensor with ${size} values, but the requested shape ${shapeText(shape)} has ${open ? 'another multiple' : known} [Op:Reshape]`,
      );
    }
    return shape.map((count) => (count === -1 ? size / known : count));
  };
  return callOp({
    op: 'Reshape',
    name: nameOf('reshape', given),
    inputs: [x],
    constants: [{ name: 'shape', value: shape.length > 0 ? shape : new Int32Array(0) }],
    attr: (dtype) => ({ T: attr.type(dtype), Tshape: attr.type('int32') }),
    infer: (info) => ({ dtype: info.dtype, shape: infer(info.shape) }),
    eager: (tensor) => core.reshape(tensor, infer(tensor.shape) as ShapeMap[Rank]),
  });
}

export interface TransposeOptions extends NameOption {
  /** The order of the axes; default: reversed. */
  perm?: readonly number[];
}

export function transpose(x: TensorInput, ...given: Given<TransposeOptions, ['perm']>): Tensor {
  const { perm, name } = optionsOf<TransposeOptions>('transpose', given, ['perm'], ['name']);
  const rank = infoOf(x).shape?.length;
  if (perm === undefined && rank === undefined) {
    throw new InvalidArgumentError('transpose of a tensor of unknown rank.', 'Name the order: { perm: [1, 0] }.');
  }
  const order = perm ?? Array.from({ length: rank ?? 0 }, (_, i) => (rank ?? 0) - 1 - i);
  if (
    rank !== undefined &&
    (order.length !== rank || new Set(order).size !== rank || order.some((axis) => axis < 0 || axis >= rank))
  ) {
    throw new InvalidArgumentError(
      `transpose: perm ${shapeText(order)} doesn't name each of the ${rank} axes once [Op:Transpose]`,
    );
  }
  return callOp({
    op: 'Transpose',
    nodeName: 'transpose',
    name,
    inputs: [x],
    constants: [{ name: 'perm', value: order.length > 0 ? [...order] : new Int32Array(0) }],
    attr: (dtype) => ({ T: attr.type(dtype), Tperm: attr.type('int32') }),
    infer: ({ dtype, shape }) => ({ dtype, shape: shape && order.map((axis) => shape[axis] as number | null) }),
    eager: (tensor) => core.transpose(tensor, [...order]),
  });
}

/** Adds an axis of length 1. */
export function expandDims(x: TensorInput, axis: number, ...given: Named): Tensor {
  const at = (rank: number): number => axisOf('ExpandDims', axis, rank + 1);
  return callOp({
    op: 'ExpandDims',
    name: nameOf('expandDims', given),
    inputs: [x],
    constants: [{ name: 'dim', value: axis }],
    attr: (dtype) => ({ T: attr.type(dtype), Tdim: attr.type('int32') }),
    infer: ({ dtype, shape }) => ({ dtype, shape: shape && shape.toSpliced(at(shape.length), 0, 1) }),
    eager: (tensor) => core.expandDims(tensor, at(tensor.rank)),
  });
}

export interface SqueezeOptions extends NameOption {
  /** Which; default: all of them. */
  axis?: number | readonly number[];
}

/** Drops axes of length 1. */
export function squeeze(x: TensorInput, ...given: Given<SqueezeOptions, ['axis', 'name']>): Tensor {
  const { axis, name } = optionsOf<SqueezeOptions>('squeeze', given, ['axis', 'name']);
  const axes = axis === undefined ? undefined : [axis].flat();
  const infer = (shape: SymbolicShape): SymbolicShape => {
    if (shape === null) return null;
    if (axes === undefined) return shape.includes(null) ? null : shape.filter((count) => count !== 1);
    const dropped = axes.map((one) => axisOf('Squeeze', one, shape.length));
    const wrong = dropped.find((one) => shape[one] !== 1 && shape[one] !== null);
    if (wrong !== undefined) {
      throw new InvalidArgumentError(
        `Can not squeeze dim[${wrong}], expected a dimension of 1, got ${shape[wrong]} [Op:Squeeze]`,
      );
    }
    return shape.filter((_, i) => !dropped.includes(i));
  };
  return callOp({
    op: 'Squeeze',
    name,
    inputs: [x],
    attr: (dtype) => ({ T: attr.type(dtype), squeeze_dims: attr.ints(axes ?? []) }),
    infer: (info) => ({ dtype: info.dtype, shape: infer(info.shape) }),
    eager: (tensor) => core.reshape(tensor, infer(tensor.shape) as ShapeMap[Rank]),
  });
}

/** A part: `size` elements from `begin` on, per axis; -1 takes the rest. */
export function slice(x: TensorInput, from: readonly number[], counts: readonly number[], ...given: Named): Tensor {
  const begin = integersOf('slice: begin', from);
  const size = integersOf('slice: size', counts, -1);
  const infer = (shape: SymbolicShape): SymbolicShape => {
    if (shape !== null && (begin.length !== shape.length || size.length !== shape.length)) {
      throw new InvalidArgumentError(
        `slice of rank ${shape.length} needs as many begins and sizes, got ${begin.length} and ${size.length} [Op:Slice]`,
      );
    }
    return size.map((count, axis) => {
      const length = shape?.[axis] ?? null;
      const from = begin[axis] as number;
      const taken = count === -1 ? (length === null ? null : length - from) : count;
      if (length !== null && taken !== null && (from < 0 || taken < 0 || from + taken > length)) {
        throw new InvalidArgumentError(`Expected size[${axis}] in [0, ${length - from}], but got ${count} [Op:Slice]`);
      }
      return taken;
    });
  };
  return callOp({
    op: 'Slice',
    name: nameOf('slice', given),
    inputs: [x],
    constants: [
      { name: 'begin', value: begin },
      { name: 'size', value: size },
    ],
    attr: (dtype) => ({ T: attr.type(dtype), Index: attr.type('int32') }),
    infer: (info) => ({ dtype: info.dtype, shape: infer(info.shape) }),
    eager: (tensor) => core.slice(tensor, begin, size),
  });
}

/** Joins along an axis that is there. */
export function concat(values: readonly TensorInput[], axis: number, ...given: Named): Tensor {
  const infer = (shapes: SymbolicShape[]): SymbolicShape => {
    const [first] = shapes;
    if (first === undefined) throw new InvalidArgumentError('concat needs at least one tensor [Op:ConcatV2]');
    if (first === null || shapes.includes(null)) return null;
    const at = axisOf('ConcatV2', axis, first.length);
    return first.map((count, i) => {
      const counts = shapes.map((shape) => shape?.[i] ?? null);
      if (i === at) return counts.includes(null) ? null : counts.reduce<number>((a, b) => a + (b as number), 0);
      const odd = shapes.findIndex(
        (shape) => shape?.length !== first.length || (count !== null && shape[i] !== null && shape[i] !== count),
      );
      if (odd < 0) return count;
      throw new InvalidArgumentError(
        `ConcatOp : Dimension ${i} in both shapes must be equal: shape[0] = ${shapeText(first)} vs. shape[${odd}] = ${shapeText(shapes[odd] ?? [])} [Op:ConcatV2]`,
      );
    });
  };
  return callOp({
    op: 'ConcatV2',
    nodeName: 'concat',
    name: nameOf('concat', given),
    inputs: values,
    constants: [{ name: 'axis', value: axis }],
    attr: (dtype) => ({ T: attr.type(dtype), N: attr.int(values.length), Tidx: attr.type('int32') }),
    infer: (...infos) => ({ dtype: infos[0]?.dtype ?? null, shape: infer(infos.map(({ shape }) => shape)) }),
    eager: (...tensors) => core.concat(tensors, axisOf('ConcatV2', axis, tensors[0]?.rank ?? 0)),
  });
}

/** Joins along a new axis. */
export function stack(values: readonly TensorInput[], ...given: Given<AxisOption, ['axis', 'name']>): Tensor {
  const { axis = 0, name } = optionsOf<AxisOption>('stack', given, ['axis', 'name']);
  return callOp({
    op: 'Pack',
    nodeName: 'stack',
    name,
    inputs: values,
    attr: (dtype) => ({ T: attr.type(dtype), N: attr.int(values.length), axis: attr.int(axis) }),
    infer: (first, ...rest) => {
      if (first === undefined) throw new InvalidArgumentError('stack needs at least one tensor [Op:Pack]');
      const { shape } = rest.reduce((a, b) => ({ ...a, shape: sameShape(a.shape, b.shape) }), first);
      return {
        dtype: first.dtype,
        shape: shape && shape.toSpliced(axisOf('Pack', axis, shape.length + 1), 0, values.length),
      };
    },
    eager: (...tensors) => core.stack(tensors, axisOf('Pack', axis, (tensors[0]?.rank ?? 0) + 1)),
  });
}

function sameShape(a: SymbolicShape, b: SymbolicShape): SymbolicShape {
  if (a === null || b === null) return a ?? b;
  if (a.length === b.length && a.every((count, i) => count === null || b[i] === null || count === b[i])) {
    return a.map((count, i) => count ?? (b[i] as number | null));
  }
  throw new InvalidArgumentError(`Shapes of all inputs must match: ${shapeText(a)} vs. ${shapeText(b)} [Op:Pack]`);
}

/** Rows, by their numbers. */
export function gather(x: TensorInput, rows: readonly number[], ...given: Given<AxisOption, ['axis']>): Tensor {
  const { axis = 0, name } = optionsOf<AxisOption>('gather', given, ['axis'], ['name']);
  const indices = integersOf('gather: indices', rows);
  return callOp({
    op: 'GatherV2',
    name,
    inputs: [x],
    constants: [
      { name: 'indices', value: indices.length > 0 ? indices : new Int32Array(0) },
      { name: 'axis', value: axis },
    ],
    attr: (dtype) => ({ Tparams: attr.type(dtype), Tindices: attr.type('int32'), Taxis: attr.type('int32') }),
    infer: ({ dtype, shape }) => {
      if (shape === null) return { dtype, shape };
      const at = axisOf('GatherV2', axis, shape.length);
      const outside = indices.find((i) => i < 0 || (shape[at] !== null && i >= (shape[at] as number)));
      if (outside !== undefined) {
        throw new InvalidArgumentError(`indices has ${outside}, which is not in [0, ${shape[at]}) [Op:GatherV2]`);
      }
      return { dtype, shape: shape.with(at, indices.length) };
    },
    eager: (tensor) => core.gather(tensor, indices, axisOf('GatherV2', axis, tensor.rank)),
  });
}

/** Elements of `x` where `condition` is true, of `y` elsewhere. */
export function where(condition: TensorInput, x: TensorInput, y: TensorInput, ...given: Named): Tensor {
  // JavaScript programs may leave them out, as TensorFlow lets them.
  const values = [x, y].filter((value: TensorInput | undefined) => value !== undefined).length;
  if (values === 1) throw new ValueError('where: x and y must both be given, or none of them.');
  if (values === 0) {
    throw new UnimplementedError(
      'where(condition) alone, the indices of its true elements, is not there: TensorFlow.js finds them asynchronously only.',
      "With whereAsync of '@tensorflow/tfjs-core': convertToTensor(await whereAsync(condition.tensor)).",
    );
  }
  return callOp({
    op: 'SelectV2',
    name: nameOf('where', given),
    inputs: [x, y, condition],
    sameDType: 2,
    order: [2, 0, 1],
    infer: (a, b, test) => {
      if (test.dtype !== 'bool' && test.dtype !== null) {
        throw new InvalidArgumentError(`where: the condition must be bool, but is ${test.dtype} [Op:SelectV2]`);
      }
      const both = broadcastShapes('SelectV2', a.shape, b.shape);
      return { dtype: a.dtype, shape: broadcastShapes('SelectV2', both, test.shape) };
    },
    eager: (a, b, test) => core.where(test, a, b),
  });
}
