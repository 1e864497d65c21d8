/** Probes of builtin kinds: what a user does with objects of each over several requests. */
import type { Case } from '../../harness.ts';
import { jobs } from './jobs.cases.ts';
import { network } from './network.cases.ts';
import { others } from './others.cases.ts';
import { podConnections } from './podConnections.cases.ts';
import { podSubresources } from './podSubresources.cases.ts';
import { podChanges } from './pods.cases.ts';
import { policy } from './policy.cases.ts';
import { storage } from './storage.cases.ts';
import { workloads } from './workloads.cases.ts';

const pods: Case[] = [...podChanges, ...podSubresources, ...podConnections];

export const kindProbes: readonly Case[] = [
  ...pods,
  ...workloads,
  ...jobs,
  ...network,
  ...storage,
  ...policy,
  ...others,
];
