/**
 * The Swagger 2 document as protobuf: what client-go's `OpenAPISchema` asks for, and with it Helm's validation, Argo CD and older
 * kubectls. Source of the messages: github.com/google/gnostic-models, openapiv2/OpenAPIv2.proto.
 */

/** The media type, as answered. */
export const swaggerProtobuf = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** The media types that ask for it. */
export const swaggerProtobufNames: readonly string[] = [
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
  swaggerProtobuf,
];

type Source = { readonly [key: string]: unknown };
type Write = (number: number, value: unknown) => Buffer[];
/** Fields of a message by their name in JSON: their number, and how they are written. */
type Fields = { readonly [name: string]: readonly [number: number, write: Write] };

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

const key = (number: number, wire: number): Buffer => varint(number * 8 + wire);

function delimited(number: number, content: readonly Buffer[]): Buffer[] {
  const size = content.reduce((sum, { length }) => sum + length, 0);
  return [key(number, 2), varint(size), ...content];
}

const text: Write = (number, value) => delimited(number, [Buffer.from(String(value))]);
const texts: Write = (number, value) => (value as unknown[]).flatMap((item) => text(number, item));
const flag: Write = (number, value) => (value === true ? [key(number, 0), Buffer.from([1])] : []);
const integer: Write = (number, value) =>
  Number(value) >= 0 ? [key(number, 0), varint(Number(value))] : [key(number, 0), negative(Number(value))];
const double: Write = (number, value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(Number(value));
  return [key(number, 1), bytes];
};

/** A negative int64 has ten bytes. */
function negative(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

/** Any value is YAML, of which JSON is a part. */
const any: Write = (number, value) => delimited(number, text(2, `${JSON.stringify(value)}\n`));
const anys: Write = (number, value) => (value as unknown[]).flatMap((item) => any(number, item));

/** A map as a message whose field `inner` repeats pairs. */
const named =
  (inner: number, write: Write): Write =>
  (number, value) =>
    delimited(
      number,
      Object.entries(value as Source).flatMap(([name, item]) =>
        delimited(inner, [...text(1, name), ...write(2, item)]),
      ),
    );

/** A message, whose vendor extensions are the field `extensions`. */
function message(fields: () => Fields, extensions: number): (value: unknown) => Buffer[] {
  return (value) => {
    const known = fields();
    const out: Buffer[] = [];
    for (const [name, item] of Object.entries(value as Source)) {
      if (item === undefined || item === null) continue;
      const field = Object.hasOwn(known, name) ? known[name] : undefined;
      // One by one: as arguments of one call they would be too many.
      if (field !== undefined) for (const chunk of field[1](field[0], item)) out.push(chunk);
      else if (name.startsWith('x-')) out.push(...delimited(extensions, [...text(1, name), ...any(2, item)]));
    }
    return out;
  };
}

const as =
  (body: (value: unknown) => Buffer[]): Write =>
  (number, value) =>
    delimited(number, body(value));
const each =
  (write: Write): Write =>
  (number, value) =>
    (value as unknown[]).flatMap((item) => write(number, item));
const wrapped =
  (inner: number, write: Write): Write =>
  (number, value) =>
    delimited(number, write(inner, value));

const schemaFields: Fields = {
  $ref: [1, text],
  format: [2, text],
  title: [3, text],
  description: [4, text],
  default: [5, any],
  multipleOf: [6, double],
  maximum: [7, double],
  exclusiveMaximum: [8, flag],
  minimum: [9, double],
  exclusiveMinimum: [10, flag],
  maxLength: [11, integer],
  minLength: [12, integer],
  pattern: [13, text],
  maxItems: [14, integer],
  minItems: [15, integer],
  uniqueItems: [16, flag],
  maxProperties: [17, integer],
  minProperties: [18, integer],
  required: [19, texts],
  enum: [20, anys],
  additionalProperties: [
    21,
    (number, value) => delimited(number, typeof value === 'boolean' ? flag(2, value) : schema(1, value)),
  ],
  type: [22, wrapped(1, (number, value) => texts(number, [value].flat()))],
  items: [23, wrapped(1, (number, value) => [value].flat().flatMap((item) => schema(number, item)))],
  allOf: [24, each((number, value) => schema(number, value))],
  properties: [25, named(1, (number, value) => schema(number, value))],
  discriminator: [26, text],
  readOnly: [27, flag],
  example: [30, any],
};
const schema: Write = as(message(() => schemaFields, 31));

const bodyParameter = message(
  () => ({ description: [1, text], name: [2, text], in: [3, text], required: [4, flag], schema: [5, schema] }),
  6,
);
const common = { required: [1, flag], in: [2, text], description: [3, text], name: [4, text] } satisfies Fields;
const queryParameter = message(
  () => ({ ...common, allowEmptyValue: [5, flag], type: [6, text], format: [7, text], uniqueItems: [20, flag] }),
  23,
);
const pathParameter = message(() => ({ ...common, type: [5, text], format: [6, text], uniqueItems: [19, flag] }), 22);

const parameterItself: Write = (number, value) => {
  const where = (value as Source).in;
  const content =
    where === 'body'
      ? delimited(1, bodyParameter(value))
      : delimited(2, where === 'path' ? delimited(4, pathParameter(value)) : delimited(3, queryParameter(value)));
  return delimited(number, content);
};

/** A parameter, or a reference to a shared one. */
const parameter: Write = (number, value) => {
  const { $ref } = value as Source;
  return delimited(number, $ref === undefined ? parameterItself(1, value) : delimited(2, text(1, $ref)));
};

const response = message(() => ({ description: [1, text], schema: [2, wrapped(1, schema)] }), 5);

const operation: Write = as(
  message(
    () => ({
      tags: [1, texts],
      summary: [2, text],
      description: [3, text],
      operationId: [5, text],
      produces: [6, texts],
      consumes: [7, texts],
      parameters: [8, each(parameter)],
      responses: [9, named(1, wrapped(1, as(response)))],
      schemes: [10, texts],
      deprecated: [11, flag],
    }),
    13,
  ),
);

const pathItem: Write = as(
  message(
    () => ({
      get: [2, operation],
      put: [3, operation],
      post: [4, operation],
      delete: [5, operation],
      options: [6, operation],
      head: [7, operation],
      patch: [8, operation],
      parameters: [9, each(parameter)],
    }),
    10,
  ),
);

const apiKey = message(() => ({ type: [1, text], name: [2, text], in: [3, text], description: [4, text] }), 5);

const documentBody = message(
  () => ({
    swagger: [1, text],
    info: [2, as(message(() => ({ title: [1, text], version: [2, text], description: [3, text] }), 7))],
    paths: [8, named(2, pathItem)],
    definitions: [9, named(1, schema)],
    parameters: [10, named(1, parameterItself)],
    security: [12, each(named(1, (number, value) => delimited(number, texts(1, value))))],
    securityDefinitions: [13, named(1, wrapped(2, as(apiKey)))],
  }),
  16,
);

/** Encodes a Swagger 2 document of the parts that `swaggerDocument` makes. */
export function encodeSwagger(document: object): Buffer {
  return Buffer.concat(documentBody(document));
}
