import type { Agent, AgentRevision, TaskRun } from '../../api/index.ts';
import { agentRevisions, agents, taskRuns } from '../../api/index.ts';
import type { KubeClient } from '../../kube/index.ts';
import { CliError } from '../exit.ts';
import { didYouMean } from '../runs/near.ts';
import { byAge, getIfThere } from '../runs/resolve.ts';

const PAGE = 200;

/** What runs made of a revision. */
export interface Uses {
  runs: number;
  underWay: number;
  /** Commits that its runs recorded. */
  readonly commits: Set<string>;
}

/** How runs of a namespace use revisions, by the revision's name. */
export async function usesOf(client: KubeClient, namespace: string): Promise<Map<string, Uses>> {
  const uses = new Map<string, Uses>();
  let next: string | undefined;
  do {
    const list = await client.list(taskRuns, {
      namespace,
      limit: PAGE,
      ...(next === undefined ? {} : { continue: next }),
    });
    for (const run of list.items) count(uses, run);
    next = list.metadata.continue || undefined;
  } while (next !== undefined);
  return uses;
}

function count(uses: Map<string, Uses>, { status }: TaskRun): void {
  if (status?.agentRevision === undefined) return;
  const known = uses.get(status.agentRevision) ?? { runs: 0, underWay: 0, commits: new Set<string>() };
  uses.set(status.agentRevision, known);
  known.runs += 1;
  if (status.completionTime === undefined) known.underWay += 1;
  if (status.provenance?.revision !== undefined) known.commits.add(status.provenance.revision);
}

/** The revisions of an Agent, oldest first, and the Agent if it is there. Rejects where there is neither. */
export async function revisionsOf(
  client: KubeClient,
  namespace: string,
  name: string,
): Promise<{ readonly agent: Agent | undefined; readonly revisions: AgentRevision[] }> {
  const [agent, { items }] = await Promise.all([
    getIfThere(client, agents, namespace, name),
    client.list(agentRevisions, { namespace, fieldSelector: `spec.agent=${name}` }),
  ]);
  if (agent === undefined && items.length === 0) {
    const known = (await client.list(agents, { namespace, limit: 500 })).items.map(
      ({ metadata }) => metadata.name ?? '',
    );
    throw new CliError(`there is no Agent ${JSON.stringify(name)} in namespace ${namespace}${didYouMean(name, known)}`);
  }
  return { agent, revisions: items.toSorted(byAge) };
}

/** The revision of that name, or the only one whose name ends so: `78a04f336b`. */
export async function findRevision(client: KubeClient, namespace: string, text: string): Promise<AgentRevision> {
  const exact = /^[a-z0-9.-]+$/.test(text) ? await getIfThere(client, agentRevisions, namespace, text) : undefined;
  if (exact !== undefined) return exact;
  const { items } = await client.list(agentRevisions, { namespace });
  const nameOf = ({ metadata }: AgentRevision): string => metadata.name ?? '';
  const ending = text === '' ? [] : items.filter((each) => nameOf(each).endsWith(`-${text}`));
  const [only] = ending;
  if (ending.length === 1 && only !== undefined) return only;
  if (ending.length > 1) {
    throw new CliError(`${JSON.stringify(text)} is the end of several names: ${ending.map(nameOf).join(', ')}`);
  }
  throw new CliError(
    `there is no AgentRevision ${JSON.stringify(text)} in namespace ${namespace}${didYouMean(text, items.map(nameOf))}`,
  );
}
