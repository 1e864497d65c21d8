import { KubeError } from '../kube/index.ts';

/** The API server's words for a refusal by a webhook or a ValidatingAdmissionPolicy; RBAC and quotas use others. */
const DENIED =
  /admission webhook "[^"]*" denied the request: ([\s\S]+)$|ValidatingAdmissionPolicy '[^']*' with binding '[^']*' denied request: ([\s\S]+)$/;

/**
 * Why admission refused an object of ours: ours or anybody's webhook, or an admission policy. Undefined for all other failures, those
 * of a webhook that is away among them: these are tried again, a refusal is an answer.
 */
export function admissionDenial(error: unknown): string | undefined {
  if (!(error instanceof KubeError) || (error.status ?? 500) >= 500) return undefined;
  const match = DENIED.exec(error.message);
  const text = (match?.[1] ?? match?.[2])?.trim();
  return text === undefined || text === '' ? undefined : `Denied by admission: ${text}`;
}
