/** Whether two addresses are of one repository: `git@github.com:acme/agents.git` and `https://github.com/acme/agents`. */
export function sameRepository(a: string, b: string): boolean {
  return canonicalRepository(a) === canonicalRepository(b);
}

/** The address of a repository without credentials, as it may be shown. */
export function publicAddress(address: string): string {
  const text = address.trim();
  const scheme = /^([a-z][a-z0-9+.-]*:\/\/)([^/@]*@)?(.*)$/i.exec(text);
  if (scheme === null) return text;
  const [, protocol = '', user = '', rest = ''] = scheme;
  // `ssh://git@host`: that user is part of the address, and no secret.
  return `${protocol}${user === 'git@' ? user : ''}${rest}`;
}

function canonicalRepository(address: string): string {
  const text = publicAddress(address);
  const scp = /^(?:[^@/:]+@)?([^/:]+):(?!\/\/)(.+)$/.exec(text);
  const plain =
    scp === null ? text.replace(/^[a-z][a-z0-9+.-]*:\/\/(?:git@)?/i, '') : `${scp[1] ?? ''}/${scp[2] ?? ''}`;
  const [host = '', ...path] = plain
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split('/');
  return [host.toLowerCase().replace(/:(22|443)$/, ''), ...path].join('/');
}
