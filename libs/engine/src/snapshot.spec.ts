import { emptyRows, type DeltaOp, type EvaluationRequest, type PolicyRows, type SnapshotDocument } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import { fromBinary, toBinary } from './binary.ts';
import { decide } from './decide.ts';
import { applyDelta, createSnapshot, toDocument, type Snapshot } from './snapshot.ts';

const assignment = { user: 'alice', group: null, role: 'viewer', tenant: 'default', resource: null, startsAt: null, expiresAt: null };
const rows: Partial<PolicyRows> = {
  tenants: [{ id: 'default' }],
  'resource-types': [{ id: 'task', attributes: {} }],
  permissions: [{ id: 'task:read' }, { id: 'task:update' }],
  roles: [{ id: 'viewer' }, { id: 'editor' }, { id: 'other' }],
  'role-inherits': [{ id: 'i-1', role: 'editor', inherits: 'viewer' }],
  grants: [
    { id: 'g-1', role: 'viewer', permission: 'task:read', effect: 'allow', condition: null },
    { id: 'g-2', role: 'other', permission: '*:*', effect: 'allow', condition: null },
  ],
  groups: [{ id: 'team' }],
  users: [{ id: 'alice', enabled: true, attributes: {} }],
  'group-members': [{ id: 'm-1', group: 'team', user: 'alice' }],
  assignments: [{ ...assignment, id: 'a-1', role: 'editor' }],
};
const document: SnapshotDocument = { format: 1, revision: 7, rows: { ...emptyRows(), ...rows } };
const ask = (name = 'read'): EvaluationRequest => ({
  subject: { type: 'user', id: 'alice' },
  action: { name },
  resource: { type: 'task', id: 't1' },
});
const reason = (snapshot: ReturnType<typeof createSnapshot>, name?: string) => decide(snapshot, ask(name), 0).reason;
const edited = (...ops: DeltaOp[]) => applyDelta(createSnapshot(document), { revision: 8, ops });

const sortedById = <R extends { id: string }>(rows: R[]) => [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));

describe('createSnapshot', () => {
  it('refuses a format that it does not read', () => {
    expect(() => createSnapshot({ ...document, format: 2 as 1 })).toThrow('format 1, not 2');
  });

  it('takes kinds that are left out for empty, and passes over kinds that it does not know', () => {
    const partial = { tenants: [{ id: 'default' }], quotas: [{ id: 'q-1' }] } as unknown as PolicyRows;
    expect(toDocument(createSnapshot({ format: 1, revision: 1, rows: partial })).rows).toEqual({
      ...emptyRows(),
      tenants: [{ id: 'default' }],
    });
  });

  it('keeps the last of two rows with one id', () => {
    const twice = [...document.rows.assignments, { ...assignment, id: 'a-1', tenant: 'acme' }];
    const snapshot = createSnapshot({ ...document, rows: { ...document.rows, assignments: twice } });
    expect([toDocument(snapshot).rows.assignments.length, reason(snapshot)]).toEqual([1, 'no_matching_grant']);
  });

  it('holds users whose names are long, registered or only named by assignments', () => {
    const keys = Array.from({ length: 50 }, (_, n) => `${'long '.repeat(50)}${n}`);
    const assignments = keys.map((user, n) => ({ ...assignment, id: `b-${n}`, user }));
    for (const users of [keys.map((id) => ({ id, enabled: true, attributes: { id } })), []]) {
      const snapshot = createSnapshot({ ...document, rows: { ...document.rows, users, assignments } });
      expect(toDocument(snapshot).rows).toMatchObject({ users: sortedById(users), assignments: sortedById(assignments) });
      expect(keys.map((id) => decide(snapshot, { ...ask(), subject: { type: 'user', id } }, 0).decision)).toEqual(
        keys.map(() => users.length > 0),
      );
    }
  });

  it('lets nobody in by an assignment whose times cannot be read, and leaves its denies in force as far as they can', () => {
    const [start, end] = ['1970-01-01T00:00:00.001Z', '1970-01-01T00:00:00.000Z'];
    for (const [times, denied] of [
      [{ startsAt: 'soon' }, true],
      [{ expiresAt: 'never' }, true],
      [{ startsAt: 'soon', expiresAt: 'never' }, true],
      [{ startsAt: start, expiresAt: 'never' }, false],
      [{ startsAt: 'soon', expiresAt: end }, false],
    ] as const) {
      const [row] = document.rows.assignments;
      const reasonWith = (rows: Partial<PolicyRows>) => {
        const snapshot = createSnapshot({ ...document, rows: { ...document.rows, ...rows } });
        return [snapshot, fromBinary(toBinary(snapshot))].map((each) => reason(each));
      };
      expect(reasonWith({ assignments: [{ ...row!, ...times }] })).toEqual(Array(2).fill('no_matching_grant'));
      const roles = [...document.rows.roles, { id: 'barred' }];
      const grants = [...document.rows.grants, { ...document.rows.grants[0]!, id: 'g-9', role: 'barred', effect: 'deny' as const }];
      const assignments = [row!, { ...row!, id: 'a-9', role: 'barred', ...times }];
      const expected = denied ? 'denied_by_grant' : 'allowed_by_grant';
      expect([times, reasonWith({ roles, grants, assignments })]).toEqual([times, [expected, expected]]);
      const throughGroup = [row!, { ...row!, id: 'a-9', role: 'barred', user: null, group: 'anyone', ...times }];
      expect([times, reasonWith({ roles, grants, assignments: throughGroup })]).toEqual([times, [expected, expected]]);
    }
  });

  it('takes an effect that it does not know for a deny, and a user who is not clearly enabled for disabled', () => {
    const grants = [...document.rows.grants, { ...document.rows.grants[0]!, id: 'g-3', effect: 'Allow' as 'allow' }];
    expect(reason(createSnapshot({ ...document, rows: { ...document.rows, grants } }))).toBe('denied_by_grant');
    const users = [{ id: 'alice', attributes: {} } as PolicyRows['users'][0]];
    expect(reason(createSnapshot({ ...document, rows: { ...document.rows, users } }))).toBe('disabled_subject');
  });
});

