export { fromBinary, toBinary } from './binary.ts';
export { compileCondition, type Condition } from './condition.ts';
export { decide, tenantOf } from './decide.ts';
export { ConditionError, type Scope } from './scope.ts';
export { applyDelta, createSnapshot, toDocument, type Snapshot } from './snapshot.ts';
