import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a sync is asked for: Argo CD's ApplicationSyncRequest, as far as it is needed here. */
export interface SyncOptions {
  readonly prune?: boolean;
  /** How often a sync that failed is tried again, 2 s after the first time, then twice as long each time. */
  readonly retries?: number;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Argo CD's API, as its web page uses it: as admin. */
export interface ArgocdApi {
  /** Rejects with Argo CD's message. `token` is who asks, instead of the admin. */
  request<T>(method: Method, path: string, body?: object, token?: string): Promise<T>;
  /**
   * Syncs an Application to what is in Git now and waits for the end; first for the end of a sync that is under way. Rejects when it did
   * not go well, with each resource that did not. `argocd app sync` follows a stream, and at times misses its end.
   */
  sync(application: string, options?: SyncOptions): Promise<void>;
}

/** As much of an Application as tells of a sync. */
export interface Syncing {
  /** What is asked for; gone when it has ended. */
  operation?: object;
  status?: {
    operationState?: {
      phase: string;
      message?: string;
      syncResult?: {
        resources?: { kind: string; name: string; status?: string; hookPhase?: string; message?: string }[];
      };
    };
  };
}

/** An Application as the API server has it: Argo CD's own answers come of a cache. */
export interface Applications {
  /** Watches it until `holds`; what it is then, undefined where there is none. Rejects after `timeoutMs`. */
  until(name: string, holds: (found: Syncing | undefined) => boolean, timeoutMs: number): Promise<Syncing | undefined>;
  /**
   * Changes an annotation that means nothing. Argo CD's controller writes what comes back of its own patches over what its informer has
   * (`writeBackToInformer`), at times over something newer: a sync that was asked for in that moment, a refresh or a deletion is overlooked
   * then until the Application changes again, or until the next poll.
   */
  touch(name: string): Promise<void>;
}

const OVERLOOKED_MS = 2_000;

export function argocdApi(url: string, passwordFile: string, applications: Applications): ArgocdApi {
  let session: Promise<string> | undefined;

  async function send<T>(method: string, path: string, body?: object, token?: string): Promise<T> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as T & { message?: string };
    if (!response.ok) throw new Error(`${response.status}: ${answer.message ?? ''}`);
    return answer;
  }

  async function request<T>(method: Method, path: string, body?: object, token?: string): Promise<T> {
    if (token !== undefined) return send<T>(method, path, body, token);
    session ??= send<{ token: string }>('POST', '/api/v1/session', {
      username: 'admin',
      password: readFileSync(passwordFile, 'utf8').trim(),
    }).then(({ token }) => token);
    return send<T>(method, path, body, await session);
  }

  async function ended(application: string, until: number): Promise<Syncing> {
    const over = (found: Syncing | undefined) => found?.operation === undefined;
    for (;;) {
      try {
        const patience = Math.max(1, Math.min(OVERLOOKED_MS, until - Date.now()));
        const found = await applications.until(application, over, patience);
        if (found !== undefined) return found;
      } catch (error) {
        if (Date.now() > until) throw new Error(`sync of ${application} has not ended in time: ${error}`);
        await applications.touch(application);
        continue;
      }
      throw new Error(`sync of ${application}: there is no such Application`);
    }
  }

  return {
    request,
    async sync(application, { prune = false, retries = 0 } = {}) {
      const path = `/api/v1/applications/${application}`;
      const until = Date.now() + 120_000;
      const retryStrategy = { limit: retries, backoff: { duration: '2s', factor: 2, maxDuration: '30s' } };
      for (;;) {
        await ended(application, until);
        await request('GET', `${path}?refresh=normal`);
        try {
          await request('POST', `${path}/sync`, { prune, ...(retries === 0 ? {} : { retryStrategy }) });
          break;
        } catch (error) {
          // Automated syncs begin when they please.
          if (!String(error).includes('another operation is already in progress') || Date.now() > until) throw error;
          await sleep(300);
        }
      }
      const { status } = await ended(application, until);
      const { phase, message, syncResult } = status?.operationState ?? {};
      if (phase === 'Succeeded') return;
      const failed = (syncResult?.resources ?? []).filter(
        (resource) => resource.status === 'SyncFailed' || /Failed|Error/.test(resource.hookPhase ?? ''),
      );
      const lines = failed.map((resource) => `${resource.kind} ${resource.name}: ${resource.message ?? ''}`);
      throw new Error([`sync of ${application}: ${phase ?? 'no result'}: ${message ?? ''}`, ...lines].join('\n'));
    },
  };
}
