import { keyOf } from '../../kube/index.ts';
import { createPolicyScanner } from '../policy/background/scanner.ts';
import { createPolicyGate } from '../policy/gate.ts';
import { createSealIdentity } from '../policy/identity.ts';
import { createPolicySource } from '../policy/source.ts';
import { createProvenanceResolver } from '../provenance/resolver.ts';
import { createProvenanceSources } from '../provenance/sources.ts';
import { messageOf } from '../tools/outcome.ts';
import type { WholeObjects } from './objects.ts';
import { systemNamespaceOf } from './options.ts';
import type { Parts } from './parts.ts';

export type Governance = ReturnType<typeof createGovernance>;

/** What decides whether an action may happen, and what tells where the objects come from: policies, the gate before each call, seals, provenance. */
export function createGovernance(
  { options, informers, queues, recorders, signal }: Parts,
  wholeCalls: WholeObjects['toolCalls'],
) {
  const { client, clock, logger } = options;
  const policies = createPolicySource({
    client,
    clock,
    logger,
    informers,
    // What was held back or refused may be allowed now, and the other way round.
    onChange: () => {
      wakeWaitingCalls();
      scanner.policiesChanged();
    },
  });
  const scanner = createPolicyScanner({
    client,
    clock,
    logger,
    informers,
    events: recorders.of('policy-controller'),
    wholeCalls,
    policies: policies.current,
    provenance: { resolve: (object, abort) => provenance.resolve(object, abort) },
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    ...(options.registry === undefined ? {} : { registry: options.registry }),
  });
  const gate = createPolicyGate({ informers, clock, policies: policies.current, onExcepted: scanner.needed });
  const wakeWaitingCalls = () => {
    for (const call of informers.toolCalls.store.list()) {
      if (call.status?.status === 'AwaitingHumanApproval') queues.toolCall.add(keyOf(call));
    }
  };
  const seals = createSealIdentity({
    client,
    clock,
    logger,
    namespace: systemNamespaceOf(options),
    onChange: wakeWaitingCalls,
    signal,
  });
  const provenance = createProvenanceResolver({
    sources: createProvenanceSources({
      client,
      clock,
      argocdNamespace: options.argocdNamespace ?? 'argocd',
      ...(options.argocdInstallation === undefined ? {} : { argocdInstallation: options.argocdInstallation }),
    }),
    seals,
    ...(options.stampKeys === undefined ? {} : { keys: options.stampKeys }),
    ...(options.gitops === undefined ? {} : { gitops: options.gitops }),
  });
  informers.approvals.on({
    add: () => {
      seals
        .refresh(signal)
        .catch((error: unknown) => logger.warn({ error: messageOf(error) }, 'approvals: no identity'));
    },
  });

  return {
    gate,
    seals,
    provenance,
    /** Resolves when the policies are there: nothing is judged before. */
    async start(): Promise<void> {
      await policies.start(signal);
      scanner.start(signal);
    },
  };
}
