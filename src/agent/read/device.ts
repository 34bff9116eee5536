/**
 * The WebGPU calls that a read needs, taken from the platform's own prototypes, so that a program which has wrapped
 * them (to count or log) neither sees nor counts ours.
 */
import { TensorError } from '../../protocol/errors.ts';
import { refusals } from './refusals.ts';
import { ownValue, platformMethod, platformValue, promiseState, util } from '../safely.ts';

/** WebGPU's flag values (https://www.w3.org/TR/webgpu/#namespacedef-gpubufferusage); the globals need not exist. */
export const usage = {
  mapRead: 0x0001,
  copySrc: 0x0004,
  copyDst: 0x0008,
  uniform: 0x0040,
  storage: 0x0080,
} as const;
export const mapModeRead = 0x0001;
/** https://www.w3.org/TR/webgpu/#namespacedef-gputextureusage */
export const textureUsage = { copySrc: 0x01, copyDst: 0x02 } as const;

/** A method of WebGPU's own, bound to the object. */
function native<T extends object, Name extends keyof T & string>(object: T, name: Name): T[Name] {
  const method =
    platformMethod(object, name) ?? bindingsOwnMethod(Object.getPrototypeOf(object) as object, name)?.bind(object);
  if (method) return method as T[Name];
  throw new TensorError({
    code: 'not-readable',
    message: `The program has replaced ${name} of WebGPU's own prototype; calling it would run the program's code.`,
    help: 'Put the wrapper on the device object instead of on its prototype, or take it away while debugging.',
  });
}

/**
 * The npm package `webgpu` (0.6) wraps `createBuffer` on the prototype itself, to remember a device's buffers weakly until
 * it is destroyed. That wrapper belongs to the platform, and the program sees nothing of what it does.
 */
