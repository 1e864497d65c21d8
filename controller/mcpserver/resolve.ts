import type { MCPServer } from '../../api/index.ts';
import type { McpServerSpec, McpVariable } from '../mcp/index.ts';
import type { SecretReader } from '../secrets.ts';

export type Resolved =
  | { readonly kind: 'spec'; readonly spec: McpServerSpec }
  | { readonly kind: 'missing' | 'unavailable'; readonly message: string };

type Variable = { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } };

/** An MCPServer with the values that its Secrets hold. */
export async function resolveServer(server: MCPServer, secrets: SecretReader, signal: AbortSignal): Promise<Resolved> {
  const namespace = server.metadata.namespace ?? '';
  const { spec } = server;

  async function valuesOf(
    variables: readonly Variable[] | undefined,
  ): Promise<McpVariable[] | Exclude<Resolved, { kind: 'spec' }>> {
    const values: McpVariable[] = [];
    for (const { name, value, valueFrom } of variables ?? []) {
      const ref = valueFrom?.secretKeyRef;
      if (ref === undefined) {
        values.push({ name, value: value ?? '' });
        continue;
      }
      const secret = await secrets.read(namespace, ref, signal);
      if (secret.kind !== 'value') return { kind: secret.kind, message: `${name}: ${secret.message}` };
      values.push({ name, value: secret.value, secret: true });
    }
    return values;
  }

  const env = await valuesOf(spec.env);
  if (!Array.isArray(env)) return env;
  const headers = await valuesOf(spec.headers);
  if (!Array.isArray(headers)) return headers;
  return {
    kind: 'spec',
    spec: {
      transport: spec.transport,
      ...(spec.command === undefined ? {} : { command: spec.command }),
      ...(spec.args === undefined ? {} : { args: spec.args }),
      ...(env.length === 0 ? {} : { env }),
      ...(spec.url === undefined ? {} : { url: spec.url }),
      ...(headers.length === 0 ? {} : { headers }),
    },
  };
}
