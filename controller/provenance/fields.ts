import type { Provenance } from '../../api/index.ts';

/** Where what runs comes from, as log lines say it: nothing of what is not known. */
export function commitFields(provenance: Provenance | undefined): Readonly<Record<string, string>> {
  const { repo, path, revision, trust } = provenance ?? {};
  return {
    ...(repo === undefined ? {} : { repo }),
    ...(path === undefined ? {} : { path }),
    ...(revision === undefined ? {} : { commit: revision }),
    ...(trust === undefined ? {} : { trust }),
  };
}
