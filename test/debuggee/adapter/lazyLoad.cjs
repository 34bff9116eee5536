const before = 1; // #FIRST
const late = require('./plainHelper.cjs'); // #REQUIRE
const after = late.double(before); // #AFTER
console.log(after);
