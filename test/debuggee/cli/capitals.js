// Names that are one on a disk that does not tell capitals from small letters.
const w = new Float32Array(2);
const W = new Float32Array(3);
const other = new Float32Array(4);
debugger;
console.log(w, W, other);
