/** Where a machine keeps the certificates that it trusts: behind a proxy that reads TLS nothing can be downloaded without. */
const CERTIFICATES = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'];
const INHERITED = ['PATH', 'HOME', 'LANG', 'TMPDIR', ...CERTIFICATES];

/** What MCP servers and tools that run as child processes inherit of this process' environment: no credential of ours is among it. */
export function childEnvironment(own: NodeJS.ProcessEnv): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = own[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}
