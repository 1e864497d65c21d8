/** Puts the parts together: storage, registry, admission, discovery, controllers, and the TLS listener before them. */
import { randomUUID } from 'node:crypto';
import type { Http2SecureServer, ServerHttp2Session } from 'node:http2';
import { createSecureServer } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { certificateRights } from './admission/certificates.ts';
import { AdmissionChain } from './admission/chain.ts';
import { claimResize } from './admission/claimresize.ts';
import { namespaceLifecycle } from './admission/lifecycle.ts';
import { limitRanges, podPriority, podTolerations } from './admission/pods.ts';
import { podSecurity } from './admission/podsecurity.ts';
import { mutatingPolicies } from './admission/policy/mutating.ts';
import { validatingPolicies } from './admission/policy/validating.ts';
import { storageProtection } from './admission/protection.ts';
import { podRuntimeClass } from './admission/runtimeclass.ts';
import { admissionWebhooks } from './admission/webhook/index.ts';
import type { ServiceAddresses } from './admission/webhook/resolve.ts';
import { CrdController } from './apiextensions/controller.ts';
import { conversionWebhooks } from './apiextensions/conversion.ts';
import { crdDefinition } from './apiextensions/strategy.ts';
import type { Credentials } from './authn/credentials.ts';
import { TokenIssuer } from './authn/tokens.ts';
import { escalationCheck } from './authz/escalation.ts';
import { builtinResources, componentSchemas } from './builtin/index.ts';
import { bootstrap, ensureKubernetesService } from './controllers/bootstrap.ts';
import { startControllers } from './controllers/index.ts';
import { Discovery } from './discovery/handler.ts';
import { Metrics } from './discovery/metrics.ts';
import type { Logger } from './logger.ts';
import { applyPatch, mergeTypeFromSchema, trackUpdate } from './managedfields/index.ts';
import { OpenApi } from './openapi/documents.ts';
import { resourceQuotas } from './quota/admission.ts';
import type { RegistryContext } from './registry/call.ts';
import { Resources } from './registry/resources.ts';
import { Scheduler } from './request/fairness/scheduler.ts';
import { flowClassifier } from './request/flows.ts';
import { type AuditEvent, handle } from './request/handler.ts';
import { http1Options, maxHeadBytes, speakAsGo } from './request/http1.ts';
import { parseJson, printJson } from './request/json.ts';
import type { Request, Response } from './request/response.ts';
import { reviewHandlers, subresourceHandlers } from './reviews.ts';
import type { Entry } from './storage/entry.ts';
import { type Journal, type JournalChange, Store } from './storage/store.ts';
import { strategicMerge } from './strategicmerge/index.ts';

/** What storage holds when the server starts. */
export interface Restored {
  readonly journal: Journal;
  readonly revision: number;
  readonly entries: Iterable<Entry>;
  readonly replayed: Iterable<JournalChange>;
}

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly credentials: Credentials;
  readonly restored: Restored;
  readonly logger: Logger;
  /** Where webhooks of Services that no EndpointSlice knows are. */
  readonly resolve: ServiceAddresses;
  /** Told of every request, once it is known who asks and whether they may. */
  readonly audit?: ((event: AuditEvent) => void) | undefined;
  /** Called with the store once it is filled, before the first request: for compaction. */
  readonly onStore?: ((store: Store) => void) | undefined;
}

export interface RunningServer {
  readonly url: string;
  readonly context: RegistryContext;
  close(): Promise<void>;
}

