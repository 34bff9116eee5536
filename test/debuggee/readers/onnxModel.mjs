// Models in ONNX's own format, written by hand: a protocol buffer is a sequence of fields, each a key (its number and how
// it is encoded) and a value. The numbers are those of onnx.proto (github.com/onnx/onnx, version 1.16).

function varint(value) {
  const bytes = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); ;) {
    const low = Number(rest & 127n);
    rest >>= 7n;
    if (rest === 0n) return [...bytes, low];
    bytes.push(low | 128);
  }
}

const integer = (field, value) => [...varint(field * 8), ...varint(value)];
const bytes = (field, value) => [...varint(field * 8 + 2), ...varint(value.length), ...value];
const text = (field, value) => bytes(field, new TextEncoder().encode(value));

const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
};

/** ValueInfoProto; an axis without a size is a name. */
function valueInfo({ name, type, shape }) {
  const axes = shape.map((count) => bytes(1, typeof count === 'number' ? integer(1, count) : text(2, count)));
  const tensorType = [...integer(1, elementTypes[type]), ...bytes(2, axes.flat())];
  return [...text(1, name), ...bytes(2, bytes(1, tensorType))];
}

/** TensorProto with its values as raw little-endian bytes. */
function tensor({ name, type, shape, values }) {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return [
    ...shape.flatMap((count) => integer(1, count)),
    ...integer(2, elementTypes[type]),
    ...text(8, name),
    ...bytes(9, raw),
  ];
}

/** AttributeProto: integers only. */
function attribute([name, value]) {
  return [...text(1, name), ...integer(3, value), ...integer(20, 2)];
}

function node({ op, inputs, outputs, attributes = {} }) {
  return [
    ...inputs.flatMap((name) => text(1, name)),
    ...outputs.flatMap((name) => text(2, name)),
    ...text(4, op),
    ...Object.entries(attributes).flatMap((entry) => bytes(5, attribute(entry))),
  ];
}

/**
 * A ModelProto (IR version 8, operator set 17).
 * @param graph { inputs: [{ name, type, shape }], outputs, nodes: [{ op, inputs, outputs, attributes? }], weights?: [{ name, type, shape, values }] }
 */
export function onnxModel({ inputs, outputs, nodes, weights = [] }) {
  const graph = [
    ...nodes.flatMap((each) => bytes(1, node(each))),
    ...text(2, 'graph'),
    ...weights.flatMap((each) => bytes(5, tensor(each))),
    ...inputs.flatMap((each) => bytes(11, valueInfo(each))),
    ...outputs.flatMap((each) => bytes(12, valueInfo(each))),
  ];
  return Uint8Array.from([...integer(1, 8), ...bytes(7, graph), ...bytes(8, integer(2, 17))]);
}

/** scores = relu(x times weights + bias), x being any number of rows of 3. */
export const smallModel = {
  inputs: [{ name: 'x', type: 'float32', shape: ['batch', 3] }],
  outputs: [{ name: 'scores', type: 'float32', shape: ['batch', 2] }],
  nodes: [
    { op: 'MatMul', inputs: ['x', 'weights'], outputs: ['product'] },
    { op: 'Add', inputs: ['product', 'bias'], outputs: ['sum'] },
    { op: 'Relu', inputs: ['sum'], outputs: ['scores'] },
  ],
  weights: [
    { name: 'weights', type: 'float32', shape: [3, 2], values: Float32Array.of(1, -1, 2, 0.5, -3, 0.25) },
    { name: 'bias', type: 'float32', shape: [2], values: Float32Array.of(0.5, -0.5) },
  ],
};
