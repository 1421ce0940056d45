import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, newDatabase } from '../../test/api.ts';
import { startServer } from '../../test/server.ts';
import { Assignment } from '../assignments/assignment.entity.ts';
import { Condition } from '../conditions/condition.entity.ts';
import { Group } from '../groups/group.entity.ts';
import { Session } from '../operators/operator.entity.ts';
import { Grant, Role } from '../roles/role.entity.ts';
import { Tenant } from '../tenants/tenant.entity.ts';
import { User } from '../users/user.entity.ts';
import { Change, Head } from '../changes/change.entity.ts';
import type { ApiSettings } from '../settings.ts';
import { type Databases, openDatabases } from './orm.ts';

// What a database must do for Licet. A database is right when this passes; nothing else need be read.
describe.each(DIALECTS)('a database (%s)', (dialect) => {
  let databases: Databases;
  let settings: ApiSettings;
  let remove: () => void;

  beforeAll(async () => {
    ({ settings, remove } = await newDatabase(dialect));
    databases = await openDatabases(settings);
  });
  afterAll(async () => {
    await databases.close();
    remove();
  });

  const user = (id: string, attributes = {}) => ({ id, type: 'user', name: null, enabled: true, attributes });
  const em = () => databases.policy.em.fork();

  it('has the tables that the entities say, and can be opened again', async () => {
    expect(await databases.policy.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
    expect(await databases.log.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
    const again = await openDatabases(settings);
    expect(await again.policy.em.fork().count(User, {})).toBe(0);
    await again.close();
  });

  if (dialect === 'sqlite') {
    it('is used by one process at a time', async () => {
      await expect(startServer(settings)).rejects.toThrow('another Licet uses the folder');
    });
  }

  it('compares identifiers byte by byte', async () => {
    const ids = ['case', 'Case', 'CASE', 'cafe\u0301', 'caf\u00e9', 'trailing', 'trailing ', '\u212a', 'K', 'ß', 'ss'];
    await em().insertMany(User, ids.map((id) => ({ ...user(id), version: 1, createdAt: new Date(), updatedAt: new Date() })));
    for (const id of ids) expect((await em().findOneOrFail(User, id)).id).toBe(id);
    expect(await em().count(User, { id: { $in: ids } })).toBe(ids.length);
  });

  it('keeps JSON, times to the millisecond, and null as they are', async () => {
    const attributes = { nested: { list: [1, 2.5, 'x', null, true, {}] }, text: '💶 "quoted" \\', zero: 0, empty: '' };
    const at = new Date('2026-03-29T01:30:00.123Z');
    const write = em();
    write.create(User, user('json', attributes));
    write.create(Role, { id: 'json', name: 'r', description: '' });
    await write.flush();
    write.create(Assignment, { user: 'json', group: null, role: 'json', tenant: null, resource: null, startsAt: at, expiresAt: null, reason: '', createdBy: 'x' });
    await write.flush();
    const row = await em().findOneOrFail(Assignment, { user: 'json' });
    expect((await em().findOneOrFail(User, 'json')).attributes).toEqual(attributes);
    expect([row.startsAt?.toISOString(), row.expiresAt, row.tenant]).toEqual([at.toISOString(), null, null]);
  });

  it('refuses a second row with the same key', async () => {
    const write = em();
    write.create(Tenant, { id: 'twice', name: '', description: '' });
    await write.flush();
    const second = em();
    second.create(Tenant, { id: 'twice', name: '', description: '' });
    await expect(second.flush()).rejects.toThrow(/unique/i);
  });

  it('refuses an assignment to nobody, and to a user and a group at once', async () => {
    const write = em();
    write.create(User, user('one'));
    write.create(Group, { id: 'one', name: '', description: '' });
    write.create(Role, { id: 'one', name: '', description: '' });
    await write.flush();
    const common = { role: 'one', tenant: null, resource: null, startsAt: null, expiresAt: null, reason: '', createdBy: 'x' };
    for (const who of [
      { user: null, group: null },
      { user: 'one', group: 'one' },
    ]) {
      const bad = em();
      bad.create(Assignment, { ...who, ...common });
      await expect(bad.flush()).rejects.toThrow(/check|constraint/i);
    }
  });

  it('never widens a grant or an assignment because what it refers to is deleted', async () => {
    const write = em();
    write.create(Tenant, { id: 'gone', name: '', description: '' });
    write.create(Condition, { id: 'gone', description: '', expression: 'x', tree: { op: 'lit', value: true } });
    write.create(Role, { id: 'gone', name: '', description: '' });
    write.create(User, user('gone'));
    await write.flush();
    write.create(Grant, { role: 'gone', permission: 'a:b', effect: 'allow', condition: 'gone' });
    write.create(Assignment, { user: 'gone', group: null, role: 'gone', tenant: 'gone', resource: null, startsAt: null, expiresAt: null, reason: '', createdBy: 'x' });
    await write.flush();
    for (const entity of [Tenant, Condition, Role, User]) {
      await expect(em().nativeDelete(entity as typeof Tenant, { id: 'gone' })).rejects.toThrow(/foreign key/i);
    }
  });

  it('deletes the sessions of a user with the user', async () => {
    const write = em();
    write.create(User, user('short'));
    await write.flush();
    write.create(Session, { id: 's', user: 'short', createdAt: new Date(), lastSeenAt: new Date(), expiresAt: new Date() });
    await write.flush();
    await em().nativeDelete(User, { id: 'short' });
    expect(await em().count(Session, { id: 's' })).toBe(0);
  });

  it('keeps revisions once each', async () => {
    const change = { revision: 1, at: new Date(), actor: 'x', via: 'system' as const, reason: '', entries: 0, ops: [] };
    await em().insert(Change, change);
    await expect(em().insert(Change, change)).rejects.toThrow(/unique/i);
    await em().insert(Head, { id: 1, revision: 1 });
    await expect(em().insert(Head, { id: 1, revision: 2 })).rejects.toThrow(/unique/i);
  });
});
