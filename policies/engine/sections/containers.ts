import type { ContainerSection } from '../../../api/index.ts';
import { fullImage } from '../image.ts';
import { textAt } from '../json.ts';
import type { Judge, SectionContext } from '../policy.ts';
import { quote, some } from '../text.ts';
import { compileImages } from './images.ts';
import { reportOn, subjectsOf } from './subjects.ts';

const KINDS = new Set(['Tool', 'Agent', 'TaskRunToolCall']);
const RULE = 'containers.images';

/** `containers`: Tools that run a container, those of an Agent, and the one that executes a call. */
export function compileContainers(section: ContainerSection | undefined, context: SectionContext): Judge[] {
  const images = section?.images;
  if (images === undefined) return [];
  const globs = compileImages(images, RULE, context);
  return [
    {
      kinds: KINDS,
      rules: [RULE],
      judge(scope, sink) {
        for (const subject of subjectsOf(scope, 'Tool')) {
          const image = textAt(subject.object, 'spec', 'execute', 'container', 'image');
          if (image === undefined) continue;
          const full = fullImage(image);
          if (globs.match(full) !== undefined) continue;
          reportOn(
            subject,
            {
              rule: RULE,
              field: 'spec.execute.container.image',
              value: image,
              detail: `image ${quote(full)} is not allowed; allowed: ${some(images)}`,
              fix: 'use an allowed image',
            },
            sink,
          );
        }
        return undefined;
      },
    },
  ];
}
