import { setTimeout as wait } from 'node:timers/promises';

async function work(value) {
  const before = value; // #BEFORE
  await wait(20); // #AWAIT
  const after = before + 1; // #AFTER
  return after;
}

let other = 0;
const timer = setInterval(() => other++, 1);
const [result] = await Promise.all([work(1), wait(30)]);
clearInterval(timer);
console.log('result', result); // #PRINT
