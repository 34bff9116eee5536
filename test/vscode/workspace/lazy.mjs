// An array of jax-js that is not computed yet.
import { defaultDevice, init, numpy as np } from '@jax-js/jax';

await init('cpu');
defaultDevice('cpu');
const a = np.array([1, 2, 3]);
const lazy = a.add(1).mul(2);
console.log(lazy.shape); // #lazy
