/** Where `up` and `devcluster` keep their state unless told, and where the other commands look for a kubeconfig. */
export const DATA_DIR = '.kubechain';

/** The Lease that operators stand for election by. */
export const OPERATOR_LEASE = 'kubechain-operator';

/** The Secret in which `--self-signed` webhooks keep certificate and authority. */
export const WEBHOOK_CERT_SECRET = 'kubechain-webhook-cert';
