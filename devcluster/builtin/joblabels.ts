/** What tells the pods of a Job. */

/** What the server puts on the pods of a Job, with what it has to say. */
export const jobLabels = (name: string, uid: string): { readonly [label: string]: string } => ({
  'controller-uid': uid,
  'job-name': name,
  'batch.kubernetes.io/controller-uid': uid,
  'batch.kubernetes.io/job-name': name,
});
