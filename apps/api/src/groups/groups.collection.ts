import { ANYONE, EVERYONE, type GroupCreate, type GroupMemberCreate, type GroupUpdate } from '@licet/contract';
import type { z } from 'zod';
import { Assignment } from '../assignments/assignment.entity.ts';
import type { EntityManager } from '../database/orm.ts';
import { type Row, type TableMeta, toRow } from '../database/rows.ts';
import { Collection, demandExists, demandFree, demandUnused, versionOf } from '../http/collection.ts';
import { User } from '../users/user.entity.ts';
import { Group, GroupMember } from './group.entity.ts';

export class GroupsCollection extends Collection<Group> {
  constructor() {
    super('groups', Group);
  }

  override async present(em: EntityManager, groups: Group[], meta: TableMeta): Promise<Row[]> {
    const counts = new Map<string, number>();
    for (const { id } of groups) counts.set(id, id === EVERYONE ? await em.count(User, { enabled: true }) : await em.count(GroupMember, { group: id }));
    return groups.map((group) => ({
      ...toRow(meta, group),
      ...{ builtIn: group.id === EVERYONE || group.id === ANYONE, memberCount: counts.get(group.id)! },
      ...versionOf(group),
    }));
  }

  override async create(em: EntityManager, { id, name, description }: z.infer<typeof GroupCreate>): Promise<Group> {
    await demandFree(em, Group, id);
    return em.create(Group, { id, name: name ?? id, description });
  }

  override async update(_em: EntityManager, group: Group, patch: z.infer<typeof GroupUpdate>): Promise<void> {
    if (patch.name !== undefined) group.name = patch.name;
    if (patch.description !== undefined) group.description = patch.description;
  }

  override async remove(em: EntityManager, group: Group): Promise<void> {
    await demandUnused(em, `\`${group.id}\``, [['assignment(s)', Assignment, { group: group.id }]]);
    em.remove(await em.find(GroupMember, { group: group.id }));
    em.remove(group);
  }
}

export class GroupMembersCollection extends Collection<GroupMember> {
  constructor() {
    super('group-members', GroupMember);
  }

  override async create(em: EntityManager, { group, user }: z.infer<typeof GroupMemberCreate>, actor: string): Promise<GroupMember> {
    await demandExists(em, Group, 'group', group);
    await demandExists(em, User, 'user', user);
    return em.create(GroupMember, { group, user, createdBy: actor });
  }
}
