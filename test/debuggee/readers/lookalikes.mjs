// Objects of a program without any runtime, which have what descriptions of tensors have.
const header = { name: 'weights', dtype: 'float32', shape: [2, 3] };
const schema = { columns: [{ name: 'id', shape: [], dtype: 'int32' }, header] };
const value = { name: 'a', isTensor: true, type: 'float32', shape: [1] };
const described = { inputNames: ['a'], outputNames: ['b'], inputMetadata: [value], outputMetadata: [] };
const wrapper = { handler: described };
const plan = { executor: { graph: { nodes: { weights: header }, inputs: [header], outputs: [] } } };
const array = new Float32Array([1]);
debugger;
console.log(header, schema, value, described, wrapper, plan, array);
