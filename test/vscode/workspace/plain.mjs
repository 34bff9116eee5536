const words = ['no', 'tensors', 'here'];
/** @param {string[]} list */
function join(list) {
  const joined = list.join(' ');
  return joined.toUpperCase(); // #plain
}
console.log(join(words));
