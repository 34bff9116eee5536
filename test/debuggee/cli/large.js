const large = Float32Array.from({ length: 1 << 20 }, (_, i) => i / 7);
const names = { '../../escape': large };
debugger;
console.log('went on', large.length, Object.keys(names).length);
