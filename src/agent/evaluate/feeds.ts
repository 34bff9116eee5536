/** Feeds checked against a graph's inputs before anything is run: each refusal has the names and numbers of both. */
import { TensorError } from '../../protocol/errors.ts';
import type { DType, GraphInput } from '../../protocol/tensor.ts';
import { dataViewOf, elementReader, elementWriter, isFloat, isInteger, itemSize } from '../../tensor/dtypes.ts';
import { formatType } from '../../tensor/preview.ts';
import { unravelIndex } from '../../tensor/shape.ts';
import type { Evaluable, HostTensor } from './engine.ts';

export interface Feed {
  /** As it was asked for. */
  name: string;
  value: HostTensor;
  /** Numbers without a dtype of their own; they take the input's. */
  plain: boolean;
}

function invalidFeed(message: string, help: string): TensorError {
  return new TensorError({ code: 'invalid-feed', message, help });
}

/** `x float32[?, 2]`. */
function inputText({ name, dtype, shape }: GraphInput): string {
  return `${name} ${formatType(dtype, shape)}`;
}

/**
 * The feeds by the graph's own names, converted where their numbers had no dtype.
 * @throws TensorError `invalid-feed` for a name that the graph has not, two values for one input, a wrong dtype or shape,
 * and for inputs that are missing
 */
export function checkedFeeds(target: Evaluable, feeds: readonly Feed[]): Map<string, HostTensor> {
  const checked = new Map<string, HostTensor>();
  for (const { name, value, plain } of feeds) {
    const input = target.input(name);
    if (!input) throw unknownName(target, name);
    if (checked.has(input.name)) {
      throw invalidFeed(`${input.name} is fed twice.`, 'Give every input one value.');
    }
    checked.set(input.name, fitted(input, value, plain));
  }
  const missing = target.missing(new Set(checked.keys()));
  if (missing.length === 0) return checked;
  const texts = missing.map(inputText).join(', ');
  const [first] = missing as [GraphInput];
  const help = `Feed ${missing.length === 1 ? 'it' : 'each of them'} with an expression of this frame or a file`;
  throw new TensorError({
    code: 'invalid-feed',
    message: `${target.name} can't be evaluated: ${missing.length === 1 ? 'its input' : 'its inputs'} ${texts} ${missing.length === 1 ? 'has' : 'have'} no value.`,
    help: `${help}.`,
    commandLineHelp: `${help}: --feed ${first.name}=<expression or file>.`,
  });
}

function unknownName(target: Evaluable, name: string): TensorError {
  const inputs = target.inputs();
  const known = inputs.length === 0 ? 'It needs no feeds.' : `Its inputs are ${inputs.map(inputText).join(', ')}.`;
  return invalidFeed(`The graph of ${target.name} has no tensor "${name}" that could be fed.`, known);
}

function fitted(input: GraphInput, value: HostTensor, plain: boolean): HostTensor {
  const typed = input.dtype === 'unknown' ? asStored(value, plain) : convertedTo(input, value, plain);
  const { shape } = input;
  const fits =
    shape === null ||
    (shape.length === typed.shape.length &&
      shape.every((count, axis) => count === null || count === typed.shape[axis]));
  if (fits) return typed;
  throw invalidFeed(
    `The value fed for ${input.name} has the shape [${value.shape.join(', ')}]; the graph takes ${inputText(input)}.`,
    'Feed a value of that shape; "?" stands for any length.',
  );
}

/** A graph that doesn't say what it takes gets numbers as float32, which every engine has. */
function asStored(value: HostTensor, plain: boolean): HostTensor {
  return plain && value.dtype === 'float64' ? { ...value, ...convertElements('', value, 'float32') } : value;
}

function convertedTo(input: GraphInput, value: HostTensor, plain: boolean): HostTensor {
  if (value.dtype === input.dtype) return value;
  if (plain && takesNumbers(value.dtype, input.dtype)) return convertElements(input.name, value, input.dtype);
  throw invalidFeed(
    `The value fed for ${input.name} is ${formatType(value.dtype, value.shape)}; the graph takes ${inputText(input)}.`,
    plain || value.dtype === 'string' || value.dtype === 'bool'
      ? `Feed ${input.dtype} values.`
      : `Convert it first: in NumPy .astype("${input.dtype}"), in TypeScript another typed array. It is not done by itself, since values could change.`,
  );
}

function takesNumbers(from: DType, to: DType): boolean {
  if (from === 'bool' || from === 'string') return false;
  return isFloat(to) || isInteger(to) || to === 'complex64';
}

/** @throws TensorError for a value that an integer dtype can't hold; floats round, as in every runtime */
function convertElements(name: string, value: HostTensor, dtype: DType): HostTensor {
  const [fromSize, toSize] = [itemSize(value.dtype), itemSize(dtype)];
  const count = value.bytes.byteLength / fromSize;
  const bytes = new Uint8Array(count * toSize);
  const [source, target] = [dataViewOf(value.bytes), dataViewOf(bytes)];
  const [read, write, readBack] = [elementReader(value.dtype), elementWriter(dtype), elementReader(dtype)];
  const isBig = dtype === 'int64' || dtype === 'uint64';
  for (let i = 0; i < count; i++) {
    const element = read(source, i * fromSize) as number | bigint;
    const isWhole = typeof element === 'bigint' || Number.isInteger(element);
    if (isInteger(dtype) && isWhole) write(target, i * toSize, isBig ? BigInt(element) : Number(element));
    else if (!isInteger(dtype)) write(target, i * toSize, Number(element));
    // Numbers beyond the dtype's range wrap: they don't read back.
    if (!isInteger(dtype) || (isWhole && Number(readBack(target, i * toSize)) === Number(element))) continue;
    const at = value.shape.length === 0 ? '' : ` at [${unravelIndex(i, value.shape).join(', ')}]`;
    throw invalidFeed(
      `The value fed for ${name} has ${element}${at}, which ${dtype} can't hold.`,
      `Feed whole numbers in the range of ${dtype}.`,
    );
  }
  return { dtype, shape: value.shape, bytes };
}
