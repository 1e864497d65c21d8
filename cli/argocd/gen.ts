import { stringify } from 'yaml';
import type { InstallOptions } from '../../argocd/configMaps.ts';
import { configMaps, fluxHealthChecks } from '../../argocd/configMaps.ts';
import { linkToRuns } from '../../argocd/links.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';

export interface GenOptions {
  readonly namespace: string;
  readonly trackingMethod?: InstallOptions['trackingMethod'];
  readonly instanceLabelKey?: string;
  readonly link?: readonly string[];
  readonly for: 'argocd' | 'flux';
}

const LABEL = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** `kubechain argocd gen`: ConfigMaps for Argo CD, or health checks for Flux. */
export function gen(options: GenOptions, io: Io): number {
  const { instanceLabelKey } = options;
  if (instanceLabelKey !== undefined && !LABEL.test(instanceLabelKey)) {
    throw new CliError(
      `--instance-label-key "${instanceLabelKey}": is no label; one looks like argocd.argoproj.io/instance`,
      {
        exitCode: EXIT.usage,
      },
    );
  }
  const documents =
    options.for === 'flux'
      ? [{ healthCheckExprs: fluxHealthChecks() }]
      : configMaps({
          namespace: options.namespace,
          ...(options.trackingMethod === undefined ? {} : { trackingMethod: options.trackingMethod }),
          ...(instanceLabelKey === undefined ? {} : { instanceLabelKey }),
          links: (options.link ?? []).map(parseLink),
        });
  io.out.write(
    documents.map((document) => stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n'),
  );
  return EXIT.ok;
}

function parseLink(text: string) {
  const link = linkToRuns(text);
  if (link !== undefined) return link;
  throw new CliError(
    `--link "${text}": is not TITLE=URL with a URL of http or https, such as Trace=https://tempo.example/{{.resource.metadata.uid}}`,
    {
      exitCode: EXIT.usage,
    },
  );
}
