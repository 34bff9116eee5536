import { triple } from './plainHelper.mjs';

let counter = 0;
for (let index = 0; index < 10; index++) {
  counter += triple(index); // #LOOP
}
console.log('counter', counter); // #PRINT
