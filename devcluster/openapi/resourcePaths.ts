/** What a resource and its subresources can do, as operations of their paths. */
import type { ResourceDefinition, SubresourceDefinition } from '../types.ts';
import {
  capital,
  groupName,
  item,
  json,
  meta,
  type Operation,
  type PathItem,
  protobuf,
  tagOf,
  unauthorized,
  yaml,
} from './operations.ts';
import { connection, nameParameter, namespaceParameter, queries } from './parameters.ts';

const status = `${meta}.Status`;
const patches = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

/** What all operations of a resource have in common. */
class Installer {
  private readonly definition: ResourceDefinition;
  private readonly root: string;
  private readonly stem: string;
  private readonly paths: Map<string, PathItem>;

  constructor(definition: ResourceDefinition, paths: Map<string, PathItem>) {
    const { group, version } = definition;
    this.definition = definition;
    this.paths = paths;
    this.root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    this.stem = groupName(group) + capital(version);
  }

  install(): void {
    const { definition, root } = this;
    const { plural, namespaced, subresources, custom } = definition;
    const has = (verb: string): boolean => (definition.verbs as readonly string[]).includes(verb);
    const place = namespaced ? '/namespaces/{namespace}' : '';
    const scope = namespaced ? 'Namespaced' : '';
    const base = `${root}${place}/${plural}`;
    const one = [
      ...(has('get') ? [this.get()] : []),
      ...(has('update') ? [this.replace()] : []),
      ...(has('delete') ? [this.remove()] : []),
      ...(has('patch') ? [this.patch()] : []),
    ];
    const many = [
      ...(has('list') ? [this.list('')] : []),
      ...(has('create') ? [this.create()] : []),
      ...(has('deletecollection') ? [this.removeAll()] : []),
    ];
    this.add(base, many);
    this.add(`${base}/{name}`, one);
    for (const sub of subresources) this.subresource(`${base}/{name}`, sub);
    if (namespaced && has('list')) this.add(`${root}/${plural}`, [this.list('ForAllNamespaces')]);
    if (custom || !has('watch')) return;
    this.add(`${root}/watch${place}/${plural}`, [this.watch(`${scope}${definition.kind}List`, true)]);
    this.add(`${root}/watch${place}/${plural}/{name}`, [this.watch(`${scope}${definition.kind}`, false)]);
    if (namespaced) this.add(`${root}/watch/${plural}`, [this.watch(`${definition.kind}ListForAllNamespaces`, true)]);
  }

  private add(path: string, operations: readonly Operation[]): void {
    if (operations.length > 0) this.paths.set(path, item(operations));
  }

  private get types(): Pick<Operation, 'consumes' | 'produces'> {
    if (this.definition.custom) return { consumes: [json, yaml], produces: [json, yaml] };
    return { consumes: ['*/*'], produces: [json, yaml, protobuf] };
  }

  private get streams(): Pick<Operation, 'consumes' | 'produces'> {
    const { consumes, produces } = this.types;
    if (this.definition.custom) return { consumes, produces };
    return { consumes, produces: [...produces, `${json};stream=watch`, `${protobuf};stream=watch`] };
  }

  private operation(
    method: string,
    action: string,
    verb: string,
    more: Pick<Operation, 'description' | 'parameters' | 'responses'> & Partial<Operation>,
    name = `${this.definition.namespaced ? 'Namespaced' : ''}${this.definition.kind}`,
  ): Operation {
    const { group, version, kind, namespaced } = this.definition;
    const everywhere = name.endsWith('ForAllNamespaces');
    return {
      method,
      id: `${verb}${this.stem}${name}`,
      tag: tagOf(group, version),
      action,
      kind: { group, version, kind },
      ...this.types,
      ...more,
      parameters: [
        ...more.parameters,
        ...(action === 'connect' ? [] : queries.pretty()),
        ...(namespaced && !everywhere ? namespaceParameter() : []),
      ],
    };
  }

