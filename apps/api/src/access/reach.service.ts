import { ANYONE, CONSOLE_TENANT, EVERYONE, RESERVED_PERMISSIONS, type ReservedPermission, TENANT_PERMISSIONS } from '@licet/contract';
import { Inject, Injectable } from '@nestjs/common';
import { Assignment } from '../assignments/assignment.entity.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { GroupMember } from '../groups/group.entity.ts';
import { PolicyState } from '../replication/policy-state.ts';
import { mayUse } from './access.ts';

/** How far a console permission reaches: `undefined` is over all, else the tenants in which it is held, which may be none. */
export type Reach = readonly string[] | undefined;

/** Where somebody holds console permissions, decided by the engine; the database only says which tenants come into question. */
@Injectable()
export class Reaches {
  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    private readonly state: PolicyState,
  ) {}

  async of(user: string, permission: string): Promise<Reach> {
    if (mayUse(this.state.snapshot, user, permission)) return undefined;
    return this.#within(user, permission, await this.#tenants(user));
  }

  /** The console permissions that a user can do something with, and the tenants they are held in: null where one is held over all. */
  async permissions(user: string): Promise<{ permissions: ReservedPermission[]; tenants: string[] | null }> {
    const tenants = await this.#tenants(user);
    const overAll = RESERVED_PERMISSIONS.filter((permission) => mayUse(this.state.snapshot, user, permission));
    const within = TENANT_PERMISSIONS.map((permission) => ({ permission, tenants: this.#within(user, permission, tenants) }));
    const some = within.filter((each) => each.tenants.length > 0).map(({ permission }) => permission);
    const held = RESERVED_PERMISSIONS.filter((permission) => overAll.includes(permission) || some.includes(permission));
    return { permissions: held, tenants: overAll.length > 0 ? null : [...new Set(within.flatMap((each) => each.tenants))].sort() };
  }

  #within(user: string, permission: string, tenants: readonly string[]): string[] {
    return tenants.filter((tenant) => mayUse(this.state.snapshot, user, permission, tenant));
  }

  async #tenants(user: string): Promise<string[]> {
    const em = this.databases.policy.em.fork();
    const groups = (await em.find(GroupMember, { user })).map(({ group }) => group);
    const mine = { $or: [{ user }, { group: { $in: [EVERYONE, ANYONE, ...groups] } }], tenant: { $ne: null } };
    const rows = await em.find(Assignment, mine as never, { fields: ['tenant'], disableIdentityMap: true });
    return [...new Set(rows.map(({ tenant }) => tenant!))].filter((tenant) => tenant !== CONSOLE_TENANT);
  }
}
