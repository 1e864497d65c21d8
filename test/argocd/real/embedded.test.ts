import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { ArgoStage } from './stage.ts';
import { missingParts, openArgoStage } from './stage.ts';

/** What Git holds. Nothing that wants Pods: the embedded server runs none. */
const SITE: Readonly<Record<string, string>> = {
  'crd.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: pages.argo.example.com}
spec:
  group: argo.example.com
  scope: Namespaced
  names: {kind: Page, plural: pages, singular: page}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {text: {type: string}, size: {type: integer, default: 1}}}
            status: {type: object, x-kubernetes-preserve-unknown-fields: true}
`,
  'page.yaml': `apiVersion: argo.example.com/v1
kind: Page
metadata: {name: front}
spec: {text: hello}
`,
  'settings.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: blue}
`,
  'service.yaml': `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`,
  'access.yaml': `apiVersion: v1
kind: ServiceAccount
metadata: {name: bot}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: [''], resources: [configmaps], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: bot}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed}
spec: {podSelector: {}, policyTypes: [Ingress]}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: few}
spec: {hard: {pods: "3", requests.cpu: 1000m}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: 0 3 * * *
  suspend: true
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: 'example.com/main:1', resources: {requests: {cpu: 1000m}}}]}}}}
`,
  'hook.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  generateName: before-
  annotations: {argocd.argoproj.io/hook: PreSync, argocd.argoproj.io/hook-delete-policy: BeforeHookCreation}
