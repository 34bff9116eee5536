/** Whether there are tensors further down in a container: that is told, for people to look into it. */
import { ownMembers, runtimeMembers } from './members.ts';
import type { Reader } from './readers/reader.ts';
import { util } from './safely.ts';

/** How many objects are looked at below what is listed, in all and of one variable: a program's data may be millions. */
const maxLooked = 1024;
const maxLookedOfOne = 256;
const maxDepth = 6;
/** The elements of an array are alike: where so many hold nothing, none does. */
const maxAlike = 16;

export class Nested {
  readonly #readers: readonly Reader[];
  readonly #listed: ReadonlySet<object>;
  /** Containers whose tensors are listed, and those that were told. */
  readonly #known = new Set<object>();
  #left = maxLooked;
  #leftOfOne = 0;

  /** @param listed tensors that have an expression already */
  constructor(readers: readonly Reader[], listed: ReadonlySet<object>) {
    this.#readers = readers;
    this.#listed = listed;
  }

  /** A variable's turn begins. */
  next(): void {
    this.#leftOfOne = Math.min(maxLookedOfOne, this.#left);
  }

  /** What holds members of a container whose own tensors are listed. */
  in(container: object): { hasTensors(member: object): boolean } {
    this.#known.add(container);
    let missing = 0;
    return {
      hasTensors: (member) => {
        if (Array.isArray(container) && missing === maxAlike) return false;
        const found = this.#isIn(member, maxDepth, new Set());
        if (found) this.#known.add(member);
        missing = found ? -Infinity : missing + 1;
        return found;
      },
    };
  }

  /** False, too, where too much had to be looked at. */
  #isIn(container: object, depth: number, around: Set<object>): boolean {
    if (depth === 0 || around.has(container) || !this.#isLookedInto(container)) return false;
    around.add(container);
    const isData = isPlain(container);
    const members = runtimeMembers(this.#readers, container) ?? ownMembers(container);
    let alike = 0;
    for (const { value } of members) {
      if (this.#leftOfOne === 0 || (Array.isArray(container) && alike++ === maxAlike)) return false;
      this.#leftOfOne--;
      this.#left--;
      if (this.#isTensor(value, isData) || this.#isIn(value, depth - 1, around)) return true;
    }
    return false;
  }

  /** Instances of Node's own classes are full of buffers that no tensor is. */
  #isTensor(value: object, isInData: boolean): boolean {
    // Plain arrays of numbers are tensors only where they are asked for.
    if (this.#listed.has(value) || Array.isArray(value) || (!isInData && isHostMemory(value))) return false;
    return this.#readers.some((reader) => reader.claims(value));
  }

  #isLookedInto(container: object): boolean {
    return (
      typeof container !== 'function' &&
      !this.#known.has(container) &&
      !util.types.isProxy(container) &&
      !util.types.isModuleNamespaceObject(container) &&
      !isHostMemory(container)
    );
  }
}

/** Also of another context, whose `Object.prototype` is not the one here. */
function isPlain(container: object): boolean {
  if (Array.isArray(container) || util.types.isMap(container) || util.types.isSet(container)) return true;
  const prototype = Object.getPrototypeOf(container) as object | null;
  if (prototype === null) return true;
  // Asking one for its own would be seen.
  return !util.types.isProxy(prototype) && Object.getPrototypeOf(prototype) === null;
}

function isHostMemory(value: object): boolean {
  return ArrayBuffer.isView(value) || util.types.isAnyArrayBuffer(value);
}
