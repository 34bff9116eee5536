function parse(text) {
  return JSON.parse(text); // #PARSE
}

try {
  throw new RangeError('caught one'); // #CAUGHT
} catch {}
console.log('after the caught one');
process.exitCode = 3;
null.property; // #UNCAUGHT
