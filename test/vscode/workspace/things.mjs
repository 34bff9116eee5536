/** All kinds of values and none of them a tensor; what looks at them is counted, and told at the end. */
/** @type {string[]} */
const looked = [];
const traps = /** @type {const} */ (['get', 'has', 'getPrototypeOf', 'getOwnPropertyDescriptor', 'ownKeys']);
/** @type {ProxyHandler<object>} */
const handler = {};
for (const trap of traps) {
  /** @param {[object, string]} args */
  const counted = (...args) => {
    looked.push(trap);
    return /** @type {unknown} */ (Reflect[trap](...args));
  };
  Object.assign(handler, { [trap]: counted });
}
const watched = new Proxy({ dtype: 'float32', shape: [2], dataId: {} }, handler);

class Point {
  constructor() {
    this.x = 1;
    this.y = 2;
  }
  toString() {
    return `(${this.x}, ${this.y})`;
  }
}

function show() {
  const point = new Point();
  const plain = { a: 1, nested: { b: [1, 2, 3] } };
  const list = [1, 'two', null, undefined, new Date(0), /x/g, new Map([[1, point]]), 10n, Symbol('s')];
  const lazy = {
    get value() {
      looked.push('getter');
      return 1;
    },
  };
  const tagged = { [Symbol.toStringTag]: 'Tagged', dtype: 'int8', shape: [1] };
  return [point, plain, list, lazy, tagged, watched].length; // #things
}

show();
console.log(`looked: ${looked.join(' ')}`);
