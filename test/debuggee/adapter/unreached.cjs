function early() {
  return 1; // #RETURN
  console.log('never'); // #DEAD
}
function endless() {
  const start = early();
  for (;;) if (start > 0) throw new Error('out');
  console.log('never'); // #ENDLESS
}
try {
  endless();
} catch {
  console.log('done'); // #AFTER
}
