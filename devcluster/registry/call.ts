import type { AdmissionChain } from '../admission/chain.ts';
import type { Exchange } from '../request/exchange.ts';
import type { Entry } from '../storage/entry.ts';
import type { Store } from '../storage/store.ts';
import type { KubeObject, ManagedFieldsApi, ResourceDefinition, StrategicMerge, UserInfo } from '../types.ts';
import type { Resources } from './resources.ts';

/** What every operation of the registry works with. */
export interface RegistryContext {
  readonly store: Store;
  readonly resources: Resources;
  readonly admission: AdmissionChain;
  readonly managedFields: ManagedFieldsApi;
  readonly strategicMerge: StrategicMerge;
  readonly now: () => Date;
  readonly random: () => number;
  readonly newUid: () => string;
  /** Handlers of subresources that are more than a view of their object, by `group/plural/subresource`. */
  readonly subresources?: ReadonlyMap<string, (exchange: Exchange, definition: ResourceDefinition) => Promise<void>>;
}

/** One request to a resource, its query decoded. */
export interface Call {
  readonly definition: ResourceDefinition;
  /** '' for the object itself. */
  readonly subresource: string;
  /** '' for cluster-scoped resources and lists over all namespaces. */
  readonly namespace: string;
  readonly name: string;
  /** True for one of the objects that a deletecollection deletes: admission is not told its name. */
  readonly collection?: boolean;
  readonly user: UserInfo;
  /** True where admission has judged what was sent, and is not asked about what is made of it. */
  readonly admitted?: boolean;
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  /** The request's options object, as admission sees it. */
  readonly options: { readonly [key: string]: unknown };
  /** Between the steps of long work: undefined where it may go on, otherwise resolves when it is its turn again. */
  readonly pause?: () => Promise<void> | undefined;
  /** Collects `Warning:` headers. */
  readonly warnings: string[];
}

/** Lets others have a turn between the steps of a request that has had its own. */
export function between(call: Call): Promise<void> | undefined {
  return call.pause?.();
}

/** What an operation answers: an object in the version of the request; `entry` when it is exactly what is stored. */
export interface Result {
  readonly object: KubeObject;
  readonly entry: Entry | undefined;
  /** True where the request created the object (201). */
  readonly created: boolean;
}

let lastSecond = Number.NaN;
let lastTimestamp = '';

/** A timestamp of metadata: RFC 3339 in seconds. */
export function timestamp(date: Date): string {
  const second = Math.floor(date.getTime() / 1000);
  if (second === lastSecond) return lastTimestamp;
  lastTimestamp = `${date.toISOString().slice(0, 19)}Z`;
  lastSecond = second;
  return lastTimestamp;
}
