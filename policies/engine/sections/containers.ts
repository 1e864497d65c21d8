import type { ContainerSection } from '../../../api/index.ts';
import { fullImage } from '../image.ts';
import { at, listAt, textAt } from '../json.ts';
import type { Judge, SectionContext } from '../policy.ts';
import type { Report } from '../sink.ts';
import { quote, some } from '../text.ts';
import { networkCheck } from './egress.ts';
import { compileImages } from './images.ts';
import { podChecks } from './podtemplate.ts';
import { reportOn, subjectsOf } from './subjects.ts';

type Check = (container: unknown, report: (report: Report) => void) => void;

const KINDS = new Set(['Tool', 'Agent', 'TaskRunToolCall']);
const IMAGES = 'containers.images';
const NETWORKS = 'containers.egress.networks';
const FIELD = 'spec.execute.container';

/** `containers`: Tools that run a container, those of an Agent, and the one that executes a call. */
export function compileContainers(section: ContainerSection | undefined, context: SectionContext): Judge[] {
  const images = section?.images;
  const networks = section?.egress?.networks;
  const rules: string[] = [];
  const checks: Check[] = [];
  const add = (rule: string, check: Check): void => {
    rules.push(rule);
    checks.push(check);
  };
  if (images !== undefined) add(IMAGES, imageCheck(images, context));
  if (networks !== undefined) {
    const check = networkCheck(networks, NETWORKS, context);
    add(NETWORKS, (container, report) => check(listAt(container, 'egress'), `${FIELD}.egress`, report));
  }
  for (const { rule, check } of podChecks(section?.podTemplate, 'containers.podTemplate', context)) {
    add(rule, (container, report) => check(container, FIELD, report));
  }
  if (checks.length === 0) return [];
  return [
    {
      kinds: KINDS,
      rules,
      judge(scope, sink) {
        for (const subject of subjectsOf(scope, 'Tool')) {
          const container = at(subject.object, 'spec', 'execute', 'container');
          if (container === undefined) continue;
          for (const check of checks) check(container, (report) => reportOn(subject, report, sink));
        }
        return undefined;
      },
    },
  ];
}

function imageCheck(images: readonly string[], context: SectionContext): Check {
  const globs = compileImages(images, IMAGES, context);
  return (container, report) => {
    const image = textAt(container, 'image');
    if (image === undefined) return;
    const full = fullImage(image);
    if (globs.match(full) !== undefined) return;
    report({
      rule: IMAGES,
      field: `${FIELD}.image`,
      value: image,
      detail: `image ${quote(full)} is not allowed; allowed: ${some(images)}`,
      fix: 'use an allowed image',
    });
  };
}
