// What it prints depends on nothing but its own random numbers, which --random-seed fixes.
import * as tf from '@tensorflow/tfjs';
import * as rt from 'tensor-debugger/runtime';

await tf.setBackend('cpu');
const graph = new rt.Graph();
const noise = graph.asDefault(() => rt.random.normal([3]));
const uniform = graph.asDefault(() => rt.random.uniform([3]));
const own = Object.getOwnPropertyDescriptor(Math, 'random');
Math.random();
function stop(tensors) {
  debugger;
  return tensors;
}
stop({ noise, uniform });
const now = Object.getOwnPropertyDescriptor(Math, 'random');
console.log(
  Math.random(),
  Object.keys(own).every((key) => own[key] === now[key]),
);
