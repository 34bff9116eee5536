/** The commands that bring one piece of a window into the staging buffer: copies of its runs, or the gather shader. */
import { itemSize } from '../../tensor/dtypes.ts';
import type { DeviceSource } from '../source.ts';
import { textureUsage, usage, type Device, type Recorder } from './device.ts';
import { dispatchSize, gatherParameterBytes, gatherParameters, gatherShader } from './gather.ts';
import { alignUp, encodeCopies, wholeWords, type Piece, type Tail } from './pieces.ts';
import { spanOf, type WindowPlan } from './plan.ts';

/** Marks a resource to be destroyed when the round is over. */
export type Defer = <Resource extends GPUBuffer | GPUTexture>(resource: Resource) => Resource;

export interface StagedPlace {
  staging: GPUBuffer;
  /** In bytes. */
  stagingOffset: number;
  defer: Defer;
}

export function encodePiece(device: Device, recorder: Recorder, piece: Piece, place: StagedPlace): void {
  if (piece.mode === 'copy') encodeCopies(recorder, piece, place.staging, place.stagingOffset);
  else encodeGather(device, recorder, piece, place);
  if (piece.tail) encodeTail(device, recorder, piece, piece.tail, place);
}

function encodeTail(
  device: Device,
  recorder: Recorder,
  { source, stagedBytes }: Piece,
  { from, bytes }: Tail,
  { staging, stagingOffset, defer }: StagedPlace,
): void {
  const { copySrc, copyDst } = textureUsage;
  const texture = defer(device.createTexture({ size: [bytes], format: 'r8uint', usage: copySrc | copyDst }));
  recorder.copyBytes(source.buffer, from, texture, staging, stagingOffset + stagedBytes - 4, bytes);
}

function encodeGather(
  device: Device,
  recorder: Recorder,
  { source, plan }: Piece,
  { staging, stagingOffset, defer }: StagedPlace,
): void {
  const gather = device.pipeline('tensor-debugger gather', gatherShader);
  const size = itemSize(source.layout.dtype);
  const words = Math.ceil((plan.elements * size) / 4);
  const { offset, bytes } = bindingOf(device, source, plan);
  const target = defer(device.createBuffer({ size: words * 4, usage: usage.storage | usage.copySrc }));
  const parameters = defer(device.createBuffer({ size: gatherParameterBytes, usage: usage.storage | usage.copyDst }));
  const startByte = source.byteOffset + plan.start * size - offset;
  device.writeBuffer(parameters, 0, gatherParameters(plan, size, startByte));
  const bindGroup = device.createBindGroup({
    layout: device.layoutOf(gather),
    entries: [
      { binding: 0, resource: { buffer: source.buffer, offset, size: bytes } },
      { binding: 1, resource: { buffer: target } },
      { binding: 2, resource: { buffer: parameters } },
    ],
  });
  const { x, y } = dispatchSize(words);
  recorder.dispatch(gather, bindGroup, x, y);
  recorder.copyBuffer(target, 0, staging, stagingOffset, words * 4);
}

/** The aligned part of the source's buffer that holds everything a plan touches, for a storage binding; in bytes. */
export function bindingOf(device: Device, source: DeviceSource, plan: WindowPlan): { offset: number; bytes: number } {
  const size = itemSize(source.layout.dtype);
  const span = spanOf(plan);
  const alignment = device.bindingAlignment;
  const offset = Math.floor((source.byteOffset + span.from * size) / alignment) * alignment;
  const end = Math.min(alignUp(source.byteOffset + span.to * size, 4), wholeWords(source.buffer));
  return { offset, bytes: end - offset };
}
