// Ends before any stop in the way that it is told.
const ways = {
  throw: () => {
    throw new RangeError('thrown on purpose');
  },
  reject: () => {
    void Promise.reject(new Error('rejected on purpose'));
  },
  abort: () => process.abort(),
  kill: () => process.kill(process.pid, 'SIGKILL'),
};
ways[process.argv[2]]();
setTimeout(() => {
  debugger;
}, 500);
