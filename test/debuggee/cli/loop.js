function even(step) {
  return new Float32Array([step]); // #EVEN
}
function odd(step) {
  return new Float32Array([-step]); // #ODD
}
for (let step = 0; step < 10; step++) {
  if (step % 2 === 0) even(step);
  else odd(step);
  debugger;
}
console.log('done');
