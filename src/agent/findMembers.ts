import type { AgentMembers } from '../protocol/agent.ts';
import { Finder, type FindOptions, type FoundTensor } from './find.ts';
import { readers } from './readers/index.ts';

/** Of so many tensors in one container it is said what reads them. */
const maxNamed = 1000;

/** The tensors in a container, and the containers of more, as the list of a frame has them where a variable holds it. */
export function findMembers(expression: string, container: object, behind: FindOptions['behind']): AgentMembers {
  const expressions: string[] = [];
  const containers: string[] = [];
  const onTensor = (found: FoundTensor) => expressions.push(found.expression);
  const onContainer = (found: string) => containers.push(found);
  const finder = new Finder({ readers, limit: maxNamed, behind, onTensor, onContainer, onDevice: () => undefined });
  finder.variable(expression, container);
  return { expressions, containers, truncated: finder.truncated };
}
