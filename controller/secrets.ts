import type { Clock, KubeClient, KubeObject, Resource } from '../kube/index.ts';
import { isNotFound, KubeError } from '../kube/index.ts';

interface Secret extends KubeObject {
  data?: Record<string, string>;
}

const secrets: Resource<Secret> = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true };

export type SecretValue =
  | { readonly kind: 'value'; readonly value: string }
  /** What is wrong, in words that name the Secret and the key, never a value. */
  | { readonly kind: 'missing'; readonly message: string }
  /** The API server could not say. */
  | { readonly kind: 'unavailable'; readonly message: string };

export interface SecretReader {
  read(namespace: string, ref: { name: string; key: string }, signal: AbortSignal): Promise<SecretValue>;
  /** Forgets what is remembered of a Secret: the next read asks the API server. */
  forget(namespace: string, name: string): void;
}

/** How long a value is believed, in milliseconds: long enough for a burst of runs, short enough for a rotation. */
const TRUSTED_MS = 5_000;
const MOST_REMEMBERED = 1_000;

/**
 * Reads Secrets by name when they are needed; never lists or watches them. A value is remembered for five seconds,
 * so that a thousand runs that start at once do not ask a thousand times.
 */
export function createSecretReader(client: KubeClient, clock: Clock): SecretReader {
  const remembered = new Map<string, { readonly at: number; readonly secret: Promise<Secret | undefined> }>();

  function load(namespace: string, name: string): Promise<Secret | undefined> {
    const key = `${namespace}/${name}`;
    const known = remembered.get(key);
    if (known !== undefined && clock.monotonic() - known.at < TRUSTED_MS) return known.secret;
    const secret = client.get(secrets, { namespace, name }).catch((error: unknown) => {
      // Who waits for a Secret to come wants to see it when it does.
      if (remembered.get(key) === entry) remembered.delete(key);
      if (isNotFound(error)) return undefined;
      throw error;
    });
    const entry = { at: clock.monotonic(), secret };
    remembered.delete(key);
    remembered.set(key, entry);
    if (remembered.size > MOST_REMEMBERED) {
      const oldest = remembered.keys().next();
      if (oldest.done !== true) remembered.delete(oldest.value);
    }
    return secret;
  }

  return {
    async read(namespace, ref) {
      let secret: Secret | undefined;
      try {
        secret = await load(namespace, ref.name);
      } catch (error) {
        const message = error instanceof KubeError ? error.message : String(error);
        if (error instanceof KubeError && error.code === 'Forbidden') return { kind: 'missing', message };
        return { kind: 'unavailable', message };
      }
      if (secret === undefined) return { kind: 'missing', message: `secret "${ref.name}" not found` };
      const encoded =
        secret.data !== undefined && Object.hasOwn(secret.data, ref.key) ? secret.data[ref.key] : undefined;
      if (encoded === undefined) return { kind: 'missing', message: `secret "${ref.name}" has no key "${ref.key}"` };
      const value = Buffer.from(encoded, 'base64').toString('utf8').trim();
      if (value === '') return { kind: 'missing', message: `key "${ref.key}" of secret "${ref.name}" is empty` };
      return { kind: 'value', value };
    },
    forget: (namespace, name) => {
      remembered.delete(`${namespace}/${name}`);
    },
  };
}
