import { cannotUnmarshal } from '../../../schema/gojson.ts';
import type { Logger } from '../../logger.ts';
import { copyJson, equalJson, isObject } from '../../registry/copy.ts';
import { decodeTyped } from '../../registry/decode.ts';
import { jsonPatch, patchProblem } from '../../registry/jsonpatch.ts';
import { JsonSyntaxError, parseJson } from '../../request/json.ts';
import { internal, StatusError } from '../../request/status.ts';
import { writePath } from '../../request/subresource.ts';
import { DecodeError, type KubeObject, type ResourceDefinition } from '../../types.ts';
import type { AdmissionAttributes, AdmissionPlugin, Reinvocation } from '../chain.ts';
import { convertObject, type Invocation, isAdmissionConfiguration } from '../kinds.ts';
import type { ConfigurationSource } from '../source.ts';
import { type Caller, CallingError, callWebhook, denial, invocationOf } from './call.ts';
import type { Webhook } from './config.ts';
import type { ReviewResponse } from './review.ts';
import { refusalOf } from './validating.ts';

/** What the webhooks of a request remember between its two rounds. */
interface Memory {
  /** Webhooks with reinvocationPolicy IfNeeded that have run since the object last changed. */
  invoked: Set<string>;
  /** Those that are to run once more. */
  readonly again: Set<string>;
  /** What the last round left. */
  output: KubeObject | undefined;
}

const stateKey = 'MutatingAdmissionWebhook';

/** Asks the webhooks of MutatingWebhookConfigurations that match, one after the other, and applies their patches. */
export function mutatingWebhooks(
  caller: () => Caller,
  source: ConfigurationSource<Webhook>,
  logger: Logger,
): AdmissionPlugin {
  return {
    name: 'MutatingAdmissionWebhook',
    handles: (attributes) => source.current().length > 0 && !isAdmissionConfiguration(attributes),
    mutate: (attributes, reinvocation) => {
      const hooks = source.current();
      const with_ = caller();
      const first = nextCall(with_, hooks, 0, attributes, reinvocation);
      if (first === undefined) return undefined;
      return run(with_, hooks, first, attributes, reinvocation, logger);
    },
  };
}

interface NextCall {
  readonly index: number;
  readonly hook: Webhook;
  readonly invocation: Invocation;
}

function nextCall(
  caller: Caller,
  hooks: readonly Webhook[],
  from: number,
  attributes: AdmissionAttributes,
  reinvocation: Reinvocation,
): NextCall | undefined {
  for (let index = from; index < hooks.length; index++) {
    const hook = hooks[index] as Webhook;
    const invocation = invocationOf(caller, hook, attributes);
    if (invocation === undefined) continue;
    // The second round is for those alone that were asked in the first.
    if (reinvocation.round > 0 && !memoryOf(reinvocation, attributes).again.has(hook.id)) continue;
    return { index, hook, invocation };
  }
  return undefined;
}

function memoryOf(reinvocation: Reinvocation, attributes: AdmissionAttributes): Memory {
  let memory = reinvocation.state.get(stateKey) as Memory | undefined;
  if (memory === undefined) {
    memory = { invoked: new Set(), again: new Set(), output: undefined };
    reinvocation.state.set(stateKey, memory);
  }
  // Other plugins have changed the object since: all who can be asked again are.
  if (reinvocation.round > 0 && memory.output !== undefined) {
    if (!equalJson(memory.output, attributes.object)) requireAgain(memory);
    memory.output = undefined;
  }
  return memory;
}

function requireAgain(memory: Memory): void {
  for (const id of memory.invoked) memory.again.add(id);
  memory.invoked = new Set();
}

async function run(
  caller: Caller,
  hooks: readonly Webhook[],
  first: NextCall,
  attributes: AdmissionAttributes,
  reinvocation: Reinvocation,
  logger: Logger,
): Promise<KubeObject | undefined> {
  const memory = memoryOf(reinvocation, attributes);
  let current = attributes;
  let call: NextCall | undefined = first;
  while (call !== undefined) {
    const { hook, invocation, index }: NextCall = call;
    const patched = await ask(caller, hook, invocation, logger);
    if (patched !== undefined) {
      const object = fromVersion(patched, invocation.definition, attributes.definition);
      if (!equalJson(object, current.object)) {
        requireAgain(memory);
        reinvocation.request();
      }
      current = { ...current, object };
    }
    if (hook.reinvocationPolicy === 'IfNeeded') memory.invoked.add(hook.id);
    call = nextCall(caller, hooks, index + 1, current, reinvocation);
  }
  memory.output = copyJson(current.object);
  return current.object;
}

