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

/** One admission plugin. A method returns a promise only where it must wait, so that the common path stays synchronous. */
export interface AdmissionPlugin {
  readonly name: string;
  handles(attributes: AdmissionAttributes): boolean;
  /** May change `attributes.object` in place, or return another object. Throws a StatusError to refuse. */
  mutate?(attributes: AdmissionAttributes): undefined | KubeObject | Promise<KubeObject | undefined>;
  /** Throws a StatusError to refuse. */
  validate?(attributes: AdmissionAttributes): undefined | Promise<void>;
}

/** The plugins of the server, in order. */
export class AdmissionChain {
  private readonly plugins: readonly AdmissionPlugin[];

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.plugins = plugins;
  }

  /** Runs the mutating steps; the object to go on with. */
  mutate(attributes: AdmissionAttributes): KubeObject | undefined | Promise<KubeObject | undefined> {
    return this.mutateFrom(0, attributes);
  }

  /** Runs the validating steps. A promise only where one of them waits. */
  validate(attributes: AdmissionAttributes): undefined | Promise<void> {
    return this.validateFrom(0, attributes);
  }

  private mutateFrom(
    start: number,
    attributes: AdmissionAttributes,
  ): KubeObject | undefined | Promise<KubeObject | undefined> {
    let current = attributes;
    for (let i = start; i < this.plugins.length; i++) {
      const plugin = this.plugins[i] as AdmissionPlugin;
      if (plugin.mutate === undefined || !plugin.handles(current)) continue;
      const result = plugin.mutate(current);
      if (result instanceof Promise) {
        const at = current;
        return result.then((object) => this.mutateFrom(i + 1, object === undefined ? at : { ...at, object }));
      }
      if (result !== undefined) current = { ...current, object: result };
    }
    return current.object;
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
