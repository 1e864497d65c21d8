/** /openapi/v2 and /openapi/v3: made when asked for, kept until the served resources change. */

import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Resources } from '../registry/resources.ts';
import type { Exchange } from '../request/exchange.ts';
import { parseAccept } from '../request/negotiate.ts';
import { type Response, sendBytes, sendText } from '../request/response.ts';
import type { BuiltinSchemas } from '../types.ts';
import { otherPaths } from './documentPaths.ts';
import { swaggerDocument } from './v2.ts';
import { encodeSwagger, swaggerProtobuf, swaggerProtobufNames } from './v2proto.ts';
import { otherDocument, versionDocument } from './v3.ts';

interface Made {
  readonly text: string;
  readonly hash: string;
}

/** Serves the OpenAPI documents. */
export class OpenApi {
  private readonly resources: Resources;
  private readonly schemas: BuiltinSchemas;
  /** By path below /openapi/v3; '' is the Swagger 2 document. */
  private readonly made = new Map<string, Made>();
  private readonly hashes = new Map<string, string>();
  private protobuf: Buffer | undefined;
  private generation = -1;

  constructor(resources: Resources, schemas: BuiltinSchemas) {
    this.resources = resources;
    this.schemas = schemas;
  }

  /** Answers any path below /openapi. */
  handle(exchange: Exchange, path: string): void {
    if (this.generation !== this.resources.generation) {
      this.made.clear();
      this.hashes.clear();
      this.protobuf = undefined;
      this.generation = this.resources.generation;
    }
    if (path === '/openapi/v3') {
      this.index(exchange);
      return;
    }
    const name = path.slice('/openapi/v3/'.length);
    const made = path === '/openapi/v2' ? this.swagger() : name === '' ? undefined : this.document(name);
    const { request, response, info } = exchange;
    if (made === undefined) {
      response.statusCode = 404;
      response.setHeader('Cache-Control', 'no-cache, private');
      response.end();
      return;
    }
    if (!takes(request.headers.accept)) {
      response.statusCode = 406;
      response.setHeader('Cache-Control', 'no-cache, private');
      response.setHeader('Vary', path === '/openapi/v2' ? 'Accept-Encoding, Accept' : 'Accept');
      response.end();
      return;
    }
    const asked = info.query.get('hash');
    if (asked !== null && path !== '/openapi/v2') {
      if (asked !== made.hash) {
        response.statusCode = 301;
        response.setHeader('Location', `${path}?hash=${made.hash}`);
        response.setHeader('Vary', 'Accept');
        response.setHeader('Etag', `"${made.hash}"`);
        response.setHeader('Content-Type', 'application/json');
        response.setHeader('Cache-Control', 'no-cache, private');
        response.end();
        return;
      }
    }
    const tag = `"${made.hash}"`;
    response.setHeader('Etag', tag);
    response.setHeader('Vary', path === '/openapi/v2' ? 'Accept-Encoding, Accept' : 'Accept');
    dated(response);
    const since = Date.parse(request.headers['if-modified-since'] ?? '');
    if (since >= started || request.headers['if-none-match'] === tag || request.headers['if-none-match'] === '*') {
      response.removeHeader('Accept-Ranges');
      response.removeHeader('Last-Modified');
      response.setHeader('Cache-Control', 'no-cache, private');
      response.statusCode = 304;
      response.end();
      return;
    }
    if (path === '/openapi/v2' && wantsProtobuf(request.headers.accept)) {
      this.protobuf ??= encodeSwagger(JSON.parse(made.text));
      sendBytes(request, response, 200, this.protobuf, swaggerProtobuf, undefined, acceptsGzip(request.headers));
      return;
    }
    const query = new URLSearchParams([['pretty', 'false'], ...info.query]);
    // The documents of single versions are small enough to go as they are, whatever the client takes.
    const compressed = path === '/openapi/v2' && acceptsGzip(request.headers);
    sendText(request, response, 200, made.text, query, undefined, undefined, compressed);
  }

