import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bfloat16ToNumber,
  decodeElements,
  encodeElements,
  float16ToNumber,
  numberToBfloat16,
  numberToFloat16,
} from '../../src/tensor/dtypes.ts';
import type { DType } from '../../src/protocol/tensor.ts';
import { longestNumber, numberWriter } from '../../src/tensor/numberBytes.ts';
import { formatElement, shortest, shortestNumber } from '../../src/tensor/numbers.ts';
import { fromHex, jsonFixture } from './fixtures.ts';
import { seededRandom } from './random.ts';

interface ShortestFixture {
  float16: string[];
  float32: [bits: number, text: string][];
}

const view = new DataView(new ArrayBuffer(8));
function floatOf(bits: number): number {
  view.setUint32(0, bits);
  return view.getFloat32(0);
}

function significantDigits(text: string): number {
  const digits = text.replace(/e.*$/, '').replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '');
  return Math.max(1, digits.length);
}

test('float16 values decode and round as NumPy does it', () => {
  const { doubles, bits } = jsonFixture<{ doubles: string[]; bits: number[] }>('float16_rounding.json');
  doubles.forEach((text, i) => assert.equal(numberToFloat16(fromHex(text)), bits[i], text));
  for (let half = 0; half <= 0xffff; half++) {
    const value = float16ToNumber(half);
    if (Number.isNaN(value)) assert.ok((half & 0x7c00) === 0x7c00 && (half & 0x3ff) !== 0);
    else assert.equal(numberToFloat16(value), half);
  }
});

test('bfloat16 is the upper half of a float32, rounded to nearest with ties to even', () => {
  for (let bits = 0; bits <= 0xffff; bits++) {
    const value = bfloat16ToNumber(bits);
    assert.ok(Object.is(value, floatOf(bits << 16)));
    if (!Number.isNaN(value)) assert.equal(numberToBfloat16(value), bits);
  }
  const random = seededRandom(3);
  for (let round = 0; round < 20000; round++) {
    const single = random.bits() & 0x7fffffff;
    if (single >= 0x7f800000) continue;
    // The well-known integer form of rounding to nearest even.
    const expected = (single + 0x7fff + ((single >>> 16) & 1)) >>> 16;
    assert.equal(numberToBfloat16(floatOf(single)), expected, single.toString(16));
  }
  // One rounding, not two: straight from the double, this lies above the tie.
  assert.equal(numberToBfloat16(1 + 2 ** -8 + 2 ** -40), 0x3f81);
  assert.equal(numberToFloat16(1 + 2 ** -11 + 2 ** -40), 0x3c01);
});

test('float16 prints with the digits that NumPy prints', () => {
  jsonFixture<ShortestFixture>('shortest.json').float16.forEach((text, bits) => {
    const value = float16ToNumber(bits);
    const ours = shortest(value, 'float16');
    assert.equal(numberToFloat16(Number(ours)), bits);
    assert.ok(significantDigits(ours) <= significantDigits(text), `${ours} against ${text}`);
    if (significantDigits(ours) === significantDigits(text)) assert.equal(Number(ours), Number(text));
  });
});

test('float32 prints with the digits that NumPy prints', () => {
  for (const [bits, text] of jsonFixture<ShortestFixture>('shortest.json').float32) {
    const value = floatOf(bits);
    const ours = shortest(value, 'float32');
    assert.equal(Math.fround(Number(ours)), value, text);
    assert.ok(significantDigits(ours) <= significantDigits(text), `${ours} against ${text}`);
    if (significantDigits(ours) === significantDigits(text)) assert.equal(Number(ours), Number(text));
    assert.equal(shortest(-value, 'float32'), value === 0 ? '-0' : `-${ours}`);
  }
});

