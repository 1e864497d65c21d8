/** Cases of which the embedded server is known to answer something else, by why. They are recorded nowhere, and not compared. */

const byReason: { readonly [why: string]: readonly string[] } = {
  'not the same yet': [
    'behaviours: Job: labels and selectors',
    'behaviours: Job: what may change',
    'behaviours: Lease',
    'behaviours: Pod: resize',
    'behaviours: autoscaler of two versions',
    'behaviours: claim',
    'behaviours: node ports: two protocols on one',
    'crds: refused: default of int-or-string',
    'crds: scale',
    'pods: metadata: {"annotations":{"container.apparmor.security.beta.kubernetes.io/c":"nope"}}',
    'asks: access reviews',
    'asks: impersonation',
    'asks: paths',
    'apply: merge of {"spec":{"replicas":1.5}}, custom',
    'fields: configmaps, update: {"metadata.selfLink":"/x"}',
    'fields: deviceclasses: {"spec.selectors":[{"cel":{"expression":""}}]}',
    'fields: deviceclasses: {"spec.selectors":[{"cel":{"expression":"1"}}]}',
    'fields: deviceclasses: {"spec.selectors":[{"cel":{"expression":"device.nope"}}]}',
    'fields: horizontalpodautoscalers of autoscaling/v1: {"metadata.annotations":{"autoscaling.alpha.kubernetes.io/metrics":"x"}}',
    'fields: persistentvolumes: {"spec.capacity":{}}',
    'fields: resourceclaims: {"spec.devices.requests":[{"name":"a","exactly":{"deviceClassName":"c","selectors":[{"cel":{"expression":"nope("}}]}}]}',
    'fields: resourceslices: {"spec.devices":[{"name":"d","attributes":{"a b":{"string":"x"}},"capacity":{"x":{"value":"1"}}}]}',
    'fields: resourceslices: {"spec.devices":[{"name":"d","attributes":{"a":{"int":1,"bool":true}}}]}',
    'fields: resourceslices: {"spec.devices":[{"name":"d","attributes":{"v":{"version":"nope"}}}]}',
    'schemas: definition: cel: authorizer',
    'schemas: status of a kind',
  ],
  'depends on when a controller of the real server comes by': [
    'crds: a definition changes',
    'fields: jobs, update: {"spec.podReplacementPolicy":"Failed"}',
    'fields: jobs, update: {"spec.backoffLimit":2}',
    'fields: jobs, update: {"spec.parallelism":4}',
    'fields: jobs, update: {"spec.selector":{"matchLabels":{"a":"b"}}}',
    'fields: jobs, update: {"spec.ttlSecondsAfterFinished":4}',
    'schemas: two versions without conversion',
  ],
  'privileged containers are allowed': [
    'pods: spec: {"containers":[{"name":"c","image":"nginx","securityContext":{"privileged":true,"allowPrivilegeEscalation":false}}]}',
    'pods: spec: {"securityContext":{"windowsOptions":{"gmsaCredentialSpecName":"BAD_","hostProcess":true}}}',
  ],
};

/** Why a case is not compared, by its id. */
export const knownDifferences: ReadonlyMap<string, string> = new Map(
  Object.entries(byReason).flatMap(([why, ids]) => ids.map((id) => [id, why] as const)),
);