  private swagger(): Made {
    const known = this.made.get('');
    if (known !== undefined) return known;
    const text = JSON.stringify(swaggerDocument(this.resources.all(), this.schemas));
    const made = { text, hash: createHash('sha256').update(text).digest('hex').toUpperCase() };
    this.made.set('', made);
    return made;
  }

  private index({ request, response }: Exchange): void {
    dated(response);
    const paths: { [path: string]: { serverRelativeURL: string } } = {};
    for (const path of this.paths()) {
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${this.hashOf(path)}` };
    }
    sendText(
      request,
      response,
      200,
      JSON.stringify({ paths }),
      new URLSearchParams('pretty=false'),
      'text/plain; charset=utf-8',
    );
  }

  private paths(): string[] {
    const out = new Set<string>(otherPaths.keys());
    for (const group of this.groups()) out.add(`apis/${group}`);
    for (const { group, version } of this.resources.all())
      out.add(group === '' ? `api/${version}` : `apis/${group}/${version}`);
    return [...out].sort();
  }

  /** The builtin groups that have a document of their own. */
  private groups(): Set<string> {
    const builtin = this.resources.all().filter((item) => !item.custom && item.group !== '');
    return new Set(builtin.map((item) => item.group));
  }

  private document(path: string): Made | undefined {
    const known = this.made.get(path);
    if (known !== undefined) return known;
    const definitions = this.resources
      .all()
      .filter(({ group, version }) => path === (group === '' ? `api/${version}` : `apis/${group}/${version}`));
    const document =
      definitions.length > 0
        ? versionDocument(definitions, this.schemas)
        : otherDocument(path, this.groups(), this.schemas);
    if (document === undefined) return undefined;
    const text = JSON.stringify(document);
    const made = { text, hash: this.hashOf(path) };
    this.made.set(path, made);
    return made;
  }

  /** Names the state of what a document describes, so that the list of documents need not make them. */
  private hashOf(path: string): string {
    const known = this.hashes.get(path);
    if (known !== undefined) return known;
    const of = ({ group, version }: { group: string; version: string }): string =>
      group === '' ? `api/${version}` : `apis/${group}/${version}`;
    const custom = this.resources
      .all()
      .filter((item) => item.custom && of(item) === path)
      .map((item) => [item.plural, item.kind, item.openApiSchema(), item.subresources, item.shortNames]);
    const hash = createHash('sha512')
      .update(JSON.stringify([path, custom]))
      .digest('hex')
      .toUpperCase();
    this.hashes.set(path, hash);
    return hash;
  }
}

/** The documents are as old as the process. */
const started = Math.floor(Date.now() / 1000) * 1000;

function dated(response: Response): void {
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Last-Modified', new Date(started).toUTCString());
}

/** Whether a client takes any form that the documents have. */
function takes(accept: string | undefined): boolean {
  if (accept === undefined || accept === '') return true;
  const known = ['application/json', 'application/*', '*/*', ...swaggerProtobufNames, ...documentProtobufNames];
  return parseAccept(accept).some(({ type }) => known.includes(type));
}

/** What clients of OpenAPI v3 ask for first; they get JSON. */
const documentProtobufNames = [
  'application/com.github.proto-openapi.spec.v3@v1.0+protobuf',
  'application/com.github.proto-openapi.spec.v3.v1.0+protobuf',
];

/** Whether the first known type that the client takes is protobuf. */
function wantsProtobuf(accept: string | undefined): boolean {
  for (const { type } of parseAccept(accept ?? '')) {
    if (swaggerProtobufNames.includes(type)) return true;
    if (type === 'application/json' || type === '*/*') return false;
  }
  return false;
}

/** Whether a client takes gzip, by Accept-Encoding in any case and with any quality but none. */
function acceptsGzip({ 'accept-encoding': header }: IncomingHttpHeaders): boolean {
  const parts = (Array.isArray(header) ? header.join(',') : (header ?? '')).toLowerCase().split(',');
  return parts.some((part) => {
    const [coding = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
    return coding === 'gzip' && Number(quality) > 0;
  });
}
