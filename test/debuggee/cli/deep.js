// The parameters of a model, as trees.
const params = { layer: { w: new Float32Array([1]) }, blocks: [{ w: new Float32Array([2]) }] };
debugger;
console.log(params.layer.w[0], params.blocks.length);
