// Sessions under keys that tell when they are touched.
const log = [];
const traps = Object.fromEntries(
  Object.getOwnPropertyNames(Reflect).map((name) => [
    name,
    (...args) => (log.push(`trap ${name} ${String(args[1])}`), Reflect[name](...args)),
  ]),
);

class Key {
  toJSON() {
    log.push('toJSON');
  }
  toString() {
    log.push('toString');
    return 'key';
  }
  get name() {
    log.push('name');
    return 'key';
  }
}
const cyclic = {};
cyclic.itself = cyclic;

// What a session of ONNX Runtime looks like: two outputs, of which one must be named.
const output = (name) => ({ name, isTensor: true, type: 'float32', shape: [1] });
const session = () => ({
  run() {},
  handler: { inputNames: [], outputNames: ['a', 'b'], run() {}, outputMetadata: [output('a'), output('b')] },
});

function stop(sessions, bySymbol, pick, feed) {
  debugger;
  return [sessions, bySymbol, pick, feed];
}
class Holder {
  session;
  constructor(session) {
    this.session = session;
  }
  run(...args) {
    return stop(...args);
  }
}

function prepared() {
  const kinds = 'text number nan object proxy bigint none cyclic symbol receiver below'.split(' ');
  const all = Object.fromEntries(kinds.map((kind) => [kind, session()]));
  const sessions = new Map([
    ['a "name"', all.text],
    [1.5, all.number],
    [NaN, all.nan],
    [new Key(), all.object],
    [new Proxy({}, traps), all.proxy],
    [10n, all.bigint],
    [null, all.none],
    [cyclic, all.cyclic],
    [new Float32Array(4), { session: all.below }],
  ]);
  sessions.entries = () => log.push('entries');
  // The sessions themselves are in a closure that is on no stack.
  all.whole = session();
  Object.assign(all.whole.handler, { inputMetadata: [output('x')], outputMetadata: [output('y')] });
  const feed = [1, new Proxy(new Key(), traps)];
  return [new Holder(all.receiver), sessions, { [Symbol('x')]: all.symbol }, (kind) => all[kind], feed];
}
const [holder, ...args] = prepared();
holder.run(...args);
console.log(log.length === 0 ? 'untouched' : log.join());
