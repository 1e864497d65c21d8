import { formatTimestamp } from '../../schema/cel/time.ts';
import { type CelType, formatType } from '../../schema/cel/types.ts';
import {
  CelDuration,
  CelList,
  CelMap,
  CelOpaque,
  CelOptional,
  CelTimestamp,
  type CelValue,
  printValue,
  typeNameOf,
} from '../../schema/cel/values.ts';
import { formatGoDuration } from '../../schema/duration.ts';
import { goFloat } from '../../schema/gofmt.ts';

/** A value as the recorded answers have it: its type and how Go prints it. */
export function show(value: CelValue): string {
  const whole = typed(value);
  return whole.includes('list:[') ? whole.replace(/string:|int:|map:map/g, '').replace(/, /g, ' ') : whole;
}

function typed(value: CelValue): string {
  const type = typeNameOf(value);
  if (value instanceof CelOptional) {
    return value.value === undefined ? 'optional.none()' : `optional.of(${typed(value.value)})`;
  }
  if (value instanceof CelList) return `list:[${[...value].map(typed).join(', ')}]`;
  if (value instanceof CelMap) return 'map';
  if (value instanceof Uint8Array) return `bytes:[${[...value].join(' ')}]`;
  if (value instanceof CelTimestamp) return `${type}:${formatTimestamp(value)}`;
  if (value instanceof CelDuration) return `${type}:${formatGoDuration(value.nanos)}`;
  if (value instanceof CelOpaque) return type;
  if (typeof value === 'number') return `double:${goFloat(value)}`;
  return value === null ? 'null_type:<nil>' : `${type}:${printValue(value)}`;
}

export function showType(type: CelType): string {
  return formatType(type);
}
