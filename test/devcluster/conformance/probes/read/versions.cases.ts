/** Lists by resourceVersion and resourceVersionMatch. */
import type { Case, Step } from '../../harness.ts';
import { events, fill, get, listed, mine, names, one, sorts } from './shared.ts';

const versionsOf = ['', '0', '{rv}', 'x', '-1', '0x1', '01', '99999999999999999999', '1.5'];

const matches = ['', 'Exact', 'NotOlderThan', 'Bogus', 'exact'];

const pair = (rv: string, match: string): string =>
  [rv === '' ? '' : `resourceVersion=${rv}`, match === '' ? '' : `resourceVersionMatch=${match}`]
    .filter((part) => part !== '')
    .join('&');

export const versions: Case[] = sorts.flatMap(([label, path, make]) => {
  const two = fill(path, make, 'a', 'b');
  const version: Step = { path: `${path}?${mine}`, quiet: true, keep: { rv: 'metadata.resourceVersion' } };
  return [
    ...versionsOf.flatMap((rv) =>
      matches.map((match) =>
        one(
          `${label}: list: version ${rv || 'none'}, match ${match || 'none'}`,
          ...two,
          version,
          listed(`${path}?${mine}&${pair(rv, match)}`),
        ),
      ),
    ),
    ...['Exact', 'NotOlderThan'].flatMap((match) => [
      one(
        `${label}: list: limit, version 0, match ${match}`,
        ...two,
        listed(`${path}?limit=1&${mine}&resourceVersion=0&resourceVersionMatch=${match}`),
      ),
    ]),
    ...versionsOf.map((rv) =>
      one(`${label}: get: version ${rv || 'none'}`, ...two, version, { path: `${path}/a?${pair(rv, '')}` }),
    ),
    one(
      `${label}: get: a match`,
      ...two,
      get(`${path}/a?resourceVersionMatch=Exact`),
      get(`${path}/a?resourceVersion=0&resourceVersionMatch=Bogus`),
    ),
    one(`${label}: get: the future`, ...two, get(`${path}/a?resourceVersion=999999999`)),
    one(`${label}: list: the future, exactly`, listed(`${path}?resourceVersion=999999999&resourceVersionMatch=Exact`)),
    one(
      `${label}: list: the future, not older`,
      listed(`${path}?resourceVersion=999999999&resourceVersionMatch=NotOlderThan`),
    ),
    one(
      `${label}: deletecollection: versions`,
      ...two,
      { method: 'DELETE', path: `${path}?resourceVersion=x&${mine}` },
      { method: 'DELETE', path: `${path}?resourceVersionMatch=Exact&${mine}` },
      { method: 'DELETE', path: `${path}?continue=x&${mine}` },
      { method: 'DELETE', path: `${path}?watch=1&${mine}`, view: names },
      { method: 'DELETE', path: `${path}?sendInitialEvents=true&${mine}` },
    ),
    // Watches: every combination that is refused, and what the others begin with.
    ...['', '0', '{rv}', 'x', '999999999'].flatMap((rv) =>
      ['', 'Exact', 'NotOlderThan', 'Bogus'].flatMap((match) =>
        ['', 'true', 'false'].flatMap((initial) =>
          ['', 'true'].map((bookmarks) =>
            one(
              `${label}: watch: version ${rv || 'none'}, match ${match || 'none'}, initial ${initial || 'none'}, bookmarks ${bookmarks || 'none'}`,
              ...two,
              version,
              {
                path: `${path}?watch=1&${mine}&${pair(rv, match)}${initial === '' ? '' : `&sendInitialEvents=${initial}`}${bookmarks === '' ? '' : `&allowWatchBookmarks=${bookmarks}`}`,
                watchFor: 500,
                during: [{ path, body: make('late', { n: '5' }) }],
                view: events,
              },
            ),
          ),
        ),
      ),
    ),
  ];
});
