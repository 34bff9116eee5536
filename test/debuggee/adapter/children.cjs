// A thread and a process of its own, as training programs have them.
const { fork } = require('node:child_process');
const { Worker, isMainThread } = require('node:worker_threads');

if (process.argv[2] === 'child') console.log('child', JSON.stringify(process.execArgv));
else if (!isMainThread) console.log('worker');
else {
  const worker = new Worker(__filename);
  worker.on('exit', () => {
    const child = fork(__filename, ['child']);
    child.on('exit', (code) => console.log('done', code)); // #DONE
  });
}
