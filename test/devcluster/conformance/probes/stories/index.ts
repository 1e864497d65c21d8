/** Probes of lives: kinds, definitions, writes, admission and controllers over several requests. */

import type { Case } from '../../harness.ts';
import { admissionCheckProbes } from './admission.checks.cases.ts';
import { admissionRuleProbes } from './admission.rules.cases.ts';
import { webhookStories } from './admission.webhooks.cases.ts';
import { passingProbes } from './controllers.lives.cases.ts';
import { ownerProbes } from './controllers.owners.cases.ts';
import { spaceProbes } from './controllers.spaces.cases.ts';
import { changeProbes } from './crds.changes.cases.ts';
import { expressionProbes } from './crds.expressions.cases.ts';
import { schemaProbes } from './crds.schemas.cases.ts';
import { subresourceProbes } from './crds.subresources.cases.ts';
import { useProbes } from './crds.uses.cases.ts';
import { versionProbes } from './crds.versions.cases.ts';
import { clusterStories } from './kinds.cluster.cases.ts';
import { deviceStories } from './kinds.devices.cases.ts';
import { editStories } from './kinds.edits.cases.ts';
import { identityStories } from './kinds.identities.cases.ts';
import { jobStories } from './kinds.jobs.cases.ts';
import { networkStories } from './kinds.network.cases.ts';
import { podEndStories } from './kinds.podends.cases.ts';
import { podFieldStories } from './kinds.podfields.cases.ts';
import { podStories } from './kinds.pods.cases.ts';
import { serviceStories } from './kinds.services.cases.ts';
import { settingStories } from './kinds.settings.cases.ts';
import { storageStories } from './kinds.storage.cases.ts';
import { updateStories } from './kinds.updates.cases.ts';
import { workloadStories } from './kinds.workloads.cases.ts';
import { managerProbes } from './writes.managers.cases.ts';
import { writeOptionProbes } from './writes.options.cases.ts';
import { patchProbes } from './writes.patches.cases.ts';

export const storyProbes: readonly Case[] = [
  ...workloadStories,
  ...jobStories,
  ...serviceStories,
  ...networkStories,
  ...podStories,
  ...podFieldStories,
  ...podEndStories,
  ...storageStories,
  ...settingStories,
  ...identityStories,
  ...deviceStories,
  ...clusterStories,
  ...updateStories,
  ...editStories,
  ...versionProbes,
  ...subresourceProbes,
  ...schemaProbes,
  ...expressionProbes,
  ...useProbes,
  ...changeProbes,
  ...managerProbes,
  ...patchProbes,
  ...writeOptionProbes,
  ...admissionRuleProbes,
  ...admissionCheckProbes,
  ...webhookStories,
  ...ownerProbes,
  ...passingProbes,
  ...spaceProbes,
];
