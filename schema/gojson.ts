/** What Go's encoding/json says of a value that does not fit, as the messages of the API server quote it. */

/** Go's word for the sort of a JSON value: `array`, `bool`, `number`, `object` or `string`. */
export function jsonWord(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'bigint' ? 'number' : typeof value;
}

/** `json: cannot unmarshal array into Go value of type v1.ObjectMeta`; `into` is the text after "into Go". */
export function cannotUnmarshal(value: unknown, into: string): string {
  return `json: cannot unmarshal ${jsonWord(value)} into Go ${into}`;
}

/** What it calls the struct that an object's apiVersion and kind are read into. */
export const typeMetaStruct =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
