process.on('SIGTERM', () => console.log('no'));
setInterval(() => {}, 1000);
console.log('ready');