  private ok(schema: string, ...more: readonly ('Created' | 'Accepted')[]): Operation['responses'] {
    return {
      200: ['OK', schema],
      ...(more.includes('Created') ? { 201: ['Created', schema] } : {}),
      ...(more.includes('Accepted') ? { 202: ['Accepted', schema] } : {}),
      ...unauthorized,
    };
  }

  private get(): Operation {
    const { kind, openApiName, custom } = this.definition;
    return this.operation('get', 'get', 'read', {
      description: `read the specified ${kind}`,
      parameters: [nameParameter(kind), ...(custom ? queries.version() : [])],
      responses: this.ok(openApiName),
    });
  }

  private replace(): Operation {
    const { kind, openApiName } = this.definition;
    return this.operation('put', 'put', 'replace', {
      description: `replace the specified ${kind}`,
      parameters: [nameParameter(kind), ...queries.write()],
      body: { schema: openApiName, required: true },
      responses: this.ok(openApiName, 'Created'),
    });
  }

  private patch(): Operation {
    const { kind, openApiName, custom } = this.definition;
    return this.operation('patch', 'patch', 'patch', {
      description: `partially update the specified ${kind}`,
      parameters: [nameParameter(kind), ...queries.patch()],
      body: { schema: `${meta}.Patch`, required: true },
      consumes: this.patchTypes,
      responses: custom ? this.ok(openApiName) : this.ok(openApiName, 'Created'),
    });
  }

  private get patchTypes(): readonly string[] {
    return this.definition.custom ? patches.filter((type) => !type.includes('strategic')) : patches;
  }

  private remove(): Operation {
    const { kind, openApiName, deleteReturnsObject } = this.definition;
    return this.operation('delete', 'delete', 'delete', {
      description: `delete ${noun(kind)}`,
      parameters: [nameParameter(kind), ...queries.delete()],
      body: { schema: `${meta}.DeleteOptions`, required: false },
      responses: this.ok(deleteReturnsObject === true ? openApiName : status, 'Accepted'),
    });
  }

  private list(where: string): Operation {
    const { kind, openApiName, custom, namespaced, verbs } = this.definition;
    const scope = namespaced && where === '' ? 'Namespaced' : '';
    return this.operation(
      'get',
      'list',
      'list',
      {
        description: `list ${verbs.includes('watch') && !custom ? 'or watch ' : ''}objects of kind ${kind}`,
        parameters: queries.list(),
        responses: this.ok(`${openApiName}List`),
        ...this.streams,
      },
      `${scope}${kind}${where}`,
    );
  }

  private create(): Operation {
    const { kind, openApiName } = this.definition;
    return this.operation('post', 'post', 'create', {
      description: `create ${noun(kind)}`,
      parameters: queries.write(),
      body: { schema: openApiName, required: true },
      responses: this.ok(openApiName, 'Created', 'Accepted'),
    });
  }

  private removeAll(): Operation {
    const { kind, namespaced, custom } = this.definition;
    return this.operation(
      'delete',
      'deletecollection',
      'delete',
      {
        description: `delete collection of ${kind}`,
        parameters: custom ? queries.list() : queries.deletecollection(),
        ...(custom ? {} : { body: { schema: `${meta}.DeleteOptions`, required: false } }),
        responses: this.ok(status),
      },
      `Collection${namespaced ? 'Namespaced' : ''}${kind}`,
    );
  }

  private watch(name: string, many: boolean): Operation {
    const { kind } = this.definition;
    const instead = "deprecated: use the 'watch' parameter with a list operation instead";
    return this.operation(
      'get',
      many ? 'watchlist' : 'watch',
      'watch',
      {
        description: many
          ? `watch individual changes to a list of ${kind}. ${instead}.`
          : `watch changes to an object of kind ${kind}. ${instead}, filtered to a single item with the 'fieldSelector' parameter.`,
        parameters: [...queries.list(), ...(many ? [] : [nameParameter(kind)])],
        responses: this.ok(`${meta}.WatchEvent`),
        ...this.streams,
      },
      name,
    );
  }

