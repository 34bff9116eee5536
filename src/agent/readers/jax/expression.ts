/**
 * Arrays of jax-js that have no storage: an expression of the element's index `idx`, as `np.zeros`, `np.arange` and
 * arithmetic over such make it. A node is `{ op, dtype, src, arg }`. It is computed here where the result can only be one,
 * so that nothing of the program has to run; otherwise it counts as not realised.
 *
 * Two ways to round, and each is what the program itself would get: on cpu, and for fewer than 128 elements on any device,
 * jax-js computes in double precision and rounds once at the end. In kernels every step rounds, and may be fused with the
 * next; so there a step of floating point counts only if it is exact.
 */
import { TensorError } from '../../../protocol/errors.ts';
import { nameStandIn } from '../../../protocol/tensor.ts';
import { adviceToEvaluate } from '../../../tensor/evaluateHelp.ts';
import { isInspectable, ownValue } from '../../safely.ts';
import { isJaxDType, type JaxDType } from './fields.ts';

/** Below so many elements jax-js computes an expression on the cpu, whatever the device. */
export const inlineElements = 128;

export const notRealised = adviceToEvaluate(
  (how) =>
    `Let the program realise it before this line with \`await ${nameStandIn}.blockUntilReady()\`, or evaluate it here, which runs its kernels: ${how}.`,
);

export type Expression = (index: number) => number;

interface Node {
  op: string;
  dtype: JaxDType;
  src: Expression[];
  srcDType: JaxDType | undefined;
  arg: unknown;
  isRoot: boolean;
}

/** Thrown where the value depends on how a kernel rounds. */
class Inexact extends TensorError {
  constructor() {
    super({
      code: 'pending',
      message: 'jax-js has not computed this array yet, and how its kernel rounds is not known before it runs.',
      ...notRealised,
    });
  }
}

const bitOps: Record<string, (x: number, y: number) => number> = {
  and: (x, y) => x & y,
  or: (x, y) => x | y,
  xor: (x, y) => x ^ y,
  shl: (x, y) => x << y,
  shr: (x, y) => x >>> y,
};

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

function isFloat(dtype: JaxDType): boolean {
  return dtype.startsWith('float');
}

/** Rounds as one element of the dtype is stored. */
function stored(value: number, dtype: JaxDType): number {
  switch (dtype) {
    case 'int32':
    case 'bool':
      return value | 0;
    case 'uint32':
      return value >>> 0;
    case 'float32':
      return Math.fround(value);
    default:
      return value;
  }
}

/** After a step of a kernel: integers wrap, floating point must be exact. */
function stepped(value: number, dtype: JaxDType): number {
  if (!isFloat(dtype)) return stored(value, dtype);
  // Exact in float16 is more than exact in float32: those are left to the kernels.
  if (dtype === 'float16' ? Number.isInteger(value) && Math.abs(value) <= 2048 : stored(value, dtype) === value)
    return value;
  throw new Inexact();
}

function multiplied(x: number, y: number, dtype: JaxDType): number {
  return isFloat(dtype) ? x * y : Math.imul(x, y);
}

function cast(value: number, from: JaxDType | undefined, to: JaxDType): number {
  const wasFloat = from !== undefined && isFloat(from);
  switch (to) {
    case 'int32':
      return (wasFloat ? clamp(value, -(2 ** 31), 2 ** 31 - 1) : value) | 0;
    case 'uint32':
      return (wasFloat ? clamp(value, 0, 2 ** 32 - 1) : value) >>> 0;
    case 'bool':
      return value ? 1 : 0;
    default:
      return value;
  }
}

const bits = new DataView(new ArrayBuffer(8));

