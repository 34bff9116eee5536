const outside = 'not captured';
class Point {
  #secret = 7;
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }
  get length() {
    globalThis.getterRan = true;
    return Math.hypot(this.x, this.y);
  }
  secret() {
    return this.#secret;
  }
}

function kinds(parameter) {
  const text = 'it\'s "text"';
  const big = 12345678901234567890n;
  let number = -0;
  var old = NaN;
  const list = [1, 'two', { three: 3 }];
  const long = Array.from({ length: 5000 }, (_, index) => index);
  const map = new Map([['key', { nested: true }]]);
  const set = new Set([1, 2]);
  const point = new Point(3, 4);
  const object = {
    'a-b': 1,
    '007': 7,
    ordinary: 2,
    get computed() {
      return 42;
    },
  };
  const frozen = Object.freeze({ fixed: 1 });
  const date = new Date(0);
  const pattern = /a+b/g;
  const fail = new TypeError('wrong type');
  const call = (a, b) => a + b;
  const symbol = Symbol('mark');
  const nothing = null;
  const trapped = new Proxy(
    {},
    {
      get() {
        globalThis.trapRan = true;
      },
      ownKeys() {
        globalThis.trapRan = true;
        return [];
      },
      has() {
        globalThis.trapRan = true;
        return false;
      },
      getOwnPropertyDescriptor() {
        globalThis.trapRan = true;
      },
    },
  );
  const { destructured, ...rest } = { destructured: 1, left: 2 };
  for (const constant of [1]) {
    let text = 'inner';
    number += constant; // #KINDS
    console.log(
      JSON.stringify({
        number,
        old,
        text,
        parameter,
        trap: globalThis.trapRan ?? false,
        getter: globalThis.getterRan ?? false,
      }),
    );
  }
  return [
    text,
    big,
    list,
    long,
    map,
    set,
    point,
    object,
    frozen,
    date,
    pattern,
    fail,
    call,
    symbol,
    nothing,
    trapped,
    destructured,
    rest,
  ];
}

kinds({ given: true });
