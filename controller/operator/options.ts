import type { Registry } from 'prom-client';
import type { Clock, KubeClient, KubeMetrics, Logger } from '../../kube/index.ts';
import type { StampKey } from '../../policies/provenance/index.ts';
import type { McpServersOptions } from '../mcpserver/pod/pods.ts';

export interface OperatorOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Names this process; `run` adds what tells it from an earlier process of the same name. */
  readonly identity: string;
  /** Watches this namespace only. */
  readonly namespace?: string;
  /** What external API tools may reach although its address is private: `host`, `host:port`, `*.suffix`, or a CIDR. */
  readonly externalApiAllow?: readonly string[];
  /** Model calls under way at once, all together; 2,000 when absent. */
  readonly maxModelCalls?: number;
  /** Model calls under way at once, of one namespace. No limit when absent. */
  readonly maxModelCallsPerNamespace?: number;
  /** Where the key that seals Approvals is: the namespace of operator and webhook; `kubechain-system` when absent. */
  readonly systemNamespace?: string;
  /** Who applies what is in Git, by the names that the API server knows them by; Argo CD and Flux unless told. */
  readonly gitops?: readonly string[];
  /** Public keys of signed stamps; none unless told. */
  readonly stampKeys?: readonly StampKey[];
  /** Where Argo CD is; `argocd` when absent. */
  readonly argocdNamespace?: string;
  /** Which Argo CD counts, where several share the cluster. */
  readonly argocdInstallation?: string;
  /** How MCP servers over stdio run; as processes when absent. */
  readonly mcpServers?: McpServersOptions;
  /** How many agents deep delegation may go; 5 when absent. */
  readonly maxDelegationDepth?: number;
  /** Gets the operator's own series. */
  readonly registry?: Registry;
  /** Counts what queues, caches and the event recorders do. */
  readonly metrics?: KubeMetrics;
  readonly random?: () => number;
}

/** Namespace of operator and webhook, and of the key that they share. */
export const systemNamespaceOf = ({ systemNamespace = 'kubechain-system' }: OperatorOptions): string => systemNamespace;
