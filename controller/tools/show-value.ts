/** A value as JSON, short enough for a sentence. Never throws. */
export function showValue(value: unknown, maxLength = 80): string {
  const text = asText(value);
  return text.length > maxLength ? `${text.slice(0, maxLength).toWellFormed()}…` : text;
}

function asText(value: unknown): string {
  // JSON would print Infinity and NaN as null.
  if (typeof value === 'number') return String(value);
  // Long strings and arrays are cut before they are printed, not after.
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 200));
  if (Array.isArray(value) && value.length > 20) return `an array of ${value.length} items`;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return `a value of type ${typeof value}`;
  }
}
