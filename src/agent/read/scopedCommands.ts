/** Commands on the program's device while it runs: what the device says to them is ours alone. */
import type { Device } from './device.ts';

/** A buffer that could not be had is an invalid one: the device then refuses the commands that use it. */
export function scopedBuffer(device: Device, label: string, size: number, usage: number): GPUBuffer {
  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
  try {
    return device.createBuffer({ label, size, usage });
  } finally {
    for (let i = 0; i < 2; i++) void isRefused(device.popErrorScope());
  }
}

/** @returns what the device says to the commands that `encode` makes; the program's own scopes hear nothing of it */
export function scoped(device: Device, encode: () => void): Promise<GPUError | null> {
  device.pushErrorScope('validation');
  let scope: Promise<GPUError | null>;
  try {
    encode();
  } finally {
    scope = device.popErrorScope();
    void isRefused(scope);
  }
  return scope;
}

/** Whether the promise of an error scope or of a mapping ends in anything but success. Never rejects. */
export async function isRefused(promise: Promise<GPUError | null | undefined>): Promise<boolean> {
  try {
    return Boolean(await promise);
  } catch {
    // The device was lost, or the buffer destroyed with it.
    return true;
  }
}
