import { ApiKey, ApiKeyUse } from '../api-keys/api-key.entity.ts';
import { Assignment } from '../assignments/assignment.entity.ts';
import { AuditEntry } from '../audit/audit-entry.entity.ts';
import { Change, Head } from '../changes/change.entity.ts';
import { Condition } from '../conditions/condition.entity.ts';
import { Decision } from '../decisions/decision.entity.ts';
import { Group, GroupMember } from '../groups/group.entity.ts';
import { OperatorIdentity, UsedSignIn } from '../operators/identity.entity.ts';
import { Operator, OperatorUse, RecoveryCode, Session } from '../operators/operator.entity.ts';
import { OperatorPasskey } from '../operators/passkey.entity.ts';
import { Permission, ResourceType } from '../resource-types/resource-type.entity.ts';
import { Resource } from '../resources/resource.entity.ts';
import { Grant, Role, RoleInherit } from '../roles/role.entity.ts';
import { SecurityEvent } from '../security-events/security-event.entity.ts';
import { Tenant } from '../tenants/tenant.entity.ts';
import { User } from '../users/user.entity.ts';

/** The tables of the policy database. */
export const POLICY_ENTITIES = [
  ...[User, Group, GroupMember, Tenant, ResourceType, Permission, Condition, Role, RoleInherit, Grant, Resource, Assignment],
  OperatorPasskey,
  ...[Operator, OperatorUse, RecoveryCode, Session, ApiKey, ApiKeyUse, Head, Change, AuditEntry],
  ...[OperatorIdentity, UsedSignIn],
];

/** The tables of the logs: what grows with requests. */
export const LOG_ENTITIES = [Decision, SecurityEvent];
