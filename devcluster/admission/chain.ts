/** Admission: what stands between a valid request and storage. Mutating steps first, then validation, then validating steps. */
import type { KubeObject, ResourceDefinition, UserInfo } from '../types.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** What a step is asked about, as `AdmissionRequest` of admission.k8s.io/v1 has it. */
export interface AdmissionAttributes {
  readonly operation: Operation;
  readonly definition: ResourceDefinition;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** CreateOptions, UpdateOptions, PatchOptions or DeleteOptions. */
  readonly options: { readonly [key: string]: unknown };
  /** In the version of the request; undefined for DELETE. Mutating steps may change it. */
  readonly object: KubeObject | undefined;
  readonly oldObject: KubeObject | undefined;
  /** Adds a `Warning:` header. */
  warn(message: string): void;
}

/** What a refusal calls the object: a collection's have no name of their own there. */
export function refusedName({ name, object }: AdmissionAttributes): string {
  return name || object?.metadata.name || object?.metadata.generateName || 'Unknown';
}

/** The rounds of one request's mutating steps: what a step changes may call for earlier ones to run once more. */
export interface Reinvocation {
  /** 0, and 1 when steps run again. */
  readonly round: number;
  /** Asks for one more round, when this one is over. */
  request(): void;
  /** What a plugin keeps from one round to the next. */
  readonly state: Map<string, unknown>;
}

/** One admission plugin. A method returns a promise only where it must wait, so that the common path stays synchronous. */
export interface AdmissionPlugin {
  readonly name: string;
  handles(attributes: AdmissionAttributes): boolean;
  /** May change `attributes.object` in place, or return another object. Throws a StatusError to refuse. */
  mutate?(
    attributes: AdmissionAttributes,
    reinvocation: Reinvocation,
  ): undefined | KubeObject | Promise<KubeObject | undefined>;
  /** Throws a StatusError to refuse. */
  validate?(attributes: AdmissionAttributes): undefined | Promise<void>;
}

class Rounds implements Reinvocation {
  round = 0;
  requested = false;
  readonly state = new Map<string, unknown>();

  request(): void {
    this.requested = true;
  }
}

/** The plugins of the server, in order. */
export class AdmissionChain {
  private readonly plugins: readonly AdmissionPlugin[];

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.plugins = plugins;
  }

  /** Runs the mutating steps; the object to go on with. */
  mutate(attributes: AdmissionAttributes): KubeObject | undefined | Promise<KubeObject | undefined> {
    return this.mutateFrom(0, attributes, new Rounds());
  }

  /** Runs the validating steps. A promise only where one of them waits. */
  validate(attributes: AdmissionAttributes): undefined | Promise<void> {
    return this.validateFrom(0, attributes);
  }

  private mutateFrom(
    start: number,
    attributes: AdmissionAttributes,
    rounds: Rounds,
  ): KubeObject | undefined | Promise<KubeObject | undefined> {
    let current = attributes;
    for (let i = start; i < this.plugins.length; i++) {
      const plugin = this.plugins[i] as AdmissionPlugin;
      if (plugin.mutate === undefined || !plugin.handles(current)) continue;
      const result = plugin.mutate(current, rounds);
      if (result instanceof Promise) {
        const at = current;
        return result.then((object) => this.mutateFrom(i + 1, object === undefined ? at : { ...at, object }, rounds));
      }
      if (result !== undefined) current = { ...current, object: result };
    }
    if (!rounds.requested || rounds.round > 0) return current.object;
    rounds.round = 1;
    return this.mutateFrom(0, current, rounds);
  }

  private validateFrom(start: number, attributes: AdmissionAttributes): undefined | Promise<void> {
    for (let i = start; i < this.plugins.length; i++) {
      const plugin = this.plugins[i] as AdmissionPlugin;
      if (plugin.validate === undefined || !plugin.handles(attributes)) continue;
      const result = plugin.validate(attributes);
      if (result !== undefined) return result.then(() => this.validateFrom(i + 1, attributes));
    }
    return undefined;
  }
}
