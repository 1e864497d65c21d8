/** Cron schedules of five fields, with the messages of the parser that Kubernetes uses. */

const fields: readonly { readonly minimum: number; readonly maximum: number; readonly names: readonly string[] }[] = [
  { minimum: 0, maximum: 59, names: [] },
  { minimum: 0, maximum: 23, names: [] },
  { minimum: 1, maximum: 31, names: [] },
  {
    minimum: 1,
    maximum: 12,
    names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  { minimum: 0, maximum: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];
const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

class ScheduleError extends Error {}

function numberOf(text: string, names: readonly string[]): number {
  const named = text === '' ? -1 : names.indexOf(text.toLowerCase());
  if (named >= 0) return named;
  if (/^-\d+$/.test(text)) throw new ScheduleError(`negative number (${text}) not allowed: ${text}`);
  if (!/^\d{1,9}$/.test(text))
    throw new ScheduleError(
      `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  return Number(text);
}

function checkRange(expression: string, field: (typeof fields)[number]): void {
  const [range = '', step, ...more] = expression.split('/');
  const [low = '', high, ...rest] = range.split('-');
  let start = field.minimum;
  let end = field.maximum;
  if (low !== '*' && low !== '?') {
    start = numberOf(low, field.names);
    if (rest.length > 0) throw new ScheduleError(`too many hyphens: ${expression}`);
    if (high !== undefined) end = numberOf(high, field.names);
    else if (step === undefined) end = start;
  }
  if (more.length > 0) throw new ScheduleError(`too many slashes: ${expression}`);
  const by = step === undefined ? 1 : numberOf(step, []);
  if (start < field.minimum)
    throw new ScheduleError(`beginning of range (${start}) below minimum (${field.minimum}): ${expression}`);
  if (end > field.maximum)
    throw new ScheduleError(`end of range (${end}) above maximum (${field.maximum}): ${expression}`);
  if (start > end) throw new ScheduleError(`beginning of range (${start}) beyond end of range (${end}): ${expression}`);
  if (by === 0) throw new ScheduleError(`step of range should be a positive number: ${expression}`);
}

/** What is wrong with a schedule; undefined when nothing is. */
export function scheduleProblem(schedule: string): string | undefined {
  const text =
    schedule.startsWith('TZ=') || schedule.startsWith('CRON_TZ=')
      ? schedule.slice(schedule.indexOf(' ') + 1).trim()
      : schedule;
  if (text.startsWith('@')) {
    if (descriptors.includes(text) || /^@every \d/.test(text)) return undefined;
    return `unrecognized descriptor: ${text}`;
  }
  const parts = text.split(/\s+/).filter((part) => part !== '');
  if (parts.length !== 5) return `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`;
  try {
    for (const [index, part] of parts.entries()) {
      const field = fields[index];
      if (field !== undefined)
        for (const expression of part.split(',').filter((piece) => piece !== '')) checkRange(expression, field);
    }
  } catch (error) {
    if (error instanceof ScheduleError) return error.message;
    throw error;
  }
  return undefined;
}
