/** Which model or session a symbolic tensor was listed under: a node of a graph does not know whose it is. */

const owners = new WeakMap<object, WeakRef<object>>();

export function noteOwner(member: object, container: object): void {
  owners.set(member, new WeakRef(container));
}

/** The container (`GraphModel`, `InferenceSession`) whose member it is; undefined if it was never listed. */
export function ownerOf(member: object): object | undefined {
  return owners.get(member)?.deref();
}
