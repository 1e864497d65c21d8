/** Rules for names, labels and qualified names, with the messages of k8s.io/apimachinery/pkg/api/validate/content. */

const dnsLabel = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const dnsSubdomain = `${dnsLabel}(\\.${dnsLabel})*`;
const dns1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const labelKey = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelText =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

// Linear forms of the patterns above: the optional groups of the published ones would let a hostile name backtrack.
const linearLabel = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const linear1035 = /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const linearKey = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

function bytes(text: string): number {
  return Buffer.byteLength(text);
}

/** The real server counts bytes and says so in the newer of its rules (keys, label values); the older ones say characters. */
function tooLong(max: number, unit: 'bytes' | 'characters' = 'bytes'): string {
  return `must be no more than ${max} ${unit}`;
}

/** The message for a value that does not match a pattern. */
export function regexError(message: string, pattern: string, ...examples: string[]): string {
  const quoted = examples.map((example) => `'${example}', `).join(' or ');
  const shown = examples.length === 0 ? '' : `e.g. ${quoted}`;
  return `${message} (${shown}regex used for validation is '${pattern}')`;
}

function isLabelShape(value: string): boolean {
  return value !== '' && /^[-a-z0-9]+$/.test(value) && !value.startsWith('-') && !value.endsWith('-');
}

function isSubdomainShape(value: string): boolean {
  return value.split('.').every(isLabelShape);
}

/** Problems with a DNS-1123 subdomain, the default form of object names. */
export function dns1123Subdomain(value: string): string[] {
  const out: string[] = [];
  if (bytes(value) > 253) out.push(tooLong(253, 'characters'));
  if (!isSubdomainShape(value)) {
    const message =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
    out.push(regexError(message, dnsSubdomain, 'example.com'));
  }
  return out;
}

/** Problems with a DNS-1123 label, as namespaces need it. */
export function dns1123Label(value: string): string[] {
  const out: string[] = [];
  if (bytes(value) > 63) out.push(tooLong(63, 'characters'));
  if (!linearLabel.test(value) && !isLabelShape(value)) {
    if (isSubdomainShape(value)) out.push('must not contain dots');
    else {
      const message =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
      out.push(regexError(message, dnsLabel, 'my-name', '123-abc'));
    }
  }
  return out;
}

/** Problems with a DNS-1035 label, as Services and CRD kinds need it. */
export function dns1035Label(value: string): string[] {
  const out: string[] = [];
  if (bytes(value) > 63) out.push('must be no more than 63 characters');
  if (!linear1035.test(value) && !(isLabelShape(value) && /^[a-z]/.test(value))) {
    const message =
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
    out.push(regexError(message, dns1035, 'my-name', 'abc-123'));
  }
  return out;
}

/** Problems with a name that need only fit into a URL path (RBAC names, for one). */
export function pathSegment(value: string, prefix: boolean): string[] {
  if (!prefix && (value === '.' || value === '..')) return [`may not be '${value}'`];
  return ['/', '%'].filter((part) => value.includes(part)).map((part) => `may not contain '${part}'`);
}

/** Problems with a label key, finalizer or other qualified name. */
export function qualifiedName(value: string): string[] {
  const parts = value.split('/');
  const pattern = regexError(labelText, labelKey, 'MyName', 'my.name', '123-abc');
  if (parts.length > 2) {
    return [`a valid label key ${pattern} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const out: string[] = [];
  const name = parts.at(-1) ?? '';
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    if (prefix === '') out.push('prefix part must be non-empty');
    else
      out.push(
        ...dns1123Subdomain(prefix).map((problem) => `prefix part ${problem.replace(/ characters$/, ' bytes')}`),
      );
  }
  if (name === '') out.push('name part must be non-empty');
  else if (bytes(name) > 63) out.push(`name part ${tooLong(63)}`);
  if (!isLabelKeyShape(name)) out.push(`name part ${pattern}`);
  return out;
}

/** Problems with a label value. */
export function labelValue(value: string): string[] {
  const out: string[] = [];
  if (bytes(value) > 63) out.push(tooLong(63));
  if (value !== '' && !isLabelKeyShape(value)) {
    const message = `a valid label must be an empty string or consist of ${labelText.slice('must consist of '.length)}`;
    out.push(regexError(message, `(${labelKey})?`, 'MyValue', 'my_value', '12345'));
  }
  return out;
}

function isLabelKeyShape(value: string): boolean {
  if (linearKey.test(value)) return true;
  return /^[-A-Za-z0-9_.]+$/.test(value) && /^[A-Za-z0-9]/.test(value) && /[A-Za-z0-9]$/.test(value);
}

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** A name of `prefix` and five random characters, cut so that it fits 63. `random` gives numbers in [0, 1). */
export function generateName(prefix: string, random: () => number): string {
  let suffix = '';
  for (let i = 0; i < 5; i++) suffix += alphabet[Math.floor(random() * alphabet.length)];
  return prefix.slice(0, 58) + suffix;
}

/** A prefix for generateName may end in a dash that the whole name will not have. */
export function maskTrailingDash(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}