function bitcast(value: number, from: JaxDType | undefined, to: JaxDType): number {
  if (from === 'float32') bits.setFloat32(0, value);
  else if (from === 'int32' || from === 'uint32') bits.setUint32(0, value);
  else throw new Inexact();
  if (to === 'float32') return bits.getFloat32(0);
  if (to === 'int32') return bits.getInt32(0);
  if (to === 'uint32') return bits.getUint32(0);
  throw new Inexact();
}

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011). */
function threefry(k0: number, k1: number, c0: number, c1: number): [number, number] {
  const keys = [k0 >>> 0, k1 >>> 0, (k0 ^ k1 ^ 0x1bd11bda) >>> 0];
  let [x0, x1] = [(c0 + keys[0]!) >>> 0, (c1 + keys[1]!) >>> 0];
  for (let group = 0; group < 5; group++) {
    for (const rotation of rotations[group % 2]!) {
      x0 = (x0 + x1) >>> 0;
      x1 = (((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0) >>> 0;
    }
    x0 = (x0 + keys[(group + 1) % 3]!) >>> 0;
    x1 = (x1 + keys[(group + 2) % 3]! + group + 1) >>> 0;
  }
  return [x0, x1];
}

/** One node as a function of the index; undefined for an op that is not computed here. */
function compileNode({ op, dtype, src, srcDType, arg, isRoot }: Node, inKernel: boolean): Expression | undefined {
  const [a, b, c, d] = src;
  const step = (compute: (x: number, y: number) => number): Expression | undefined =>
    a && b && ((index) => (inKernel ? stepped(compute(a(index), b(index)), dtype) : compute(a(index), b(index))));
  switch (op) {
    case 'Const':
      if (typeof arg !== 'number') return undefined;
      // What other steps take of a kernel's constant has been rounded.
      return inKernel && !isRoot ? () => (dtype === 'float16' ? stepped(arg, dtype) : stored(arg, dtype)) : () => arg;
    case 'Variable':
      return arg === 'idx' ? (index) => index : undefined;
    case 'Add':
      return step((x, y) => (dtype === 'bool' ? (x || y ? 1 : 0) : x + y));
    case 'Sub':
      return step((x, y) => x - y);
    case 'Mul':
      if (dtype === 'bool') return step((x, y) => (x && y ? 1 : 0));
      return step((x, y) => (inKernel ? multiplied(x, y, dtype) : x * y));
    case 'Idiv':
      return step((x, y) => Math.trunc(x / y));
    case 'Mod':
      return step((x, y) => x % y);
    case 'Min':
      return step((x, y) => Math.min(x, y));
    case 'Max':
      return step((x, y) => Math.max(x, y));
    case 'Cmplt':
      return step((x, y) => (x < y ? 1 : 0));
    case 'Cmpne':
      return step((x, y) => (x !== y ? 1 : 0));
    case 'BitCombine':
    case 'BitShift': {
      const combine = typeof arg === 'string' ? bitOps[arg] : undefined;
      return combine && step((x, y) => stored(combine(x, y), dtype));
    }
    case 'Where':
      return a && b && c && ((index) => (a(index) ? b(index) : c(index)));
    case 'Cast': {
      if (!a) return undefined;
      return (index) => {
        const value = cast(a(index), srcDType, dtype);
        return inKernel ? stepped(value, dtype) : value;
      };
    }
    case 'Bitcast':
      return a && ((index) => bitcast(a(index), srcDType, dtype));
    case 'Threefry2x32': {
      if (!a || !b || !c || !d || (arg !== 'xor' && arg !== 0 && arg !== 1)) return undefined;
      return (index) => {
        const [x0, x1] = threefry(a(index), b(index), c(index), d(index));
        return arg === 'xor' ? (x0 ^ x1) >>> 0 : arg === 0 ? x0 : x1;
      };
    }
    default:
      return undefined;
  }
}

function compile(node: unknown, inKernel: boolean, depth = 0): { run: Expression; dtype: JaxDType } | undefined {
  if (!isInspectable(node) || depth > 200) return undefined;
  const [op, dtype, src] = [ownValue(node, 'op'), ownValue(node, 'dtype'), ownValue(node, 'src')];
  if (typeof op !== 'string' || !isJaxDType(dtype) || !isInspectable(src) || !Array.isArray(src)) return undefined;
  const inputs = (src as unknown[]).map((input) => compile(input, inKernel, depth + 1));
  if (!inputs.every((input) => input !== undefined)) return undefined;
  const steps = inputs.map((input) => input.run);
  const arg = ownValue(node, 'arg');
  const run = compileNode({ op, dtype, src: steps, srcDType: inputs[0]?.dtype, arg, isRoot: depth === 0 }, inKernel);
  return run && { run, dtype };
}

/**
 * @param inKernel whether the program itself would run a kernel for it
 * @returns undefined where the value can only be had by running it
 */
export function expressionOf(node: object, inKernel: boolean): Expression | undefined {
  return compile(node, inKernel)?.run;
}

/** Whether all its elements are one: `np.zeros`, `np.full`. */
export function isConstant(node: object): boolean {
  return ownValue(node, 'op') === 'Const';
}

/** Whether it gives exact values at these indices; at others, reading it still refuses rather than guess. */
export function isExact(expression: Expression, indices: Iterable<number>): boolean {
  try {
    for (const index of indices) expression(index);
    return true;
  } catch (error) {
    if (error instanceof Inexact) return false;
    throw error;
  }
}
