export { type CheckableRows, checkPolicy } from './check-policy.ts';
export type { DeclaredAttributes } from './condition-names.ts';
export {
  type DesiredAssignment,
  type DesiredCondition,
  type DesiredGrant,
  type DesiredGroup,
  type DesiredPolicy,
  type DesiredResource,
  type DesiredResourceType,
  type DesiredRole,
  type DesiredTenant,
  type DesiredUser,
  type Section,
  SECTIONS,
} from './desired-policy.ts';
export { inlineConditionId } from './inline-condition.ts';
export { type ConditionOptions, parseCondition, type ParsedCondition } from './parse-condition.ts';
export { parsePolicyFile } from './parse-policy-file.ts';
export { resolvePolicyFile } from './resolve-policy-file.ts';
export { reviewPolicy } from './review-policy.ts';
export { runTests, type TestResult } from './run-tests.ts';
export { toPolicyFile } from './to-policy-file.ts';
export { formatPolicyFile } from './write-policy-file.ts';
