/**
 * Break on NaN or Inf, precise: looks at what each op of TF.js has made, and stops the program right behind the op that made
 * the first NaN or infinity. On cpu and wasm that is a look at host memory; on webgpu the outputs are reduced on the device and
 * a few counts come back, which synchronises the device at every op. Nothing is allocated in TF.js: its tensor counts stay.
 *
 * While it is on, a frame of ours stands on the stack during each op. What the program has of TF.js's own internal kernels
 * inside of an op is part of that op.
 */
import type { DType } from '../../protocol/tensor.ts';
import { formatType } from '../../tensor/preview.ts';
import { unravelIndex } from '../../tensor/shape.ts';
import { watch } from '../copies/watch.ts';
import { engine } from '../readers/tfjs/engine.ts';
import { isInspectable, ownValue } from '../safely.ts';

export interface NotFinite {
  nan: number;
  infinite: number;
  /** Row-major. */
  first: number;
}

/** An output, as far as it can be looked at; null if all of it is finite, or it holds no floats. */
export type FindNotFinite = (tensor: object) => NotFinite | null;

interface KernelCall {
  kernelName?: string;
  inputs: object;
}

type Run = (this: object, call: KernelCall) => unknown;

export class OpWatch {
  readonly #find: FindNotFinite;
  readonly #failed: (error: unknown) => void;
  #isOn = false;
  #isWatching = false;
  /** Data in which we have found some already: what is computed from it is no news. */
  #known = new WeakSet<object>();
  #message = '';

  constructor(find: FindNotFinite, failed: (error: unknown) => void) {
    this.#find = find;
    this.#failed = failed;
  }

  /** What the stop under way is about. */
  get message(): string {
    return this.#message;
  }

  /** As soon as TF.js is there. */
  set(isOn: boolean): void {
    this.#isOn = isOn;
    this.#known = new WeakSet();
  }

  watch(): void {
    const found = engine();
    const prototype = found && (Object.getPrototypeOf(found) as object | null);
    if (!prototype || this.#isWatching) return;
    const checked = new WeakMap<object, Run>();
    this.#isWatching = watch(prototype, 'runKernelFunc', (_, method) => {
      if (!this.#isOn) return method;
      const run = method as Run;
      if (!checked.has(run)) checked.set(run, this.#checking(run));
      return checked.get(run);
    });
  }

  #checking(run: Run): Run {
    const check = (call: KernelCall, result: unknown) => this.#check(call, result);
    return function checkedKernel(call) {
      const result = run.call(this, call);
      const message = check(call, result);
      if (message !== null) notFinite(message);
      return result;
    };
  }

  #check({ kernelName, inputs }: KernelCall, result: unknown): string | null {
    try {
      if (!this.#isOn) return null;
      const outputs = (Array.isArray(result) ? (result as unknown[]) : [result]).filter(isInspectable);
      for (const output of outputs) {
        const found = this.#find(output);
        if (!found) continue;
        const isNews = !tensorsOf(inputs).some(([, input]) => this.#known.has(dataOf(input)));
        this.#known.add(dataOf(output));
        if (isNews) return (this.#message = this.#describe(kernelName ?? 'a custom op', inputs, output, found));
      }
    } catch (error) {
      this.#failed(error);
    }
    return null;
  }

  #describe(op: string, inputs: object, output: object, { nan, infinite, first }: NotFinite): string {
    const shape = ownValue(output, 'shape') as number[];
    const what = [nan > 0 && `${nan} NaN`, infinite > 0 && `${infinite} Inf`].filter(Boolean).join(' and ');
    const from = tensorsOf(inputs).map(([name, input]) => {
      const bad = this.#find(input);
      return `${name} ${typeOf(input)}${bad ? ` (not finite either, first at [${unravelIndex(bad.first, ownValue(input, 'shape') as number[]).join(', ')}])` : ''}`;
    });
    const origin = from.length > 0 ? `, from ${from.join(', ')}` : '';
    return `${op} made ${what} in ${typeOf(output)}, the first at [${unravelIndex(first, shape).join(', ')}]${origin}.`;
  }
}

/** The debugger stops here, and shows the line of the program that called the op. */
function notFinite(message: string): string {
  // eslint-disable-next-line no-debugger -- that is what it is for
  debugger;
  return message;
}

function tensorsOf(inputs: object): [name: string, tensor: object][] {
  return Object.keys(inputs).flatMap((name): [string, object][] => {
    const value = ownValue(inputs, name);
    if (Array.isArray(value)) {
      return (value as unknown[]).filter(isInspectable).map((tensor, index) => [`${name}[${index}]`, tensor]);
    }
    return isInspectable(value) && isInspectable(ownValue(value, 'dataId')) ? [[name, value]] : [];
  });
}

function dataOf(tensor: object): object {
  const dataId = ownValue(tensor, 'dataId');
  return isInspectable(dataId) ? dataId : tensor;
}

function typeOf(tensor: object): string {
  return formatType(ownValue(tensor, 'dtype') as DType, ownValue(tensor, 'shape') as number[]);
}
