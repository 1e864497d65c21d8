import type { LimitSection } from '../../../api/index.ts';
import { durationMs } from '../duration.ts';
import type { Judge, Limits, SectionContext } from '../policy.ts';
import type { RunCounters } from '../types.ts';

/** Reads `limits`; a limit that cannot be read is noted. */
export function readLimits(section: LimitSection | undefined, context: SectionContext): Limits {
  if (section === undefined) return {};
  const { maxDuration, ...counts } = section;
  if (maxDuration === undefined) return counts;
  const maxDurationMs = durationMs(maxDuration);
  if (maxDurationMs === undefined) {
    context.problem('limits.maxDuration', `${JSON.stringify(maxDuration)} is no duration: write 90s, 30m or 2h`);
    return counts;
  }
  return { ...counts, maxDurationMs };
}

/** What is compared with a limit, and how a finding names it. */
interface Measure {
  readonly limit: keyof Limits;
  readonly rule: string;
  readonly field: string;
  readonly what: string;
  /** Used, and whether that is too much. */
  over(counters: RunCounters, limit: number, now: number): number | undefined;
}

const beyond = (used: number | undefined, limit: number): number | undefined =>
  used !== undefined && !(used <= limit) ? used : undefined;
const reached = (used: number | undefined, limit: number): number | undefined =>
  used !== undefined && !(used < limit) ? used : undefined;

const MEASURES: readonly Measure[] = [
  {
    limit: 'maxTurns',
    rule: 'limits.maxTurns',
    field: 'status.turns',
    what: 'model calls',
    over: ({ turns }, limit) => beyond(turns, limit),
  },
  {
    limit: 'maxToolCalls',
    rule: 'limits.maxToolCalls',
    field: 'status.toolCallCount',
    what: 'tool calls',
    over: ({ toolCalls }, limit) => beyond(toolCalls, limit),
  },
  {
    limit: 'maxTokens',
    rule: 'limits.maxTokens',
    field: 'status.usage.totalTokens',
    what: 'tokens',
    over: ({ tokens }, limit) => reached(tokens, limit),
  },
  {
    limit: 'maxDurationMs',
    rule: 'limits.maxDuration',
    field: 'status.startTime',
    what: 'milliseconds',
    over: ({ startTime }, limit, now) =>
      startTime === undefined ? undefined : reached(now - Date.parse(startTime), limit),
  },
  {
    limit: 'maxDepth',
    rule: 'limits.maxDepth',
    field: 'spec.taskRunToolCallRef',
    what: 'levels of delegation',
    over: ({ depth }, limit) => beyond(depth, limit),
  },
  {
    limit: 'maxParallelToolCalls',
    rule: 'limits.maxParallelToolCalls',
    field: 'status.phase',
    what: 'tool calls at once',
    over: ({ parallelToolCalls }, limit) => beyond(parallelToolCalls, limit),
  },
];

/** `limits`: what a run has used, wherever that is given. */
export function compileLimits(limits: Limits): Judge[] {
  const measures = MEASURES.filter(({ limit }) => limits[limit] !== undefined);
  if (measures.length === 0) return [];
  return [
    {
      ofRuns: true,
      rules: measures.map(({ rule }) => rule),
      judge({ request: { counters, now }, forAgent }, sink) {
        if (counters === undefined) return 'notAsked';
        for (const { limit, rule, field, what, over } of measures) {
          const most = limits[limit] as number;
          const used = over(counters, most, now);
          if (used === undefined) continue;
          sink.report({
            rule,
            field,
            value: String(used),
            detail: `the run${forAgent} has come to its limit of ${most} ${what} (${used})`,
            fix: 'split the task, or ask the owners of the policy for more',
          });
        }
        return undefined;
      },
    },
  ];
}
