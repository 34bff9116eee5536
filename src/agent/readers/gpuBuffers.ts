/** Raw WebGPU buffers: device memory that nobody has typed. They read as bytes until somebody says how. */
import { TensorError } from '../../protocol/errors.ts';
import type { TensorAccess } from '../../protocol/tensor.ts';
import { adapterName } from '../read/device.ts';
import { assertReadable } from '../read/pieces.ts';
import { isPlatformObject, platformValue } from '../safely.ts';
import type { Described, Source, StopContext } from '../source.ts';
import type { Reader } from './reader.ts';

export const gpuBufferReader: Reader = {
  claims: (value) => isPlatformObject(value, 'GPUBuffer'),

  describe(value, stop): Described {
    const buffer = value as GPUBuffer;
    const byteLength = platformValue(buffer, 'size') as number;
    const label = platformValue(buffer, 'label');
    const mapState = platformValue(buffer, 'mapState');
    const device = onlyDevice(stop);
    const name = device && adapterName(device);
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
      device: { type: 'webgpu', ...(name !== undefined && { name }) },
      location: 'device',
      state: mapState === 'pending' ? 'pending' : 'live',
      access: accessOf(buffer),
      warnings: [],
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
};

function accessOf(buffer: GPUBuffer): TensorAccess {
  try {
    assertReadable(buffer);
  } catch (error) {
    if (!(error instanceof TensorError)) throw error;
    return { how: 'none', reason: error.message, ...(error.help !== undefined && { help: error.help }) };
  }
  return { how: 'copy', reason: 'It is device memory; a copy to the host waits for the work that was queued before.' };
}

/** The device, where there is no choice: with several, nothing is said of the adapter before one has accepted a read. */
function onlyDevice(stop: StopContext): GPUDevice | undefined {
  const [first, second] = stop.devices();
  return second ? undefined : first;
}
