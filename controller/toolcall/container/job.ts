import type { TaskRunToolCall, Tool, ToolContainer } from '../../../api/index.ts';
import { GROUP } from '../../../api/index.ts';
import { childName, controllerRef, labelValue } from '../../../kube/index.ts';
import { childAnnotations } from '../../childAnnotations.ts';
import { digest, inNamespaceOf, nameOf, uidOf } from '../../keys.ts';
import { networkPolicySpec } from '../../pods/networkPolicy.ts';
import {
  caVolume,
  literal,
  MANAGED,
  mergeVariables,
  placement,
  platformVariables,
  RESTRICTED,
  RESTRICTED_POD,
  resourcesOf,
  TEMPLATE_ANNOTATION,
} from '../../pods/parts.ts';
import type { Job, NetworkPolicy } from '../../pods/types.ts';

/** Label of a Tool's Jobs and their Pods; the value is the Tool's name. */
export const TOOL_LABEL = `${GROUP}/tool`;
/** Label of a call's Job and its Pod; the value is the call's name. */
export const CALL_LABEL = `${GROUP}/call`;

export const DEFAULT_TIMEOUT_SECONDS = 300;
/** What the kubelet reads of a termination message, in bytes: the longest result there is. */
export const MAX_RESULT_BYTES = 4096;
/** Linux takes no longer string in an environment; a little is for the name. */
export const MAX_ARGUMENT_BYTES = 128 * 1024 - 64;
const RESULT_FILE = '/dev/termination-log';
/** How long a Job that is over stays, for people who look at its log. Longer than operators are away. */
const KEEP_SECONDS = 3600;
const RESOURCES = { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '1', memory: '256Mi' } };

const labelsOf = (tool: string) => ({
  'app.kubernetes.io/name': 'kubechain',
  'app.kubernetes.io/component': 'tool',
  ...MANAGED,
  [TOOL_LABEL]: labelValue(tool),
});

export const jobName = (call: TaskRunToolCall): string => childName(nameOf(call), 'job');

/** What a program of ours is told, in a cluster and elsewhere. `args` is JSON text. */
export const callVariables = (call: TaskRunToolCall, args: string, result: string): Record<string, string> => ({
  KUBECHAIN_ARGUMENTS: args,
  KUBECHAIN_CALL: uidOf(call),
  KUBECHAIN_RESULT: result,
});

/**
 * The Job that executes a call. Its name follows from the call, so there is never a second one; it never tries again, and its deadline
 * holds whether or not the operator is there.
 */
export function jobFor(call: TaskRunToolCall, tool: string, container: ToolContainer, args: string): Job {
  const { podTemplate = {}, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = container;
  const ca = caVolume(podTemplate);
  const labels = { ...labelsOf(tool), [CALL_LABEL]: labelValue(nameOf(call)) };
  const given = callVariables(call, args, RESULT_FILE);
  const ours = [{ name: 'HOME', value: '/tmp' }, { name: 'TMPDIR', value: '/tmp' }, ...platformVariables(podTemplate)];
  const own = Object.entries(given).map(([name, value]) => ({ name, value: literal(value) }));
  const env = (container.env ?? []).filter(({ name }) => !Object.hasOwn(given, name));
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      ...inNamespaceOf(call, jobName(call)),
      labels,
      ...childAnnotations(call),
      ownerReferences: [controllerRef(call)],
    },
    spec: {
      completions: 1,
      parallelism: 1,
      backoffLimit: 0,
      // A Pod that is ending may still have its effect.
      podReplacementPolicy: 'Failed',
      activeDeadlineSeconds: timeoutSeconds,
      ttlSecondsAfterFinished: KEEP_SECONDS,
      template: {
        metadata: { labels, annotations: childAnnotations(call).annotations ?? {} },
        spec: {
          ...RESTRICTED_POD,
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 10,
          ...placement(podTemplate),
          containers: [
            {
              name: 'tool',
              image: container.image,
              imagePullPolicy: 'IfNotPresent',
              ...(container.command === undefined ? {} : { command: container.command.map(literal) }),
              ...(container.args === undefined ? {} : { args: container.args.map(literal) }),
              env: [...mergeVariables(ours, env), ...own],
              resources: resourcesOf(container.resources, RESOURCES),
              securityContext: RESTRICTED,
              terminationMessagePath: RESULT_FILE,
              terminationMessagePolicy: 'FallbackToLogsOnError',
              volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }, ...ca.mounts],
            },
          ],
          volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '256Mi' } }, ...ca.volumes],
        },
      },
    },
  };
}

/** What lets the Pods of a Tool go where `egress` says, and nobody in. */
export function toolNetworkPolicy(tool: Tool): NetworkPolicy {
  const name = nameOf(tool);
  const spec = networkPolicySpec({ [TOOL_LABEL]: labelValue(name) }, undefined, tool.spec.execute?.container?.egress);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      ...inNamespaceOf(tool, childName(name, 'tool')),
      labels: labelsOf(name),
      annotations: { ...childAnnotations(tool).annotations, [TEMPLATE_ANNOTATION]: digest([uidOf(tool), spec]) },
      ownerReferences: [controllerRef(tool)],
    },
    spec,
  };
}
