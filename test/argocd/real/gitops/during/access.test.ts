import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { GROUP, VERSION } from '../../../../../api/index.ts';
import type { Application, Platform } from '../platform.ts';
import { platform } from '../platform.ts';

const ROLES = ['authors', 'approvers', 'viewers'] as const;
type Role = (typeof ROLES)[number];

const decides = (what: string) => what.endsWith('tool call');

/** Before `actions.test.ts`, where the call that waits is decided about. */
describe('the roles of project agents-team', function () {
  this.timeout(120_000);
  let on: Platform;
  const tokens = new Map<Role, string>();
  before(async function () {
    on = await platform(this);
    for (const role of ROLES) {
      const made = await on.stage.argocd('proj', 'role', 'create-token', 'agents-team', role, '--token-only');
      tokens.set(role, made.trim());
    }
  });

  const app = (name: string) => `/api/v1/applications/${name}`;
  const action = (application: string, kind: string, resourceName: string, name: string) => ({
    path: `${app(application)}/resource/actions/v2`,
    body: {
      ...{ name: application, appNamespace: 'argocd', namespace: `agents-${application}`, resourceName, kind },
      ...{ group: GROUP, version: VERSION, action: name },
    },
  });
  const get = (path: string) => ({ method: 'GET', path }) as const;
  const post = ({ path, body }: { path: string; body: object }) => ({ method: 'POST', path, body }) as const;

  /** What each may; everybody else of the three is refused. A dry run of a sync applies nothing. */
  const ASKED: readonly (readonly [
    what: string,
    may: readonly Role[],
    how: { method: 'GET' | 'POST' | 'PUT' | 'DELETE'; path: string; body?: object },
  ])[] = [
    ['looks at an Application of the project', ROLES, get(app('billing-dev'))],
    ['looks at its tree, runs included', ROLES, get(`${app('billing-dev')}/resource-tree`)],
    ['syncs it', ['authors'], post({ path: `${app('billing-dev')}/sync`, body: { dryRun: true } })],
    ['suspends a Task', ['authors'], post(action('billing-dev', 'Task', 'smoke-test', 'suspend'))],
    ['lets it go on', ['authors'], post(action('billing-dev', 'Task', 'smoke-test', 'resume'))],
    [
      'approves a tool call',
      ['approvers'],
      post(action('billing-prod', 'TaskRunToolCall', 'daily-1-toolcall-01', 'approve')),
    ],
    [
      'rejects a tool call',
      ['approvers'],
      post(action('billing-prod', 'TaskRunToolCall', 'daily-1-toolcall-01', 'reject')),
    ],
    ['deletes an Application', [], { method: 'DELETE', path: app('billing-dev') }],
    [
      'changes what an Application syncs',
      [],
      { method: 'PUT', path: `${app('billing-dev')}/spec`, body: { project: 'default' } },
    ],
    [
      'deletes an object',
      [],
      {
        method: 'DELETE',
        path: `${app('billing-dev')}/resource?namespace=agents-billing-dev&resourceName=bookkeeper&group=${GROUP}&version=${VERSION}&kind=Agent`,
      },
    ],
    ['looks at the platform’s Applications', [], get(app('kubechain'))],
    ['syncs the policies', [], post({ path: `${app('agent-policies')}/sync`, body: { dryRun: true } })],
  ];

  for (const [what, may, { method, path, body }] of ASKED) {
    it(`${may.length === 0 ? 'nobody' : may.length === 3 ? 'everybody' : `of ${may.join(', ')}`} ${what}`, async () => {
      for (const role of ROLES) {
        const said = await on.stage.api.request(method, path, body, tokens.get(role)).then(() => '', String);
        const refused = /\b403\b.*permission denied/s.test(said);
        assert.equal(!refused, may.includes(role), `${role}: ${said}`);
        // Argo CD lets them decide; that its ServiceAccount is no approver is the policies' word. A sync of its own may be under way.
        if (!refused)
          assert.match(
            said,
            decides(what) ? /a person has to decide/ : /^$|another operation is already in progress/,
            role,
          );
      }
    });
  }

  it('are shown nothing of other projects', async () => {
    for (const role of ROLES) {
      const { items } = await on.stage.api.request<{ items: Application[] }>(
        'GET',
        '/api/v1/applications',
        undefined,
        tokens.get(role),
      );
      const names = items.map(({ metadata }) => metadata.name).sort();
      assert.ok(names.includes('billing-dev'), role);
      assert.deepEqual(
        names.filter((name) => !/^(billing|support)-/.test(name)),
        [],
        role,
      );
    }
  });

  it('are in the project of Git with their tokens, and it is as Git has it', async () => {
    await on.refresh('agents');
    await on.settled('agents');
  });
});
