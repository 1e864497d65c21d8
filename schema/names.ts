import { utf8Length } from './gofmt.ts';
import { compileRegExp } from './regex.ts';

/**
 * What names must look like, with the messages of k8s.io/apimachinery's `validation` package. Each check returns what
 * is wrong with the name, an empty list when nothing is.
 */
type NameCheck = (name: string) => string[];

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;

const whole = (pattern: string) => compileRegExp(`^${pattern}$`);
const isLabel = whole(LABEL);
const isLabel1035 = whole(LABEL_1035);
const isSubdomain = whole(SUBDOMAIN);
const isQualified = whole(QUALIFIED);
const isLabelValue = whole(LABEL_VALUE);

function tooLong(limit: number): string {
  return `must be no more than ${limit} bytes`;
}

function mismatch(rule: string, pattern: string, ...examples: string[]): string {
  const samples = examples.map((example) => `'${example}', `).join(' or ');
  return `${rule} (e.g. ${samples}regex used for validation is '${pattern}')`;
}

const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const LABEL_1035_RULE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
const QUALIFIED_RULE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const LABEL_VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/** A DNS label (RFC 1123). */
export const dns1123Label: NameCheck = (name) => {
  const problems: string[] = [];
  if (utf8Length(name) > 63) problems.push(tooLong(63));
  if (!isLabel.test(name)) {
    problems.push(isSubdomain.test(name) ? 'must not contain dots' : mismatch(LABEL_RULE, LABEL, 'my-name', '123-abc'));
  }
  return problems;
};

/** A DNS subdomain (RFC 1123). */
export const dns1123Subdomain: NameCheck = (name) => {
  const problems: string[] = [];
  if (utf8Length(name) > 253) problems.push(tooLong(253));
  if (!isSubdomain.test(name)) problems.push(mismatch(SUBDOMAIN_RULE, SUBDOMAIN, 'example.com'));
  return problems;
};

/** A DNS label (RFC 1035): it starts with a letter. */
export const dns1035Label: NameCheck = (name) => {
  const problems: string[] = [];
  if (utf8Length(name) > 63) problems.push(tooLong(63));
  if (!isLabel1035.test(name)) problems.push(mismatch(LABEL_1035_RULE, LABEL_1035, 'my-name', 'abc-123'));
  return problems;
};

/** `[prefix/]name`, as keys of labels and annotations are. */
export const qualifiedName: NameCheck = (text) => {
  const parts = text.split('/');
  const examples = ['MyName', 'my.name', '123-abc'];
  if (parts.length > 2) {
    const rule = mismatch(QUALIFIED_RULE, QUALIFIED, ...examples);
    return [`a valid label key ${rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const problems: string[] = [];
  const name = parts.pop() ?? '';
  const prefix = parts[0];
  if (prefix === '') problems.push('prefix part must be non-empty');
  else if (prefix !== undefined) problems.push(...dns1123Subdomain(prefix).map((problem) => `prefix part ${problem}`));
  if (name === '') problems.push('name part must be non-empty');
  else if (utf8Length(name) > 63) problems.push(`name part ${tooLong(63)}`);
  if (!isQualified.test(name)) problems.push(`name part ${mismatch(QUALIFIED_RULE, QUALIFIED, ...examples)}`);
  return problems;
};

/** The value of a label. */
export const labelValue: NameCheck = (value) => {
  const problems: string[] = [];
  if (utf8Length(value) > 63) problems.push(tooLong(63));
  if (!isLabelValue.test(value)) problems.push(mismatch(LABEL_VALUE_RULE, LABEL_VALUE, 'MyValue', 'my_value', '12345'));
  return problems;
};

/** What can stand as one segment of a request path. */
export function pathSegment(name: string, isPrefix: boolean): string[] {
  if (!isPrefix && (name === '.' || name === '..')) return [`may not be '${name}'`];
  return ['/', '%'].filter((char) => name.includes(char)).map((char) => `may not contain '${char}'`);
}

/** The name with a trailing dash taken for the start of something: prefixes of generated names may end so. */
export function maskTrailingDash(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}