export function bindingsOwnMethod(prototype: object, name: string): ((...args: never[]) => unknown) | undefined {
  if (ownValue(prototype, Symbol.for('webgpu.deviceDestroyUnmapsBuffers')) !== true) return undefined;
  const wrapper = ownValue(prototype, name);
  if (typeof wrapper !== 'function' || util.types.isProxy(wrapper)) return undefined;
  const isTheirs =
    /^function \(\.\.\.args\) \{\s*const buffer = createBuffer\.apply\(this, args\);\s*trackBuffer\(/.test(
      Function.prototype.toString.call(wrapper),
    );
  return isTheirs ? (wrapper as (...args: never[]) => unknown) : undefined;
}

export class Device {
  readonly #pipelines = new Map<string, GPUComputePipeline>();
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  readonly lost: Promise<GPUDeviceLostInfo>;
  readonly maxBindingBytes: number;
  readonly maxBufferBytes: number;
  readonly bindingAlignment: number;
  readonly createBuffer: GPUDevice['createBuffer'];
  readonly createCommandEncoder: GPUDevice['createCommandEncoder'];
  readonly createShaderModule: GPUDevice['createShaderModule'];
  readonly createComputePipeline: GPUDevice['createComputePipeline'];
  readonly createBindGroup: GPUDevice['createBindGroup'];
  readonly pushErrorScope: GPUDevice['pushErrorScope'];
  readonly popErrorScope: GPUDevice['popErrorScope'];
  readonly submit: GPUQueue['submit'];
  readonly writeBuffer: GPUQueue['writeBuffer'];
  readonly onSubmittedWorkDone: GPUQueue['onSubmittedWorkDone'];

  constructor(device: GPUDevice) {
    this.device = device;
    this.queue = platformValue(device, 'queue') as GPUQueue;
    this.lost = platformValue(device, 'lost') as Promise<GPUDeviceLostInfo>;
    const limits = platformValue(device, 'limits') as GPUSupportedLimits;
    const limit = (name: keyof GPUSupportedLimits) => platformValue(limits, name) as number;
    this.maxBindingBytes = limit('maxStorageBufferBindingSize');
    this.maxBufferBytes = limit('maxBufferSize');
    this.bindingAlignment = limit('minStorageBufferOffsetAlignment');
    this.createBuffer = native(device, 'createBuffer');
    this.createCommandEncoder = native(device, 'createCommandEncoder');
    this.createShaderModule = native(device, 'createShaderModule');
    this.createComputePipeline = native(device, 'createComputePipeline');
    this.createBindGroup = native(device, 'createBindGroup');
    this.pushErrorScope = native(device, 'pushErrorScope');
    this.popErrorScope = native(device, 'popErrorScope');
    this.submit = native(this.queue, 'submit');
    this.writeBuffer = native(this.queue, 'writeBuffer');
    this.onSubmittedWorkDone = native(this.queue, 'onSubmittedWorkDone');
  }

  layoutOf(pipeline: GPUComputePipeline): GPUBindGroupLayout {
    return native(pipeline, 'getBindGroupLayout')(0);
  }

  /** A compute pipeline, compiled once per device and shader. */
  pipeline(label: string, code: string): GPUComputePipeline {
    const known = this.#pipelines.get(code);
    if (known) return known;
    const module = this.createShaderModule({ label, code });
    const pipeline = this.createComputePipeline({ label, layout: 'auto', compute: { module, entryPoint: 'main' } });
    this.#pipelines.set(code, pipeline);
    return pipeline;
  }

  createTexture(descriptor: GPUTextureDescriptor): GPUTexture {
    return native(this.device, 'createTexture')(descriptor);
  }

  get isLost(): boolean {
    return promiseState(this.lost) !== 'pending';
  }

  assertAlive(): void {
    if (!this.isLost) return;
    throw new TensorError(refusals.lost);
  }
}

/** Records commands of ours; like all calls here, past what the program may have put over the encoder's methods. */
export class Recorder {
  readonly #encoder: GPUCommandEncoder;
  readonly copyBuffer: (from: GPUBuffer, fromByte: number, to: GPUBuffer, toByte: number, bytes: number) => void;

  constructor(device: Device) {
    this.#encoder = device.createCommandEncoder({ label: 'tensor-debugger read' });
    this.copyBuffer = native(this.#encoder, 'copyBufferToBuffer');
  }

  dispatch(pipeline: GPUComputePipeline, bindGroup: GPUBindGroup, x: number, y = 1): void {
    const pass = native(this.#encoder, 'beginComputePass')();
    native(pass, 'setPipeline')(pipeline);
    (native(pass, 'setBindGroup') as (index: number, group: GPUBindGroup) => void)(0, bindGroup);
    native(pass, 'dispatchWorkgroups')(x, y);
    native(pass, 'end')();
  }

  /** Copies bytes by way of a texture, whose texels of one byte know no alignment. */
  copyBytes(
    from: GPUBuffer,
    fromByte: number,
    texture: GPUTexture,
    to: GPUBuffer,
    toByte: number,
    bytes: number,
  ): void {
    native(this.#encoder, 'copyBufferToTexture')({ buffer: from, offset: fromByte }, { texture }, [bytes]);
    native(this.#encoder, 'copyTextureToBuffer')({ texture }, { buffer: to, offset: toByte }, [bytes]);
  }

  finish(): GPUCommandBuffer {
    return native(this.#encoder, 'finish')();
  }
}

export function destroy(resource: GPUBuffer | GPUTexture): void {
  native(resource, 'destroy')();
}

export const bufferMethods = {
  mapAsync: (buffer: GPUBuffer): GPUBuffer['mapAsync'] => native(buffer, 'mapAsync'),
  getMappedRange: (buffer: GPUBuffer): GPUBuffer['getMappedRange'] => native(buffer, 'getMappedRange'),
  unmap: (buffer: GPUBuffer): GPUBuffer['unmap'] => native(buffer, 'unmap'),
};

export function adapterName(device: GPUDevice): string | undefined {
  const info = platformValue(device, 'adapterInfo');
  if (typeof info !== 'object' || info === null) return undefined;
  for (const key of ['description', 'device', 'architecture', 'vendor']) {
    const text = platformValue(info, key);
    if (typeof text === 'string' && text.trim() !== '') return text.trim();
  }
  return undefined;
}
