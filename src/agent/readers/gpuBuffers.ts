/** Raw WebGPU buffers: device memory that nobody has typed. They read as bytes until somebody says how. */
import { adviceOf, TensorError } from '../../protocol/errors.ts';
import type { RuntimeDescription, TensorAccess, TensorDevice, TensorState } from '../../protocol/tensor.ts';
import { adapterName } from '../read/device.ts';
import { assertReadable } from '../read/pieces.ts';
import { causes, refusals } from '../read/refusals.ts';
import { isPlatformObject, platformValue } from '../safely.ts';
import type { Described, Source, StopContext } from '../source.ts';
import type { Reader } from './reader.ts';

/** A buffer of the program's own, and so that it works with WebGPU itself. */
let isMet = false;

export const gpuBufferReader: Reader = {
  claims: (value) => isPlatformObject(value, 'GPUBuffer'),

  describe(value, stop): Described {
    const buffer = value as GPUBuffer;
    const byteLength = platformValue(buffer, 'size') as number;
    const label = platformValue(buffer, 'label');
    const state = stateOf(buffer);
    const access = accessOf(buffer);
    isMet = true;
    return {
      runtime: 'webgpu',
      kind: 'buffer',
      className: 'GPUBuffer',
      ...(typeof label === 'string' && label !== '' && { label }),
      dtype: 'unknown',
      shape: [byteLength],
      strides: [1],
      offset: 0,
      layout: 'strided',
      byteLength,
      device: deviceOf(stop),
      location: 'device',
      state,
      access,
      warnings: state === 'disposed' ? [{ code: 'disposed', message: access.reason!, help: access.help! }] : [],
    };
  },

  source(value, stop): Source {
    const buffer = value as GPUBuffer;
    const length = platformValue(buffer, 'size') as number;
    return {
      how: 'webgpu',
      devices: [...stop.devices()],
      buffer,
      byteOffset: 0,
      layout: { dtype: 'uint8', shape: [length], strides: [1], offset: 0 },
    };
  },

  runtimes(stop): RuntimeDescription[] {
    return isMet ? [{ name: 'webgpu', device: deviceOf(stop), mode: 'eager' }] : [];
  },
};

function deviceOf(stop: StopContext): TensorDevice {
  const device = onlyDevice(stop);
  const name = device && adapterName(device);
  return { type: 'webgpu', ...(name !== undefined && { name }) };
}

/** A buffer shows only when it is read that nothing of it is there any more. */
function stateOf(buffer: GPUBuffer): TensorState {
  const cause = causes.get(buffer);
  if (cause) return cause === 'invalid' ? 'uninitialised' : 'disposed';
  return platformValue(buffer, 'mapState') === 'pending' ? 'pending' : 'live';
}

function accessOf(buffer: GPUBuffer): TensorAccess {
  const cause = causes.get(buffer);
  if (cause) return { how: 'none', reason: refusals[cause].message, help: refusals[cause].help };
  try {
    assertReadable(buffer);
  } catch (error) {
    if (!(error instanceof TensorError)) throw error;
    return { how: 'none', reason: error.message, ...adviceOf(error) };
  }
  return { how: 'copy', reason: 'It is device memory; a copy to the host waits for the work that was queued before.' };
}

/** The device, where there is no choice: with several, nothing is said of the adapter before one has accepted a read. */
function onlyDevice(stop: StopContext): GPUDevice | undefined {
  const [first, second] = stop.devices();
  return second ? undefined : first;
}