test('bfloat16 prints with the fewest digits: all values against a search over decimals', () => {
  for (let bits = 1; bits < 0x7f80; bits++) {
    const value = bfloat16ToNumber(bits);
    const ours = shortest(value, 'bfloat16');
    assert.equal(numberToBfloat16(Number(ours)), bits);
    const digits = significantDigits(ours);
    if (digits === 1) continue;
    // No decimal with one digit less reads back: the two around the value are the only candidates.
    const [mantissa = '', exponent] = value.toExponential(digits - 2).split('e');
    const unit = 10 ** -(digits - 2);
    for (const near of [Number(mantissa) - unit, Number(mantissa), Number(mantissa) + unit]) {
      const candidate = Number(`${near.toFixed(digits - 2)}e${exponent}`);
      assert.notEqual(numberToBfloat16(candidate), bits, `${ours} against ${candidate}`);
    }
  }
});

test('special values and other types as text', () => {
  assert.equal(shortest(Math.fround(3.7), 'float32'), '3.7');
  assert.equal(shortest(3.7, 'float64'), '3.7');
  assert.equal(shortest(NaN, 'float32'), 'NaN');
  assert.equal(shortest(-Infinity, 'float16'), '-Infinity');
  assert.equal(shortest(-0, 'float64'), '-0');
  assert.equal(shortest(2 ** -149, 'float32'), '1e-45');
  assert.equal(shortestNumber(Math.fround(0.1), 'complex64'), 0.1);
  assert.equal(formatElement([Math.fround(1.1), -2], 'complex64'), '1.1-2j');
  assert.equal(formatElement([0, Infinity], 'complex128'), '0+Infinityj');
  assert.equal(formatElement(2n ** 63n - 1n, 'int64'), '9223372036854775807');
  assert.equal(formatElement(true, 'bool'), 'true');
});

test('elements survive encoding and decoding', () => {
  const cases = [
    ['float16', [1.5, -0, Infinity]],
    ['bfloat16', [1.5, -(2 ** -126), -Infinity]],
    ['float32', [Math.fround(3.7), -0]],
    ['float64', [3.7, Number.MIN_VALUE]],
    ['int8', [-128, 127]],
    ['int16', [-32768, 32767]],
    ['int32', [-(2 ** 31), 2 ** 31 - 1]],
    ['int64', [-(2n ** 63n), 2n ** 63n - 1n]],
    ['uint8', [0, 255]],
    ['uint16', [0, 65535]],
    ['uint32', [0, 2 ** 32 - 1]],
    ['uint64', [0n, 2n ** 64n - 1n]],
    ['bool', [true, false]],
    [
      'complex64',
      [
        [1, -2],
        [Math.fround(0.1), 0],
      ],
    ],
    ['complex128', [[0.1, -0.2]]],
  ] as const;
  for (const [dtype, values] of cases) {
    const bytes = encodeElements(values as never, dtype);
    // At an odd address, as in a file that was read whole.
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    assert.deepEqual(decodeElements(shifted.subarray(1), dtype), values, dtype);
  }
});

test('numbers written into a buffer are the texts of numbers', () => {
  const random = seededRandom(9);
  const buffer = new Uint8Array(longestNumber + 2);
  const check = (value: number, dtype: DType): void => {
    const end = numberWriter(dtype)(value, new DataView(buffer.buffer), 1);
    assert.ok(end - 1 <= longestNumber);
    assert.equal(String.fromCharCode(...buffer.subarray(1, end)), shortest(value, dtype), `${value} as ${dtype}`);
  };
  for (let round = 0; round < 30000; round++) {
    check(floatOf(random.bits()), 'float32');
    check(Math.fround((random.fraction() - 0.5) * 10 ** random.integer(-8, 8)), 'float32');
    check(Math.fround(random.integer(-9999, 9999) / 10 ** random.integer(0, 8)), 'float32');
    check(random.integer(-(2 ** 53) + 1, 2 ** 53 - 1), 'float64');
    check(random.fraction() * 10 ** random.integer(-320, 300), 'float64');
  }
  for (let bits = 0; bits <= 0xffff; bits++) {
    check(float16ToNumber(bits), 'float16');
    check(bfloat16ToNumber(bits), 'bfloat16');
  }
  for (const value of [0, -0, 9, 10, 2 ** 31, -(2 ** 31) - 1, 1e15, 2 ** 53, 1e21, -1.7976931348623157e308]) {
    check(value, 'float64');
  }
});
