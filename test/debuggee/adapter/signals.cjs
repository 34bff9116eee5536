process.on('SIGTERM', () => {
  console.log('cleaning up');
  process.exit(9);
});
setInterval(() => {}, 1000);
console.log('ready');
debugger; // #READY
