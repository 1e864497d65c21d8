import type { Library } from '../functions.ts';
import { type DateParts, dateParts } from '../time.ts';
import type { CelDuration, CelTimestamp } from '../values.ts';

const PARTS: ReadonlyArray<readonly [name: string, id: string, tz: string, part: (parts: DateParts) => number]> = [
  ['getFullYear', 'timestamp_to_year', '_with_tz', (parts) => parts.year],
  ['getMonth', 'timestamp_to_month', '_with_tz', (parts) => parts.month],
  ['getDayOfYear', 'timestamp_to_day_of_year', '_with_tz', (parts) => parts.yearDay],
  ['getDate', 'timestamp_to_day_of_month_1_based', '_with_tz', (parts) => parts.day],
  ['getDayOfMonth', 'timestamp_to_day_of_month', '_with_tz', (parts) => parts.day - 1],
  ['getDayOfWeek', 'timestamp_to_day_of_week', '_with_tz', (parts) => parts.weekday],
  ['getHours', 'timestamp_to_hours', '_with_tz', (parts) => parts.hours],
  ['getMinutes', 'timestamp_to_minutes', '_with_tz', (parts) => parts.minutes],
  ['getSeconds', 'timestamp_to_seconds', '_tz', (parts) => parts.seconds],
  ['getMilliseconds', 'timestamp_to_milliseconds', '_with_tz', (parts) => parts.milliseconds],
];

const UNITS: ReadonlyArray<readonly [name: string, unit: string, nanos: bigint]> = [
  ['getHours', 'hours', 3_600_000_000_000n],
  ['getMinutes', 'minutes', 60_000_000_000n],
  ['getSeconds', 'seconds', 1_000_000_000n],
];

/** Parts of timestamps and durations. */
export const dates: Library = (declare) => {
  for (const [name, id, suffix, part] of PARTS) {
    declare(id, `timestamp.${name}() -> int`, (value: CelTimestamp) => BigInt(part(dateParts(value, 'UTC'))));
    declare(`${id}${suffix}`, `timestamp.${name}(string) -> int`, (value: CelTimestamp, zone: string) =>
      BigInt(part(dateParts(value, zone))),
    );
  }
  for (const [name, unit, nanos] of UNITS) {
    declare(`duration_to_${unit}`, `duration.${name}() -> int`, (value: CelDuration) => value.nanos / nanos);
  }
  // Alone among them, milliseconds are those within the second.
  declare(
    'duration_to_milliseconds',
    'duration.getMilliseconds() -> int',
    (value: CelDuration) => value.nanos / 1_000_000n,
  );
};
