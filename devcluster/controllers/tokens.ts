/** Secrets of type `kubernetes.io/service-account-token`: they get a token of their account, and go with it. */
import type { TokenIssuer } from '../authn/tokens.ts';
import type { Logger } from '../logger.ts';
import type { RegistryContext } from '../registry/call.ts';
import { isObject } from '../registry/copy.ts';
import { remove } from '../registry/delete.ts';
import { modify, systemCall } from '../registry/internal.ts';
import { StatusError } from '../request/status.ts';
import type { KubeObject } from '../types.ts';
import { keyedQueue } from './queue.ts';
import type { Controllers } from './types.ts';

const type = 'kubernetes.io/service-account-token';
const ofName = 'kubernetes.io/service-account.name';
const ofUid = 'kubernetes.io/service-account.uid';

/** Starts the controller. */
export function startTokens(context: RegistryContext, logger: Logger, tokens: TokenIssuer, caPem: string): Controllers {
  const { store } = context;
  const queue = keyedQueue(logger, 'a token', (key) => reconcile(context, tokens, caPem, key));
  const look = (key: string, secret: KubeObject): void => {
    if (secret.type === type) queue.add(key);
  };
  const stops = [
    store.subscribe('/secrets', ({ type: event, entry }) => {
      if (event !== 'DELETED') look(entry.key, store.object(entry));
    }),
    store.subscribe('/serviceaccounts', ({ type: event, entry }) => {
      if (event !== 'DELETED') return;
      const namespace = entry.key.slice(0, entry.key.indexOf('/') + 1);
      for (const secret of store.list('/secrets', namespace)) look(secret.key, store.object(secret));
    }),
  ];
  for (const entry of store.list('/secrets')) look(entry.key, store.object(entry));
  return {
    close: () => {
      for (const stop of stops) stop();
      queue.close();
    },
  };
}

async function reconcile(context: RegistryContext, tokens: TokenIssuer, caPem: string, key: string): Promise<void> {
  const { store, resources } = context;
  const definition = resources.find('', 'v1', 'secrets');
  const entry = store.latest('/secrets', key);
  if (entry === undefined || definition === undefined) return;
  const secret = store.object(entry);
  const { annotations = {}, namespace = '', name = '' } = secret.metadata;
  const account = store.latest('/serviceaccounts', `${namespace}/${annotations[ofName] ?? ''}`);
  const { uid = '', name: accountName = '' } = account === undefined ? {} : store.object(account).metadata;
  const call = systemCall(definition, namespace, name, { manager: 'kube-controller-manager' });
  if (account === undefined || (annotations[ofUid] !== undefined && annotations[ofUid] !== uid)) {
    await remove(context, call, { preconditions: { uid: secret.metadata.uid ?? '' } }).catch((error: unknown) => {
      if (!(error instanceof StatusError) || (error.code !== 404 && error.code !== 409)) throw error;
    });
    return;
  }
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const data = isObject(secret.data) ? secret.data : {};
  const full = data['ca.crt'] === base64(caPem) && data.namespace === base64(namespace) && data.token !== undefined;
  if (full && annotations[ofUid] === uid) return;
  const token = tokens.sign({
    iss: 'kubernetes/serviceaccount',
    'kubernetes.io/serviceaccount/namespace': namespace,
    'kubernetes.io/serviceaccount/secret.name': name,
    'kubernetes.io/serviceaccount/service-account.name': accountName,
    'kubernetes.io/serviceaccount/service-account.uid': uid,
    sub: `system:serviceaccount:${namespace}:${accountName}`,
  });
  await modify(context, call, (object) => {
    const before = isObject(object.data) ? object.data : {};
    object.data = {
      ...before,
      'ca.crt': base64(caPem),
      namespace: base64(namespace),
      token: before.token ?? base64(token),
    };
    object.metadata.annotations = { ...object.metadata.annotations, [ofUid]: uid };
    return true;
  });
}
