import { stringFormat } from '../../formats.ts';
import {
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  labelValue,
  maskTrailingDash,
  qualifiedName,
} from '../../names.ts';
import { parseRequestUri } from '../../url.ts';
import type { CallCost, Library } from '../functions.ts';
import { actualSize, REGEX_LENGTH, STRING_TRAVERSAL } from '../sizes.ts';
import { CelOpaque, CelOptional, type CelValue, ValueList } from '../values.ts';

type Validate = (text: string) => readonly string[];

class NamedFormat extends CelOpaque {
  readonly typeName = 'kubernetes.NamedFormat';
  readonly name: string;
  readonly validate: Validate;
  /** Length of a regular expression that would do the same: what validation is charged by. */
  readonly regexLength: number;

  constructor(name: string, validate: Validate, regexLength: number) {
    super();
    this.name = name;
    this.validate = validate;
    this.regexLength = regexLength;
  }

  equals(other: CelOpaque): boolean {
    return other instanceof NamedFormat && other.name === this.name;
  }
}

const onPrefix =
  (check: Validate): Validate =>
  (text) =>
    check(maskTrailingDash(text));

const crdFormat =
  (name: string, problem: string): Validate =>
  (text) =>
    stringFormat(name)?.(text) === true ? [] : [problem];

const uri: Validate = (text) => {
  const url = parseRequestUri(text);
  return typeof url === 'string' ? [url] : [];
};

const FORMATS: ReadonlyMap<string, NamedFormat> = new Map(
  (
    [
      ['dns1123Label', dns1123Label, 30],
      ['dns1123Subdomain', dns1123Subdomain, 60],
      ['dns1035Label', dns1035Label, 30],
      ['qualifiedName', qualifiedName, 60],
      ['dns1123LabelPrefix', onPrefix(dns1123Label), 30],
      ['dns1123SubdomainPrefix', onPrefix(dns1123Subdomain), 60],
      ['dns1035LabelPrefix', onPrefix(dns1035Label), 30],
      ['labelValue', labelValue, 40],
      ['uri', uri, 1103],
      ['uuid', crdFormat('uuid', 'does not match the UUID format'), 70],
      ['byte', crdFormat('byte', 'invalid base64'), 84],
      ['date', crdFormat('date', 'invalid date'), 71],
      ['datetime', crdFormat('datetime', 'invalid datetime'), 71],
    ] as const
  ).map(([name, validate, length]) => [name, new NamedFormat(name, validate, length)]),
);

const validateCost: CallCost = ([format, text]) => {
  const length = format instanceof NamedFormat ? format.regexLength : 1;
  return Math.ceil((1 + actualSize(text as CelValue)) * STRING_TRAVERSAL) * Math.ceil(length * REGEX_LENGTH);
};

/** Kubernetes' named formats: `format.dns1123Label().validate(self.name)`. */
export const namedFormats: Library = (declare) => {
  const type = 'kubernetes.NamedFormat';
  for (const [name, format] of FORMATS) declare(`format.${name}`, `format.${name}() -> ${type}`, () => format);
  declare('format-named', `format.named(string) -> optional(${type})`, (name: string) => {
    const format = FORMATS.get(name);
    return format === undefined ? CelOptional.NONE : new CelOptional(format);
  });
  declare(
    'format-validate',
    `${type}.validate(string) -> optional(list(string))`,
    (format: NamedFormat, text: string) => {
      const problems = format.validate(text);
      return problems.length === 0 ? CelOptional.NONE : new CelOptional(new ValueList(problems));
    },
    validateCost,
  );
};
