// Runs until somebody stops it, or tells it to.
globalThis.stopNow = false;
let ticks = 0;
process.stdout.write(`pid ${process.pid}\n`);
const timer = setInterval(() => {
  ticks++; // #TICK
  if (globalThis.stopNow) {
    clearInterval(timer);
    console.log('stopped itself');
  }
}, 5);
