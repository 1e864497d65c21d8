import type { Refusal } from '../admission/types.ts';

/** What a schema's pattern cannot say of a URL: that it is one, and that it carries no password. */
export function urlRefusals(field: string, text: string | undefined): Refusal[] {
  if (text === undefined) return [];
  const refuse = (message: string): Refusal[] => [{ rule: 'schema', field, message, code: 422 }];
  const url = URL.parse(text);
  if (url === null)
    return refuse(`${JSON.stringify(text.slice(0, 100))} is no URL; fix: write https://host[:port]/path`);
  // Not quoted: that is where the password stands.
  if (url.username !== '' || url.password !== '') {
    return refuse(
      'has a user or a password in it, which everybody who reads the object sees; fix: keep it in a Secret',
    );
  }
  return [];
}