/** The object as a webhook's patch leaves it, in the version that it was sent; undefined where it says nothing. */
async function ask(
  caller: Caller,
  hook: Webhook,
  invocation: Invocation,
  logger: Logger,
): Promise<KubeObject | undefined> {
  try {
    const response = await callWebhook(caller, hook, invocation, true);
    if (!response.allowed) throw denial(hook.name, response.result);
    return applyPatch(hook, invocation, response);
  } catch (error) {
    if (error instanceof StatusError) throw error;
    const refusal = refusalOf(hook, error, logger);
    if (refusal !== undefined) throw refusal;
    return undefined;
  }
}

function applyPatch(
  hook: Webhook,
  { attributes, object, definition }: Invocation,
  response: ReviewResponse,
): KubeObject | undefined {
  if (response.patch === '') return undefined;
  const operations = decodeOperations(hook, response.patch);
  if (operations.length === 0) return undefined;
  if (object === undefined) {
    throw internal(
      `admission webhook ${JSON.stringify(hook.name)} attempted to modify the object, which is not supported for this operation`,
    );
  }
  if (response.patchType !== 'JSONPatch') {
    throw new CallingError(hook.name, `unsupported patch type ${JSON.stringify(response.patchType)}`);
  }
  let patched: unknown;
  try {
    patched = jsonPatch(copyJson(object), operations);
  } catch (error) {
    throw error instanceof StatusError ? internal(patchProblem(error)) : error;
  }
  if (attributes.subresource === 'scale') return scaled(attributes, patched);
  return readPatched(patched, object, definition);
}

/** The object whose Scale a patch has changed: of that, nothing but the replicas counts. */
function scaled({ object, definition }: AdmissionAttributes, patched: unknown): KubeObject {
  const replicas = isObject(patched) && isObject(patched.spec) ? (patched.spec.replicas ?? 0) : undefined;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || object === undefined) {
    throw internal('json: cannot unmarshal into Go struct field ScaleSpec.spec.replicas of type int32');
  }
  const copy = copyJson(object);
  if (definition.scale !== undefined) writePath(copy, definition.scale.specReplicasPath, replicas);
  return copy;
}

function decodeOperations(hook: Webhook, text: string): unknown[] {
  let value: unknown;
  let why: string | undefined;
  try {
    value = parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    why = error.message === 'EOF' ? 'unexpected end of JSON input' : error.message;
  }
  if (why === undefined && value !== null && !Array.isArray(value)) {
    why = cannotUnmarshal(value, 'value of type jsonpatch.Patch');
  }
  if (why !== undefined) {
    throw new CallingError(hook.name, `received undecodable patch in webhook response: ${why}`);
  }
  return Array.isArray(value) ? value : [];
}

/** Reads what a patch has made as its kind: unknown fields dropped, defaults filled. */
function readPatched(patched: unknown, before: KubeObject, definition: ResourceDefinition): KubeObject {
  if (!isObject(patched))
    throw internal("couldn't get version/kind; json parse error: the patched object is no object");
  const { apiVersion = before.apiVersion, kind = before.kind, ...rest } = patched;
  if (apiVersion !== before.apiVersion || kind !== before.kind) {
    throw internal(
      `no kind ${JSON.stringify(String(kind))} is registered for version ${JSON.stringify(String(apiVersion))} in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  const object = { apiVersion, kind, ...rest } as KubeObject;
  try {
    decodeTyped(definition, object);
    return object;
  } catch (error) {
    if (error instanceof DecodeError) throw internal(error.message);
    throw error;
  }
}

function fromVersion(object: KubeObject, from: ResourceDefinition, to: ResourceDefinition): KubeObject {
  return from === to ? object : convertObject(object, from, to);
}
