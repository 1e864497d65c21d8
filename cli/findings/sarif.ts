import { version } from '../version.ts';
import type { Finding, Report, Undecided } from './model.ts';
import { sentenceOf, undecidedText } from './model.ts';

const LEVELS = { error: 'error', warning: 'warning', notice: 'note' } as const;
/** What GitHub's code scanning sorts by: https://docs.github.com/code-security/reference/code-scanning/sarif-support-for-code-scanning */
const SECURITY_SEVERITY = { info: '0.0', low: '3.0', medium: '5.5', high: '8.0', critical: '9.5' } as const;

/** SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export function asSarif({ command, findings, undecided = [] }: Report): string {
  const rules = new Map<string, Finding>();
  for (const finding of findings) if (!rules.has(finding.rule)) rules.set(finding.rule, finding);
  const ids = [...rules.keys()];
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'kubechain',
            version: version(),
            semanticVersion: version(),
            rules: [...rules].map(([id, { severity, docs, level }]) => ({
              id,
              shortDescription: { text: `${command}: ${id}` },
              defaultConfiguration: { level: LEVELS[level] },
              ...(docs === undefined ? {} : { helpUri: asUri(docs) }),
              properties: { 'security-severity': SECURITY_SEVERITY[severity], tags: ['policy'] },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        ...(undecided.length === 0 ? {} : { invocations: [invocationOf(undecided)] }),
        results: findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: ids.indexOf(finding.rule),
          level: LEVELS[finding.level],
          message: { text: sentenceOf(finding) },
          locations: [
            {
              ...(finding.file === '' || finding.file === '-'
                ? {}
                : {
                    physicalLocation: {
                      artifactLocation: { uri: fileReference(finding.file) },
                      region: { startLine: finding.line, startColumn: finding.column },
                    },
                  }),
              ...(finding.object === ''
                ? {}
                : {
                    logicalLocations: [{ fullyQualifiedName: `${finding.object}${finding.pointer}`, kind: 'object' }],
                  }),
            },
          ],
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const invocationOf = (undecided: readonly Undecided[]) => ({
  executionSuccessful: true,
  toolExecutionNotifications: undecided.map((each) => ({ level: 'note', message: { text: undecidedText(each) } })),
});

/** What RFC 3986 lets stand in a path; all else is percent-encoded. A colon in a relative path could be read as the end of a scheme. */
const fileReference = (file: string): string =>
  file.toWellFormed().replace(/[^A-Za-z0-9\-._~!$&'()*+,;=@/]/gu, encodeURIComponent);

/** An address as people write them, as an address of RFC 3986. */
const asUri = (address: string): string =>
  address
    .toWellFormed()
    .replace(/%(?![0-9A-Fa-f]{2})/g, '%25')
    .replace(/[^A-Za-z0-9\-._~!$&'()*+,;=@/:?#%]/gu, encodeURIComponent);