data: {ran: "yes"}
`,
};

interface Application {
  readonly status?: {
    readonly sync?: { readonly status?: string };
    readonly health?: { readonly status?: string };
    readonly conditions?: readonly unknown[];
  };
}

interface Sync {
  readonly options?: readonly string[];
  readonly automated?: object;
  /** Argo CD asks the API server for the difference, by a dry run of the apply. */
  readonly serverSideDiff?: boolean;
}

function spec(namespace: string, repoURL: string, { options = [], automated }: Sync): object {
  return {
    project: 'default',
    source: { repoURL, path: '.', targetRevision: 'main' },
    destination: { server: 'https://kubernetes.default.svc', namespace },
    syncPolicy: {
      syncOptions: ['CreateNamespace=true', ...options],
      ...(automated === undefined ? {} : { automated }),
    },
  };
}

const finalizers = ['resources-finalizer.argocd.argoproj.io'];

const application = (name: string, repoURL: string, sync: Sync = {}): string =>
  JSON.stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace: 'argocd',
      finalizers,
      ...(sync.serverSideDiff ? { annotations: { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' } } : {}),
    },
    spec: spec(name, repoURL, sync),
  });

/** Argo CD cannot tell the embedded API server from a real one. */
describe('Argo CD on the embedded API server', function () {
  this.timeout(300_000);
  this.bail(true);
  let stage: ArgoStage;
  let folder: string;
  let url: string;

  before(async function () {
    const missing = missingParts();
    if (missing !== undefined) {
      process.stderr.write(`skipped: no Argo CD (${missing})\n`);
      return this.skip();
    }
    stage = await openArgoStage('embedded');
    folder = join(stage.folder, 'site');
    write(folder, SITE);
    url = await stage.commit(folder, 'site');
    return undefined;
  });
  after(async () => {
    await stage?.[Symbol.asyncDispose]();
  });

  function write(path: string, files: Readonly<Record<string, string>>): void {
    mkdirSync(path, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  }
  const apply = (json: string) => stage.kubectl(['apply', '-f', '-'], json);
  const read = (namespace: string, kind: string, name: string, path: string) =>
    stage.kubectl(['-n', namespace, 'get', kind, name, '-o', `jsonpath={${path}}`]);
  const names = async (namespace: string, kinds: string) =>
    (await stage.kubectl(['-n', namespace, 'get', kinds, '-o', 'name'])).trim();
  const settled = (name: string, wanted: string) =>
    stage.eventually(`${name} ${wanted}`, async () => {
      const { status } = (await stage.get<Application>('application', name, 'argocd')) ?? {};
      return `${status?.sync?.status} ${status?.health?.status}` === wanted && status;
    });

  it('an Application gets Synced and Healthy', async () => {
    await apply(application('site', url));
    await settled('site', 'OutOfSync Missing');
    await stage.api.sync('site');
    const { conditions } = await settled('site', 'Synced Healthy');
    assert.equal(conditions, undefined);
    assert.equal(await read('site', 'page', 'front', '.spec'), '{"size":1,"text":"hello"}');
    assert.match(await names('site', 'cm'), /configmap\/before-/);
  });

  it('shows drift, and a sync mends it', async () => {
    await stage.kubectl(['-n', 'site', 'patch', 'cm', 'settings', '-p', '{"data":{"colour":"red"}}']);
    await settled('site', 'OutOfSync Healthy');
    assert.match(
      await stage.argocd('app', 'diff', 'site', '--exit-code=false'),
      /< {3}colour: red\n---\n> {3}colour: blue/,
    );
    await stage.api.sync('site');
    await settled('site', 'Synced Healthy');
    assert.equal(await read('site', 'cm', 'settings', '.data.colour'), 'blue');
  });

  it('a status that a controller writes is no drift', async () => {
    const status = '{"status":{"phase":"Shown"}}';
    await stage.kubectl(['-n', 'site', 'patch', 'page', 'front', '--subresource=status', '--type=merge', '-p', status]);
    await stage.kubectl(['-n', 'site', 'label', 'page', 'front', 'seen=yes']);
    await stage.refresh('site', 'hard');
    await settled('site', 'Synced Healthy');
  });

  it('prunes what Git no longer has', async () => {
    rmSync(join(folder, 'service.yaml'));
    await stage.commit(folder, 'site');
    await stage.refresh('site');
    await settled('site', 'OutOfSync Healthy');
    await stage.api.sync('site', { prune: true });
    await settled('site', 'Synced Healthy');
    assert.equal(await names('site', 'svc'), '');
  });

  it('heals by itself, by server-side apply, and compares on the server', async () => {
    const { 'settings.yaml': settings = '', 'access.yaml': access = '' } = SITE;
    write(join(stage.folder, 'second'), { 'settings.yaml': settings, 'access.yaml': access });
    const second = await stage.commit(join(stage.folder, 'second'), 'second');
    const automated = { prune: true, selfHeal: true };
    await apply(application('second', second, { automated, options: ['ServerSideApply=true'], serverSideDiff: true }));
    await settled('second', 'Synced Healthy');
    assert.match(
      await stage.kubectl([
        ...['-n', 'second', 'get', 'cm', 'settings', '--show-managed-fields'],
        ...['-o', 'jsonpath={.metadata.managedFields[*].manager}'],
      ]),
      /argocd-controller/,
    );
    const before = await read('second', 'role', 'reader', '.metadata.uid');
    await stage.kubectl(['-n', 'second', 'patch', 'cm', 'settings', '-p', '{"data":{"colour":"red"}}']);
    await stage.kubectl(['-n', 'second', 'delete', 'role', 'reader']);
    await stage.eventually('healed', async () => {
      const colour = await read('second', 'cm', 'settings', '.data.colour');
      return colour === 'blue' && (await read('second', 'role', 'reader', '.metadata.uid')) !== before;
    });
    await settled('second', 'Synced Healthy');
  });

  it('an ApplicationSet makes Applications, and takes them away', async () => {
    // Their CRD would be shared: only what is in a namespace belongs to one of them.
    const { 'settings.yaml': settings = '', 'service.yaml': service = '' } = SITE;
    write(join(stage.folder, 'many'), { 'settings.yaml': settings, 'service.yaml': service });
    const many = await stage.commit(join(stage.folder, 'many'), 'many');
    const set = (elements: readonly string[]) =>
      JSON.stringify({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'ApplicationSet',
        metadata: { name: 'many', namespace: 'argocd' },
        spec: {
          goTemplate: true,
          generators: [{ list: { elements: elements.map((name) => ({ name })) } }],
          template: { metadata: { name: '{{.name}}', finalizers }, spec: spec('{{.name}}', many, { automated: {} }) },
        },
      });
    await apply(set(['many-a', 'many-b']));
    await settled('many-a', 'Synced Healthy');
    await settled('many-b', 'Synced Healthy');
    await apply(set(['many-a']));
    await stage.eventually('many-b is gone', async () => {
      const applications = await names('argocd', 'applications');
      return applications.includes('many-a') && !applications.includes('many-b');
    });
    assert.doesNotMatch(await names('many-b', 'cm,svc'), /settings|web/);
    assert.match(await names('many-a', 'cm,svc'), /settings/);
  });

  it('an Application that is deleted takes what belongs to it along', async () => {
    await stage.remove('second');
    assert.equal(await names('second', 'role,rolebinding,cronjob,networkpolicy'), '');
  });
});
