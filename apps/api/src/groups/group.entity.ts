import { defineEntity, p } from '@mikro-orm/core';
import { key, uuid, versioned } from '../database/base.entity.ts';
import { User } from '../users/user.entity.ts';

const GroupSchema = defineEntity({
  name: 'Group',
  tableName: 'groups',
  properties: { id: key().primary(), name: p.string().length(200), description: p.text(), ...versioned },
});
export class Group extends GroupSchema.class {}
GroupSchema.setClass(Group);

const GroupMemberSchema = defineEntity({
  name: 'GroupMember',
  tableName: 'group_members',
  uniques: [{ name: 'group_members_group_user_unique', properties: ['group', 'user'] }],
  properties: {
    id: uuid(),
    group: () => p.manyToOne(Group).mapToPk(),
    user: () => p.manyToOne(User).mapToPk().index('group_members_user_index'),
    createdBy: key(),
    ...versioned,
  },
});
export class GroupMember extends GroupMemberSchema.class {}
GroupMemberSchema.setClass(GroupMember);
