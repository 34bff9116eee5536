// 256 MiB, most of which no page of memory stands behind; as text they take seconds to write.
const large = new Float32Array(2 ** 26);
/** @param {Float32Array} array */
function look(array) {
  return array.length; // #large
}
look(large);
