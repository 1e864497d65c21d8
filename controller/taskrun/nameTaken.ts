import type { TaskRun } from '../../api/index.ts';
import type { KubeObject } from '../../kube/index.ts';
import { controllerOf, TerminalError } from '../../kube/index.ts';

/**
 * The error for a child whose name is taken. By a child of an earlier run of this name: the garbage collector will take it away,
 * so that trying again helps. By anybody else: it does not.
 */
export function nameTaken(child: KubeObject, present: KubeObject, run: TaskRun): Error {
  const owner = controllerOf(present);
  const what = `${child.kind} ${child.metadata.name}`;
  return owner?.kind === 'TaskRun' && owner.name === run.metadata.name && owner.uid !== run.metadata.uid
    ? new Error(`${what} belongs to an earlier TaskRun ${owner.name} and is not deleted yet`)
    : new TerminalError(`${what} exists and is not this run's: delete it`);
}
