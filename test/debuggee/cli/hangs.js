const values = new Float32Array([1]);
console.log('hanging');
if (process.argv[2] === 'busy') for (;;);
else setInterval(() => {}, 1000);
