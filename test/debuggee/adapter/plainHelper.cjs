exports.double = function double(value) {
  return value * 2; // #DOUBLE
};
