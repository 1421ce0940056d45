import { describe, expect, it } from '@jest/globals';
import { cellLabel, cellOf, cellWords, closure, patternsFor, policyOf, saidBy, type Grant } from './cells.ts';

let next = 0;
const grant = (role: string, permission: string, condition: string | null = null, effect: Grant['effect'] = 'allow'): Grant => ({
  id: `g${next++}`,
  role,
  permission,
  effect,
  condition,
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
});

const policy = policyOf(
  [
    grant('viewer', 'task:read'),
    grant('member', 'task:update', 'is-owner'),
    grant('member', 'task:delete', 'is-owner'),
    grant('member', 'task:delete', 'is-archived', 'deny'),
    grant('lead', 'task:update'),
    grant('admin', '*:*'),
    grant('admin', 'task:delete', null, 'deny'),
    grant('guard', 'task:read', 'at-night', 'deny'),
    grant('reader', '*:read'),
  ],
  [
    { role: 'member', inherits: 'viewer' },
    { role: 'lead', inherits: 'member' },
    { role: 'loop-a', inherits: 'loop-b' },
    { role: 'loop-b', inherits: 'loop-a' },
  ],
);
const words = (role: string, permission: string) => cellWords(cellOf(policy, role, permission));

describe('cellOf', () => {
  it('says so when nothing is granted', () => {
    expect(cellOf(policy, 'viewer', 'task:delete')).toMatchObject({ verdict: 'none', own: [], conditional: false, derived: false });
    expect(cellLabel(cellOf(policy, 'user', 'task:delete'))).toBe('task:delete for user: not granted');
  });

  it('shows a grant of the role’s own', () => {
    expect(cellOf(policy, 'viewer', 'task:read')).toMatchObject({ verdict: 'allow', conditional: false, derived: false });
    expect(words('viewer', 'task:read')).toBe('allowed');
  });

  it('shows what is inherited, with the path to the role that holds it', () => {
    const cell = cellOf(policy, 'lead', 'task:read');
    expect(cell).toMatchObject({ verdict: 'allow', derived: true, own: [] });
    expect(cell.reaches[0]?.roles).toEqual(['lead', 'member', 'viewer']);
    expect(cellWords(cell)).toBe('allowed, inherited from viewer');
  });

  it('shows what a wildcard grants, and names it', () => {
    expect(words('admin', 'task:read')).toBe('allowed, by *:*');
    expect(words('reader', 'task:read')).toBe('allowed, by *:read');
  });

  it('lets a deny without condition win over everything', () => {
    expect(cellOf(policy, 'admin', 'task:delete')).toMatchObject({ verdict: 'deny', conditional: false });
    expect(words('admin', 'task:delete')).toBe('denied');
  });

  it('names the conditions of allow and deny', () => {
    expect(words('member', 'task:update')).toBe('allowed if is-owner');
    expect(words('member', 'task:delete')).toBe('allowed if is-owner, denied if is-archived');
  });

  it('is unconditional once one allow is, and nothing denies', () => {
    expect(cellOf(policy, 'lead', 'task:update')).toMatchObject({ verdict: 'allow', conditional: false, derived: false });
  });

  it('does not call a lone conditional deny a grant', () => {
    expect(words('guard', 'task:read')).toBe('not granted, denied if at-night');
  });

  it('edits only grants on exactly its permission', () => {
    expect(cellOf(policy, 'admin', 'task:read').own).toEqual([]);
    expect(cellOf(policy, 'admin', '*:*').own).toHaveLength(1);
  });

  it('never lets a wildcard over types reach Licet’s own', () => {
    expect(words('admin', 'licet.role:read')).toBe('not granted');
    expect(words('reader', 'licet.role:read')).toBe('not granted');
  });
});

describe('closure', () => {
  it('ends on a cycle', () => {
    expect(closure(policy, 'loop-a')).toEqual([['loop-a'], ['loop-a', 'loop-b']]);
  });
});

describe('patternsFor', () => {
  it('goes from narrow to wide, each once', () => {
    expect(patternsFor('task:read')).toEqual(['task:read', 'task:*', '*:read', '*:*']);
    expect(patternsFor('task:*')).toEqual(['task:*', '*:*']);
    expect(patternsFor('*:*')).toEqual(['*:*']);
    expect(patternsFor('licet.role:read')).toEqual(['licet.role:read', 'licet.role:*']);
  });
});

describe('what a role says about the console', () => {
  const console = policyOf(
    [
      grant('licet.editor', 'licet.role:*'),
      grant('licet.shut', 'licet.role:read', 'at-night', 'deny'),
      grant('helper', 'licet.user:read', 'is-owner'),
      grant('lead', 'task:*'),
      grant('admin', '*:*'),
    ],
    [{ role: 'lead', inherits: 'helper' }],
  );
  const permissions = ['licet.role:read', 'licet.role:update', 'licet.user:read'];

  it('is what it has or denies itself, by inheritance and by a wildcard of the type, on whatever condition', () => {
    expect(saidBy(console, 'licet.editor', permissions)).toEqual(['licet.role:read', 'licet.role:update']);
    expect(saidBy(console, 'licet.shut', permissions)).toEqual(['licet.role:read']);
    expect(saidBy(console, 'lead', permissions)).toEqual(['licet.user:read']);
  });

  it('is nothing for wildcards over all types, which never reach it', () => {
    expect(saidBy(console, 'admin', permissions)).toEqual([]);
    expect(saidBy(console, 'nobody', permissions)).toEqual([]);
  });
});
