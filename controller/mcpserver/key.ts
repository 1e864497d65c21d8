import { keyOf } from '../../kube/index.ts';
import { uidOf } from '../keys.ts';

/** What an MCPServer's connection is kept under: another server of the same name, later or elsewhere, is another one. */
export function serverKey(server: { metadata: { name?: string; namespace?: string; uid?: string } }): string {
  return `${keyOf(server)}/${uidOf(server)}`;
}
