import { stringify } from 'yaml';
import { GROUP, KINDS } from '../../api/index.ts';
import { actionScripts } from '../../argocd/actions.ts';
import { rulesOf } from '../../argocd/configMaps.ts';
import { healthLua } from '../../argocd/health/lua.ts';
import { actionsByLua, healthByLua, runActionLua } from '../../argocd/lua/customizations.ts';
import type { Json } from '../../argocd/lua/vm.ts';
import { LuaError } from '../../argocd/lua/vm.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { closestTo } from '../manifests/closest.ts';
import type { Manifest } from '../manifests/load.ts';
import { readManifests } from '../manifests/load.ts';
import { escapeJson, escapeLine } from '../terminal/escape.ts';

/** `kubechain argocd health PATH…`: 1 where there is no object of ours. */
export async function health(
  paths: readonly string[],
  options: { readonly output: 'text' | 'json' },
  io: Io,
): Promise<number> {
  const found = await ourObjects(paths, io);
  const shown = found.map((manifest) => ({
    kind: manifest.object.kind,
    name: nameOf(manifest.object),
    ...asked(manifest, (object) => healthByLua(healthLua(rulesOf(manifest.object.kind)), object)),
  }));
  if (options.output === 'json') io.out.write(`${escapeJson(JSON.stringify(shown, null, 2))}\n`);
  else {
    for (const { kind, name, status, message } of shown) {
      io.out.write(`${escapeLine(`${kind} ${name}: ${status}: ${message}`)}\n`);
    }
  }
  return EXIT.ok;
}

/** `kubechain argocd actions FILE [ACTION]`: lists what can be done, or prints what an action makes. */
export async function actions(
  file: string,
  action: string | undefined,
  options: { readonly param?: readonly string[] },
  io: Io,
): Promise<number> {
  const [manifest, ...more] = await ourObjects([file], io);
  if (more.length > 0) throw new CliError(`${file} has ${more.length + 1} objects; an action is about one`);
  const { object } = manifest;
  const scripts = actionScripts(object.kind);
  const offered = scripts === undefined ? [] : asked(manifest, (json) => actionsByLua(scripts.discovery, json));
  if (action === undefined) {
    for (const { name, disabled, params } of offered) {
      io.out.write(`${name}${params.map((param) => ` [${param}]`).join('')}${disabled ? ' (disabled)' : ''}\n`);
    }
    if (offered.length === 0) io.err.write(`there are no actions on kind ${object.kind}\n`);
    return EXIT.ok;
  }
  const script = scripts?.actions.get(action);
  const known = offered.find(({ name }) => name === action);
  if (script === undefined || known === undefined) {
    const names = offered.map(({ name }) => name).join(', ');
    throw new CliError(`kind ${object.kind} has no action "${action}"${names === '' ? '' : `; it has ${names}`}`);
  }
  if (known.disabled)
    throw new CliError(`action "${action}" is disabled for ${object.kind} ${nameOf(object)}, as it is now`);
  try {
    const impacts = runActionLua(script, asJson(object), parameters(options.param ?? []));
    io.out.write(
      impacts
        .map(({ operation, resource }) => `# ${operation}\n${stringify(resource, { lineWidth: 0 })}`)
        .join('---\n'),
    );
  } catch (error) {
    if (error instanceof LuaError) throw new CliError(`action "${action}": ${error.message}`, { cause: error });
    throw error;
  }
  return EXIT.ok;
}

function parameters(all: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    all.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new CliError(`--param "${text}": is not NAME=VALUE`, { exitCode: EXIT.usage });
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

/** The objects of kinds of ours; throws where there is none. */
async function ourObjects(paths: readonly string[], io: Io): Promise<[Manifest, ...Manifest[]]> {
  const grouped = (await readManifests(paths, io)).filter(({ object }) => object.apiVersion.startsWith(`${GROUP}/`));
  const [first, ...more] = grouped.filter(({ object }) => kinds.includes(object.kind));
  if (first !== undefined) return [first, ...more];
  const [stranger] = grouped;
  if (stranger === undefined) throw new CliError(`there is no object of ${GROUP} in ${paths.join(', ')}`);
  const near = closestTo(stranger.object.kind, kinds);
  const hint = near === undefined ? `; kinds are ${kinds.join(', ')}` : `; is ${near} meant?`;
  throw new CliError(
    `${placeOf(stranger, 'kind')}: ${JSON.stringify(stranger.object.kind)} is no kind of ${GROUP}${hint}`,
  );
}

const kinds = KINDS.map(({ kind }) => kind);

const placeOf = (manifest: Manifest, field: string): string => {
  const { line, column } = manifest.position(field);
  return `${manifest.file}:${line}:${column}`;
};

/** What a script says of an object. Of an object that is none that an API server would have kept, it may fail, as it does in Argo CD. */
function asked<T>(manifest: Manifest, ask: (object: { readonly [field: string]: Json }) => T): T {
  try {
    return ask(asJson(manifest.object));
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    const { object } = manifest;
    throw new CliError(
      `${placeOf(manifest, 'status')}: the script fails on ${object.kind} ${nameOf(object)}: ${error.message}; fix: give it an object as \`kubectl get -o yaml\` prints it`,
      { cause: error },
    );
  }
}

const nameOf = ({ metadata }: Manifest['object']): string =>
  [metadata.namespace, metadata.name].filter((part) => typeof part === 'string').join('/');

/** What YAML made is data; dates and the like it leaves as text. */
const asJson = (object: Manifest['object']): { readonly [field: string]: Json } => JSON.parse(JSON.stringify(object));
