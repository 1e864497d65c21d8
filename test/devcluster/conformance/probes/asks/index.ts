/** Probes of reads, access and protocol: what somebody would ask first who knows the real server. */
import type { Case } from '../../harness.ts';
import { bodiesAsked } from './bodies.cases.ts';
import { discoveryAsked } from './discovery.cases.ts';
import { formsAsked } from './forms.cases.ts';
import { grantingAsked } from './granting.cases.ts';
import { identitiesAsked } from './identities.cases.ts';
import { listsAsked } from './lists.cases.ts';
import { mediaAsked } from './media.cases.ts';
import { objectsAsked } from './objects.cases.ts';
import { pagesAsked } from './pages.cases.ts';
import { protobufAsked } from './protobuf.cases.ts';
import { requestsAsked } from './requests.cases.ts';
import { reviewsAsked } from './reviews.cases.ts';
import { rightsAsked } from './rights.cases.ts';
import { signingAsked } from './signing.cases.ts';
import { tablesAsked } from './tables.cases.ts';
import { tokensAsked } from './tokens.cases.ts';
import { watchesAsked } from './watches.cases.ts';

export const askedProbes: readonly Case[] = [
  ...listsAsked,
  ...pagesAsked,
  ...watchesAsked,
  ...formsAsked,
  ...tablesAsked,
  ...objectsAsked,
  ...identitiesAsked,
  ...rightsAsked,
  ...grantingAsked,
  ...tokensAsked,
  ...reviewsAsked,
  ...signingAsked,
  ...discoveryAsked,
  ...mediaAsked,
  ...protobufAsked,
  ...bodiesAsked,
  ...requestsAsked,
];
