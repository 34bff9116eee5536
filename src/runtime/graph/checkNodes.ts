/** The nodes of a GraphDef that comes from a file: whether they make a graph at all. */
import { InvalidModelError } from '../errors.ts';
import { assertNodeName, someNames } from './graph.ts';
import { parseInput, type NodeDef } from './graphDef.ts';

/** Loops of TensorFlow 1 go back through this op; any other way back is a cycle that nothing can run. */
const backEdge = 'NextIteration';

/** @throws InvalidModelError for nodes that are no NodeDefs, unknown inputs, duplicates and cycles */
export function checkNodes(nodes: readonly unknown[]): NodeDef[] {
  const byName = new Map<string, NodeDef>();
  nodes.forEach((value, i) => {
    const node = asNode(value, i);
    if (byName.has(node.name)) throw new InvalidModelError(`The graph has two nodes named '${node.name}'.`);
    byName.set(node.name, node);
  });
  for (const { name, input = [] } of byName.values()) {
    for (const source of input) {
      const { node } = parseInput(source);
      if (byName.has(node)) continue;
      throw new InvalidModelError(
        `Node '${name}' takes the input '${source}', but the graph has no node '${node}': the file is incomplete.`,
        `It has: ${someNames([...byName.keys()], node)}.`,
      );
    }
  }
  const cycle = findCycle(byName);
  if (cycle) {
    throw new InvalidModelError(
      `The graph is cyclic: ${cycle.join(' -> ')}. No order exists in which its nodes could run.`,
      'Only loops through NextIteration nodes may go back.',
    );
  }
  return [...byName.values()];
}

function asNode(value: unknown, index: number): NodeDef {
  const { name, op, input } = (value ?? {}) as Partial<NodeDef>;
  const inputsValid =
    input === undefined || input === null || (Array.isArray(input) && input.every((one) => typeof one === 'string'));
  if (typeof name !== 'string' || typeof op !== 'string' || !inputsValid) {
    throw new InvalidModelError(
      `Node ${index} of the graph is not a NodeDef: it needs a name, an op, and a list of inputs.`,
    );
  }
  try {
    assertNodeName(name);
  } catch (error) {
    throw new InvalidModelError(`Node ${index} of the graph has a name that can't be used: '${name}'.`, undefined, {
      cause: error,
    });
  }
  return value as NodeDef;
}

/** The names along a cycle, the first one again at its end. */
function findCycle(nodes: ReadonlyMap<string, NodeDef>): string[] | undefined {
  const done = new Set<string>();
  for (const start of nodes.keys()) {
    if (done.has(start)) continue;
    // Depth first without recursion: graphs are deeper than call stacks.
    const path: { name: string; inputs: string[]; next: number }[] = [];
    const onPath = new Set<string>();
    const enter = (name: string): void => {
      const node = nodes.get(name) as NodeDef;
      const inputs = node.op === backEdge ? [] : (node.input ?? []).map((input) => parseInput(input).node);
      path.push({ name, inputs, next: 0 });
      onPath.add(name);
    };
    enter(start);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const input = top.inputs[top.next++];
      if (input === undefined) {
        done.add(top.name);
        onPath.delete(top.name);
        path.pop();
      } else if (onPath.has(input)) {
        const names = path.map(({ name }) => name);
        return [...names.slice(names.indexOf(input)).reverse(), names.at(-1) as string];
      } else if (!done.has(input)) enter(input);
    }
  }
  return undefined;
}
