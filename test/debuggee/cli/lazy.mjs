// jax-js arrays that nothing has computed yet, among one that has its values.
import { defaultDevice, init, numpy as np } from '@jax-js/jax';

await init('cpu');
defaultDevice('cpu');
const held = np.array([1, 2, 3]);
const lazy = held.ref.mul(2).add(held.ref);
debugger;
console.log((await lazy.data()).join());
held.dispose();
