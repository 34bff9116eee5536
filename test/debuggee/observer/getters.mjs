// Objects that tell when they are touched.
const log = [];
const note = (entry) => log.push(entry);
const traps = Object.fromEntries(
  Object.getOwnPropertyNames(Reflect).map((name) => [
    name,
    (...args) => (note(`trap ${name} ${String(args[1])}`), Reflect[name](...args)),
  ]),
);
const watched = (target) => new Proxy(target, traps);

class Model {
  #secret = new Float32Array(4);
  weights = [new Float32Array([1, 2]), new Float32Array([3])];
  get dtype() {
    note('dtype');
    return 'float32';
  }
  get shape() {
    note('shape');
    return [2];
  }
  get [Symbol.toStringTag]() {
    note('toStringTag');
    return 'Float32Array';
  }
  get secret() {
    note('secret');
    return this.#secret;
  }
  toJSON() {
    note('toJSON');
  }
  valueOf() {
    note('valueOf');
    return 1;
  }
}
const accessors = {};
for (const key of [
  'dtype',
  'shape',
  'dataId',
  'values',
  'strides',
  'val',
  'length',
  'buffer',
  'constructor',
  Symbol.for('tensor.inspect'),
]) {
  Object.defineProperty(accessors, key, { enumerable: true, get: () => note(`get ${String(key)}`) });
}
const array = new Float32Array([1.5, -0, NaN]);
for (const key of ['length', 'byteOffset', 'buffer', 'constructor', 'byteLength']) {
  Object.defineProperty(array, key, { get: () => note(`array ${key}`) });
}
class Odd extends Float64Array {
  get length() {
    note('Odd.length');
    return 99;
  }
  static get [Symbol.species]() {
    note('species');
    return Odd;
  }
  slice() {
    note('slice');
  }
  subarray() {
    note('subarray');
  }
}
const odd = new Odd(5);
const elements = [1, 2, 3];
Object.defineProperty(elements, 1, { enumerable: true, get: () => (note('element'), 2) });
const holes = [1, , 3];
const subclass = new (class extends Array {
  map() {
    note('map');
  }
  slice() {
    note('Array.slice');
  }
  [Symbol.iterator]() {
    note('iterator');
  }
})(3);
subclass.fill(7);
const map = new Map([['weights', new Float32Array([4, 5])]]);
map.get = () => note('map.get');
map.entries = () => note('map.entries');
map[Symbol.iterator] = () => note('map iterator');
const proxied = watched({ dtype: 'float32', shape: [2], dataId: {} });
const proxiedArray = watched(new Float32Array(3));
const proxiedNumbers = watched([1, 2, 3]);
const proxiedMap = watched(new Map([['a', new Float32Array(1)]]));
const container = { proxied, list: [proxiedArray, proxiedNumbers, array], model: new Model() };
// Only inside of something: V8's own inspector asks every object in a scope for `splice`, and so comes upon such a proxy.
container.inheriting = Object.create(watched({ dtype: 'float32', shape: [2] }));
container.instance = new (class extends watched(class Base {}) {})();
container.mapLike = Object.setPrototypeOf(new Map([['b', new Float32Array(2)]]), watched(Map.prototype));
/** A list as runtimes have them, whose methods are the program's. */
function telling(...items) {
  const list = [...items];
  const names = [...Object.getOwnPropertyNames(Array.prototype), 'toJSON', Symbol.iterator];
  for (const key of names.filter((name) => name !== 'length')) {
    Object.defineProperty(list, key, { get: () => (note(`list ${String(key)}`), Array.prototype[key]) });
  }
  return list;
}
const telltale = { toString: () => (note('toString'), 'x'), valueOf: () => (note('valueOf'), 1) };
// What runtimes make looks like these.
const trace = { main: { level: 1 } };
const output = (name, shape) => ({ name, isTensor: true, type: 'float32', shape });
const lookalikes = {
  tfjs: { dtype: 'float32', shape: telling(2), dataId: {}, isDisposedInternal: false, id: 1, name: telltale },
  buffer: { dtype: 'float32', shape: telling(2), strides: telling(), values: new Float32Array(2) },
  symbolic: { dtype: 'float32', shape: telling(null, 2), sourceLayer: {}, callArgs: {}, name: telltale },
  onnx: { type: 'float32', dims: telling(2), size: telltale, dataLocation: 'cpu', cpuData: new Float32Array(2) },
  jit: { _trace: trace, aval: { dtype: 'float32', shape: telling(2) } },
  traced: Object.setPrototypeOf({ _trace: trace }, watched({})),
  session: {
    run() {},
    handler: {
      run() {},
      inputNames: [],
      outputNames: [],
      inputMetadata: telling(output('a', telling('batch', 2))),
      outputMetadata: telling(output('b', [1]), output(telltale, [1])),
    },
  },
  layers: {
    apply() {},
    layers: telling(),
    weights: telling({ dtype: 'float32', shape: [1], dataId: {}, isDisposedInternal: false, id: 2 }),
    outputs: telling(),
  },
  graph: {
    signature: {
      inputs: { x: { name: 'x:0', dtype: 'DT_FLOAT', tensorShape: { dim: telling({ size: telltale }) } } },
    },
    executor: {
      execute() {},
      graph: {
        inputs: telling({ name: 'x', op: 'Placeholder', children: [], attrParams: { shape: { value: telling(-1) } } }),
        outputs: telling(),
        nodes: { x: { name: 'x', op: 'Placeholder', children: [], attrParams: { shape: { value: telling(-1) } } } },
      },
      _weightMap: { w: telling({ dtype: 'float32', shape: telling(1), dataId: {}, isDisposedInternal: false, id: 3 }) },
    },
  },
};
log.length = 0;
const callable = watched(function named() {});
const namespaced = await import('node:util');
class Inspectable {
  [Symbol.for('tensor.inspect')]() {
    return { dtype: 'float32', shape: [3], data: new Float32Array([1, 2, 3]) };
  }
}
const inspectable = new Inspectable();
const frozen = Object.freeze({ data: new Int16Array([1, 2]) });
const nothing = Object.create(null);

function stop(model) {
  const { tfjs, buffer, symbolic, onnx, jit, session, layers, graph } = lookalikes;
  debugger;
  return [
    model,
    accessors,
    array,
    odd,
    elements,
    holes,
    subclass,
    map,
    proxied,
    proxiedArray,
    proxiedNumbers,
    proxiedMap,
    container,
    callable,
    namespaced,
    inspectable,
    frozen,
    nothing,
    [tfjs, buffer, symbolic, onnx, jit, session, layers, graph],
  ];
}
class Caller {
  field = new Float32Array(2);
  get hidden() {
    note('this.hidden');
  }
  run() {
    debugger;
    return stop(new Model());
  }
}
new Caller().run();
console.log(log.length === 0 ? 'untouched' : log.join());
