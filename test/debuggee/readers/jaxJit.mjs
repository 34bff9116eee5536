// Nothing but tracers in sight: whoever looks knows jax-js by them alone.
import { defaultDevice, init, jit, numpy as np } from '@jax-js/jax';

await init('cpu');
defaultDevice('cpu');
jit((x) => {
  debugger;
  return x.mul(2);
})(np.array([1, 2])).dispose();
