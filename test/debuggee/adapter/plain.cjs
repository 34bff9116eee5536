// A CommonJS module with what stepping and breakpoints need.
const { double } = require('./plainHelper.cjs');

/*
 * No code here. #NOCODE
 */
function sum(values) {
  let total = 0; // #TOTAL
  for (const value of values) {
    total += double(value); // #LOOP
  }
  return total; // #RETURN
}

const first = sum([1, 2, 3]); // #CALL
console.log('sum', first); // #PRINT
console.error('to stderr');
