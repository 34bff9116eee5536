// Parameters as a tree, as programs of jax-js keep them.
import { defaultDevice, init, numpy as np } from '@jax-js/jax';

await init('cpu');
defaultDevice('cpu');
const params = { scale: np.array([2]), blocks: [{ w: np.array([[3, 4]]), b: np.array([5]) }] };
console.log(Object.keys(params)); // #parameters
console.log(params.blocks.length);
