export type { RuleUse } from './coverage.ts';
export {
  aroundTool,
  type CaseResult,
  configMapsOf,
  identify,
  inMode,
  inNamespace,
  isPolicy,
  outcomeOf,
  runSuite,
  type SuiteResult,
  type SuiteWorld,
} from './run.ts';
export {
  OUTCOMES,
  type Outcome,
  readSuite,
  SUITE_API_VERSION,
  SUITE_KIND,
  type Suite,
  type SuiteCase,
  type SuiteProblem,
} from './suite.ts';