describe('toDocument', () => {
  it('gives the rows of every kind in ascending id, by UTF-16 code unit', () => {
    const ids = ['b', 'a', 'B', '～', '😀', 'a1', 'a10', 'a2'];
    const users = ids.map((id) => ({ id, enabled: true, attributes: {} }));
    const given = toDocument(createSnapshot({ ...document, rows: { ...document.rows, users } }));
    expect(given.rows.users.map(({ id }) => id)).toEqual(['B', 'a', 'a1', 'a10', 'a2', 'b', '😀', '～']);
  });

  it('gives back what createSnapshot took', () => {
    expect(toDocument(createSnapshot(document))).toEqual({
      ...document,
      rows: { ...document.rows, roles: [{ id: 'editor' }, { id: 'other' }, { id: 'viewer' }] },
    });
  });
});

describe('applyDelta', () => {
  it('gives nothing through roles that do not exist, however many of them users were assigned', () => {
    const permissions = [...document.rows.permissions, { id: 'task:share' }, { id: 'task:close' }];
    const ops = Array.from({ length: 200 }, (_, n): DeltaOp => {
      const id = `none-${n}`;
      return { kind: 'assignments', id, row: { ...assignment, id, role: id } };
    });
    const before = createSnapshot({ ...document, rows: { ...document.rows, permissions } });
    const snapshot = applyDelta(before, { revision: 8, ops: [...ops, { kind: 'assignments', id: 'a-1', row: null }] });
    for (const name of ['read', 'update', 'share', 'close']) expect(reason(snapshot, name)).toBe('no_matching_grant');
    const later = applyDelta(snapshot, { revision: 9, ops: [{ kind: 'roles', id: 'none-199', row: { id: 'none-199' } }] });
    const grant = { id: 'g-9', role: 'none-199', permission: 'task:update', effect: 'allow', condition: null } as const;
    const granted = applyDelta(later, { revision: 10, ops: [{ kind: 'grants', id: 'g-9', row: grant }] });
    expect([reason(granted), reason(granted, 'update')]).toEqual(['no_matching_grant', 'allowed_by_grant']);
  });

  it('decides by conditions as they are now, and by the tenant `default` as long as there is one', () => {
    const conditional = { id: 'g-1', role: 'viewer', permission: 'task:read', effect: 'allow', condition: 'c' } as const;
    let snapshot = createSnapshot({ ...document, rows: { ...document.rows, grants: [conditional] } });
    const reasonAfter = (op: DeltaOp) => reason((snapshot = applyDelta(snapshot, { revision: snapshot.revision + 1, ops: [op] })));
    const set = (value: boolean): DeltaOp => ({ kind: 'conditions', id: 'c', row: { id: 'c', tree: { op: 'lit', value } } });
    expect(reason(snapshot)).toBe('no_matching_grant');
    expect([reasonAfter(set(true)), reasonAfter(set(false)), reasonAfter(set(true))]).toEqual([
      'allowed_by_grant',
      'no_matching_grant',
      'allowed_by_grant',
    ]);
    const before = snapshot;
    expect(reasonAfter({ kind: 'conditions', id: 'c', row: null })).toBe('no_matching_grant');
    expect(decide(snapshot, ask(), 0).errors).toEqual([{ grant: 'g-1', condition: 'c', error: 'missing_attribute', at: 'condition' }]);
    expect(reasonAfter({ kind: 'tenants', id: 'default', row: null })).toBe('unknown_tenant');
    expect(reasonAfter({ kind: 'tenants', id: 'default', row: { id: 'default' } })).toBe('no_matching_grant');
    expect(reason(before)).toBe('allowed_by_grant');
  });

  it.each([7, 9, 6, 0])('refuses a delta to revision %i on a snapshot at 7', (revision) => {
    expect(() => applyDelta(createSnapshot(document), { revision, ops: [] })).toThrow(`revision ${revision}, but the snapshot is at 7`);
  });

  it('goes on to the next revision even where nothing changes', () => {
    const snapshot = edited();
    expect([snapshot.revision, decide(snapshot, ask(), 0).revision]).toEqual([8, 8]);
  });

  it("refuses an operation whose id is not its row's, and changes nothing", () => {
    const snapshot = createSnapshot(document);
    const ops: DeltaOp[] = [{ kind: 'users', id: 'bob', row: { id: 'alice', enabled: false, attributes: {} } }];
    expect(() => applyDelta(snapshot, { revision: 8, ops })).toThrow('names `bob`, but its row is `alice`');
    expect(reason(snapshot)).toBe('allowed_by_grant');
  });

  it('passes over kinds that it does not know', () => {
    for (const kind of ['quotas', '__proto__', 'constructor']) {
      expect(reason(edited({ kind: kind as 'users', id: 'x', row: { id: 'x' } as PolicyRows['users'][0] }))).toBe('allowed_by_grant');
    }
  });

  it('lets the last operation on a row win', () => {
    const row = document.rows.assignments[0]!;
    expect(reason(edited({ kind: 'assignments', id: 'a-1', row: null }, { kind: 'assignments', id: 'a-1', row }))).toBe('allowed_by_grant');
    expect(reason(edited({ kind: 'assignments', id: 'a-1', row }, { kind: 'assignments', id: 'a-1', row: null }))).toBe(
      'no_matching_grant',
    );
  });

  it('deletes what is not there without ado', () => {
    expect(toDocument(edited({ kind: 'roles', id: 'nobody', row: null }))).toEqual({
      ...toDocument(createSnapshot(document)),
      revision: 8,
    });
  });

  it('deletes rows in any order, those that others name first or last', () => {
    const ops: DeltaOp[] = (
      [
        'roles',
        'role-inherits',
        'grants',
        'users',
        'group-members',
        'groups',
        'assignments',
        'permissions',
        'resource-types',
        'tenants',
      ] as const
    ).flatMap((kind) => document.rows[kind].map(({ id }) => ({ kind, id, row: null })));
    for (const order of [ops, [...ops].reverse()]) expect(toDocument(edited(...order)).rows).toEqual(emptyRows());
  });

  it('compiles the edited role and those that inherit from it anew, and no other', () => {
    const before = createSnapshot(document);
    const after = applyDelta(before, {
      revision: 8,
      ops: [{ kind: 'grants', id: 'g-3', row: { id: 'g-3', role: 'viewer', permission: 'task:update', effect: 'allow', condition: null } }],
    });
    expect([reason(before, 'update'), reason(after, 'update')]).toEqual(['no_matching_grant', 'allowed_by_grant']);
    expect(decide(after, ask('update'), 0).path?.roles).toEqual(['editor', 'viewer']);
    const closure = (snapshot: Snapshot, role: string) => snapshot.closures[snapshot.users.pools.roles.find(role)!];
    expect(closure(after, 'other')).toBe(closure(before, 'other'));
    for (const part of ['users', 'groups', 'tenants', 'resources', 'catalog', 'conditions'] as const)
      expect(after[part]).toBe(before[part]);
  });

  it('leaves a permission with a role that loses one grant on it and has another, by a wildcard or by inheritance', () => {
    const grant = (id: string, role: string, permission: string): DeltaOp => {
      return { kind: 'grants', id, row: { id, role, permission, effect: 'allow', condition: null } };
    };
    const with3 = edited(grant('g-3', 'editor', 'task:*'), grant('g-4', 'editor', 'task:read'));
    const ops: DeltaOp[] = ['g-4', 'g-1', 'g-3'].map((id) => ({ kind: 'grants', id, row: null }));
    const after = ops.map((_, n) => reason(applyDelta(with3, { revision: 9, ops: ops.slice(0, n + 1) })));
    expect(after).toEqual(['allowed_by_grant', 'allowed_by_grant', 'no_matching_grant']);
    expect(reason(applyDelta(with3, { revision: 9, ops: [ops[0]!, ops[2]!] }))).toBe('allowed_by_grant');
  });

  it('makes a wildcard match a permission that comes later', () => {
    const user: DeltaOp = { kind: 'assignments', id: 'a-2', row: { ...assignment, id: 'a-2', role: 'other' } };
    expect(reason(edited(user), 'archive')).toBe('unknown_action');
    expect(reason(edited(user, { kind: 'permissions', id: 'task:archive', row: { id: 'task:archive' } }), 'archive')).toBe(
      'allowed_by_grant',
    );
  });

  it('brings an assignment into force with the user, the group or the role that it waited for', () => {
    const waiting = edited({ kind: 'users', id: 'alice', row: null });
    expect(reason(waiting)).toBe('unknown_subject');
    const back = applyDelta(waiting, {
      revision: 9,
      ops: [{ kind: 'users', id: 'alice', row: { id: 'alice', enabled: true, attributes: {} } }],
    });
    expect(reason(back)).toBe('allowed_by_grant');
  });
});