/** Starts the server; resolves when it accepts requests. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { credentials, logger, restored } = options;
  const store = new Store({ journal: restored.journal, parse: parseJson, print: printJson });
  store.restore(restored.revision, restored.entries, restored.replayed);
  options.onStore?.(store);
  const resources = new Resources();
  const tokens = new TokenIssuer(credentials.tokenKey);
  const webhooks = admissionWebhooks(() => context, options.resolve, logger);
  const admission = new AdmissionChain([
    namespaceLifecycle(() => context),
    limitRanges(() => context),
    podSecurity(() => context),
    podPriority(() => context),
    podTolerations(),
    storageProtection(),
    podRuntimeClass(() => context),
    claimResize(() => context),
    escalationCheck(() => context),
    certificateRights(() => context),
    mutatingPolicies(() => context),
    webhooks.mutating,
    validatingPolicies(() => context, logger),
    webhooks.validating,
    resourceQuotas(() => context),
  ]);
  const subresources = subresourceHandlers(() => context, tokens);
  const context: RegistryContext = {
    store,
    resources,
    admission,
    managedFields: { trackUpdate, applyPatch },
    strategicMerge,
    now: () => new Date(),
    random: Math.random,
    newUid: randomUUID,
    subresources,
  };
  const builtin = builtinResources().map((definition) =>
    definition.plural === 'customresourcedefinitions' && definition.group === 'apiextensions.k8s.io'
      ? crdDefinition(definition)
      : definition,
  );
  resources.add(builtin);
  const crds = resources.find('apiextensions.k8s.io', 'v1', 'customresourcedefinitions');
  if (crds === undefined) throw new Error('the builtin kinds have no CustomResourceDefinition');
  const empty = store.revision === 1;
  await bootstrap(context, credentials.caPem);
  // What made a new cluster is nobody's history: a watch from version 1 is too old, as on a cluster that has been there for a while.
  if (empty) store.compact(store.revision);
  const conversion = conversionWebhooks(() => context, options.resolve);
  const crdController = new CrdController(context, crds, mergeTypeFromSchema, logger, conversion.converterOf);
  const controllers = startControllers(context, logger, tokens, credentials.caPem);

  let url = '';
  const closing = new AbortController();
  const metrics = new Metrics(store);
  const openApi = new OpenApi(resources, { componentSchemas });
  const parts = {
    context,
    tokens,
    discovery: new Discovery(
      resources,
      openApi,
      tokens,
      () => url,
      () => metrics.text(),
    ),
    logger,
    scheduler: new Scheduler(),
    flowOf: flowClassifier(store),
    metrics,
    closing: closing.signal,
    reviews: reviewHandlers(() => context, tokens),
    audit: options.audit,
  };
  const server = createSecureServer({
    key: credentials.server.key,
    cert: credentials.server.cert,
    ca: credentials.caPem,
    requestCert: true,
    rejectUnauthorized: false,
    allowHTTP1: true,
    // Events are small and follow each other: none waits until its predecessor is acknowledged.
    noDelay: true,
    http1Options,
    ALPNProtocols: ['h2', 'http/1.1'],
    settings: { maxConcurrentStreams: 1000, initialWindowSize: 1 << 20, maxHeaderListSize: maxHeadBytes },
  });
  const connections = trackConnections(server);
  const serve = (request: Request, response: Response): void => void handle(parts, request, response);
  server.on('request', (request, response) => serve(request as Request, response as Response));
  speakAsGo(server, serve);
  server.on('sessionError', () => undefined);
  server.on('tlsClientError', () => undefined);
  await listen(server, options.port, options.host);
  const { port } = server.address() as AddressInfo;
  await ensureKubernetesService(context, port);
  url = `https://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;

  let closed: Promise<void> | undefined;
  return {
    url,
    context,
    close: () => {
      closed ??= (async () => {
        controllers.close();
        crdController.close();
        closing.abort();
        await connections.close(server);
        webhooks.close();
        conversion.close();
        await store.close();
      })();
      return closed;
    },
  };
}

function listen(server: Http2SecureServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Knows all connections, so that closing can end what has not ended by itself. */
function trackConnections(server: Http2SecureServer): { close(server: Http2SecureServer): Promise<void> } {
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  return {
    close: () =>
      new Promise((resolve) => {
        const force = setTimeout(() => {
          for (const socket of sockets) socket.destroy();
        }, 500);
        server.close(() => {
          clearTimeout(force);
          resolve();
        });
        for (const session of sessions) session.close();
        // Watches have ended by now; idle keep-alive connections would otherwise hold the server open.
        setTimeout(() => {
          for (const socket of sockets) socket.destroySoon();
        }, 50);
      }),
  };
}
