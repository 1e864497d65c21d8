import type { KeyPair } from './pki.ts';

/** YAML of a kubeconfig with one cluster and one client-certificate user; all material inline. */
export function kubeconfig(url: string, caPem: string, client: KeyPair, name = 'devcluster'): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return `apiVersion: v1
kind: Config
clusters:
- name: ${name}
  cluster:
    server: ${url}
    certificate-authority-data: ${base64(caPem)}
users:
- name: ${name}-admin
  user:
    client-certificate-data: ${base64(client.cert)}
    client-key-data: ${base64(client.key)}
contexts:
- name: ${name}
  context:
    cluster: ${name}
    user: ${name}-admin
current-context: ${name}
preferences: {}
`;
}
