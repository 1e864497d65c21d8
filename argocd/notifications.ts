import { GROUP } from '../api/index.ts';

/**
 * Templates and triggers for `argocd-notifications-cm`. They see the Application only, so they need the health of its resources in its
 * status: `controller.resource.health.persist`.
 */
export function notifications(): Record<string, string> {
  return Object.fromEntries(
    TRIGGERS.flatMap(({ name, description, resources, details }) => [
      [
        `trigger.on-${name}`,
        lines([
          `- description: ${description}`,
          `  when: any(${resources.list} ?? [], {${resources.test}})`,
          // Once more when another one comes to it.
          `  oncePer: join(map(filter(${resources.list} ?? [], {${resources.test}}), {.namespace + "/" + .name}), ",")`,
          `  send: [${name}]`,
        ]),
      ],
      [
        `template.${name}`,
        lines([
          'message: |',
          `  ${description} in Application {{.app.metadata.name}}:`,
          ...details.map((line) => `  ${line}`),
          '  {{with .context.argocdUrl}}{{.}}/applications/{{$.app.metadata.namespace}}/{{$.app.metadata.name}}{{end}}',
          'email:',
          `  subject: "{{.app.metadata.name}}: ${description.toLowerCase()}"`,
        ]),
      ],
    ]),
  );
}

interface Trigger {
  readonly name: string;
  readonly description: string;
  readonly resources: { readonly list: string; readonly test: string };
  /** Lines of the message: a Go template. */
  readonly details: readonly string[];
}

const TASKS = 'app.status.resources';

const ofTasks = (status: string): string => `.group == "${GROUP}" && .kind == "Task" && .health?.status == "${status}"`;

const eachTask = (status: string): string[] => [
  '{{range .app.status.resources}}',
  `{{- if and (eq .kind "Task") .health}}{{if eq .health.status "${status}"}}`,
  '- Task {{.namespace}}/{{.name}}: {{.health.message}}',
  '{{- end}}{{end}}',
  '{{- end}}',
];

const TRIGGERS: readonly Trigger[] = [
  {
    name: 'kubechain-run-failed',
    description: 'An agent run failed',
    resources: { list: TASKS, test: ofTasks('Degraded') },
    details: eachTask('Degraded'),
  },
  {
    name: 'kubechain-approval-needed',
    description: 'An agent waits for a human',
    resources: {
      list: TASKS,
      test: `${ofTasks('Suspended')} && (.health?.message ?? "") startsWith "Waiting for a human"`,
    },
    details: eachTask('Suspended'),
  },
  {
    name: 'kubechain-policy-violated',
    description: 'A policy refused what Git asks for',
    resources: {
      list: 'app.status.operationState?.syncResult?.resources',
      test: `.group == "${GROUP}" && .status == "SyncFailed" && (.message ?? "") contains "denied the request"`,
    },
    details: [
      '{{with .app.status.operationState}}{{with .syncResult}}{{range .resources}}',
      '{{- if eq (toString .status) "SyncFailed"}}',
      '- {{.kind}} {{.namespace}}/{{.name}}: {{.message}}',
      '{{- end}}',
      '{{- end}}{{end}}{{end}}',
    ],
  },
];

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;