  private subresource(base: string, sub: SubresourceDefinition): void {
    const { definition } = this;
    const { group, version, kind, openApiName, custom, namespaced } = definition;
    const suffix = capital(sub.name);
    const name = `${namespaced ? 'Namespaced' : ''}${kind}${suffix}`;
    if (sub.kind?.endsWith('Options') === true) {
      this.connect(`${base}/${sub.name}`, sub, name, false);
      if (sub.name === 'proxy') this.connect(`${base}/${sub.name}/{path}`, sub, `${name}WithPath`, true);
      return;
    }
    const own = sub.kind !== undefined && !(custom && sub.name !== 'scale');
    const schema = !own ? openApiName : schemaOf(sub, openApiName);
    const of =
      own && !custom
        ? { group: sub.group ?? group, version: sub.version ?? version, kind: sub.kind ?? kind }
        : { group, version, kind };
    const named = nameParameter(of.kind);
    const operations: Operation[] = [];
    const push = (
      verb: string,
      method: string,
      prefix: string,
      more: Pick<Operation, 'description' | 'parameters' | 'responses'> & Partial<Operation>,
    ): void => {
      if ((sub.verbs as readonly string[]).includes(verb))
        operations.push(
          this.operation(method, method, prefix, { kind: of, ...more, parameters: [named, ...more.parameters] }, name),
        );
    };
    if (sub.name === 'log')
      push('get', 'get', 'read', {
        description: `read log of the specified ${kind}`,
        parameters: connection('PodLogOptions', false).filter((parameter) => parameter.name !== 'pretty'),
        responses: this.ok('string'),
        produces: ['text/plain', json, yaml, protobuf],
      });
    else
      push('get', 'get', 'read', {
        description: `read ${sub.name} of the specified ${kind}`,
        parameters: custom ? queries.version() : [],
        responses: this.ok(schema),
      });
    push('update', 'put', 'replace', {
      description: `replace ${sub.name} of the specified ${kind}`,
      parameters: queries.write(),
      body: { schema, required: true },
      responses: this.ok(schema, 'Created'),
    });
    push('create', 'post', 'create', {
      description: `create ${sub.name} of ${noun(kind)}`,
      parameters: queries.write(),
      body: { schema, required: true },
      responses: this.ok(schema, 'Created', 'Accepted'),
    });
    push('patch', 'patch', 'patch', {
      description: `partially update ${sub.name} of the specified ${kind}`,
      parameters: queries.patch(),
      body: { schema: `${meta}.Patch`, required: true },
      consumes: this.patchTypes,
      responses: custom ? this.ok(schema) : this.ok(schema, 'Created'),
    });
    this.add(`${base}/${sub.name}`, operations);
  }

  private connect(path: string, sub: SubresourceDefinition, name: string, hasPath: boolean): void {
    const { group, version, kind } = this.definition;
    const options = sub.kind ?? '';
    const methods =
      sub.name === 'proxy' ? ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] : ['get', 'post'];
    this.add(
      path,
      methods.map((method) =>
        this.operation(
          method,
          'connect',
          'connect',
          {
            description: `connect ${method.toUpperCase()} requests to ${sub.name} of ${kind}`,
            id: `connect${this.stem}${capital(method)}${name}`,
            parameters: [nameParameter(options), ...connection(options, hasPath)],
            responses: this.ok('string'),
            kind: { group, version, kind: options },
            consumes: ['*/*'],
            produces: ['*/*'],
          },
          name,
        ),
      ),
    );
  }
}

/** A kind with its article, by the letter and not by the sound; plurals have none. */
function noun(kind: string): string {
  if (/[^s]s$/.test(kind)) return kind;
  return `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

/** The schema of a subresource's own kind. */
function schemaOf(sub: SubresourceDefinition, openApiName: string): string {
  if (sub.group === undefined || sub.group === '') return openApiName.replace(/\.\w+$/, `.${sub.kind ?? ''}`);
  return `io.k8s.api.${sub.group.split('.')[0] ?? ''}.${sub.version ?? ''}.${sub.kind ?? ''}`;
}

/** The paths of resources. */
export function resourcePaths(definitions: readonly ResourceDefinition[]): Map<string, PathItem> {
  const paths = new Map<string, PathItem>();
  for (const definition of definitions) new Installer(definition, paths).install();
  return paths;
}
