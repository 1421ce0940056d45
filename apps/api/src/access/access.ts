import {
  CONSOLE_TENANT,
  LicetError,
  parseUserKey,
  RESERVED_PERMISSIONS,
  type ReservedPermission,
  splitKey,
  SYSTEM_ACTOR,
  type Via,
} from '@licet/contract';
import { decide, type Snapshot } from '@licet/engine';

/** Who makes a change: a user key, and the way in. */
export interface Actor {
  id: string;
  via: Via;
  /** Of an operator with a session: when this operator last showed who is there. */
  provenAt?: Date;
  /** The id of that session. */
  session?: string;
  /** Whether this operator has to set up a second factor before anything else. */
  factorDue?: boolean;
}

/** Licet itself, for its built-in rows and the first operator. Requests never act as these. */
export const SYSTEM: Actor = { id: SYSTEM_ACTOR, via: 'system' };
export const SETUP: Actor = { id: SYSTEM_ACTOR, via: 'setup' };

/**
 * Whether a user holds a console permission, decided by the same engine and the same policy as everything else.
 * `tenant` names a tenant for what belongs to one; what all tenants share is asked in the console's own.
 */
export function mayUse(snapshot: Snapshot, user: string, permission: string, tenant: string = CONSOLE_TENANT): boolean {
  const { type, rest } = splitKey(permission);
  const resource = { type, id: '-', properties: { tenant } };
  return decide(snapshot, { subject: parseUserKey(user), action: { name: rest }, resource }, Date.now()).decision;
}

export const ONE_SPACE_OF_IDS =
  'ids of resources are one space for all tenants, and whoever registers one says where every question about it is judged';

/** Why a permission counts over all tenants only, where that is not plain. */
const WHY: Partial<Record<string, string>> = { 'licet.resource:create': `: ${ONE_SPACE_OF_IDS}` };

/** The refusal of a user who does not hold a console permission. */
export const lacks = (permission: string, user: string): LicetError =>
  new LicetError('forbidden', `this needs the permission ${permission}, which \`${user}\` does not hold${WHY[permission] ?? ''}`, {
    permission,
  });

/** The refusal of a user who holds a console permission in some tenants only, where that is not enough. */
export const lacksOverAll = (permission: string, user: string): LicetError =>
  new LicetError(
    'forbidden',
    `this needs the permission ${permission} in all tenants, and \`${user}\` holds it in some only${WHY[permission] ?? ''}`,
    { permission },
  );

/** All console permissions that a user holds in a tenant, or over what all tenants share. */
export function permissionsOf(snapshot: Snapshot, user: string, tenant?: string): ReservedPermission[] {
  return RESERVED_PERMISSIONS.filter((permission) => mayUse(snapshot, user, permission, tenant));
}
