export { BINARY_TYPE, fromBinary, toBinary } from './binary.ts';
export { compileCondition, type Condition } from './condition.ts';
export { decide, tenantOf } from './decide.ts';
export { explain, unexplained } from './explain.ts';
export { rowFilter, type FilterRow } from './filter.ts';
export { filterPlan } from './plan.ts';
export { ConditionError, type Scope } from './scope.ts';
export { searchActions, searchResources, searchSubjects, type Found, type SearchPage } from './search.ts';
export { applyDelta, createSnapshot, toDocument, type Snapshot } from './snapshot.ts';
