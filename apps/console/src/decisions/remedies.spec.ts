import { describe, expect, it } from '@jest/globals';
import { policyOf, type Grant } from '../matrix/cells.ts';
import { remedies } from './remedies.ts';

const grant = (role: string, permission: string, condition: string | null = null, effect = 'allow') =>
  ({ id: `${role} ${permission} ${effect}`, role, permission, effect, condition }) as Grant;

const known = {
  roles: ['admin', 'auditor', 'licet.owner', 'member', 'viewer'].map((id) => ({ id })),
  permissions: ['task:read', 'task:delete', 'task:update', 'licet.role:read'].map((id) => ({ id })),
  policy: policyOf(
    [
      grant('admin', '*:*'),
      grant('member', 'task:delete', 'is-owner'),
      grant('viewer', 'task:read'),
      grant('auditor', 'task:delete'),
      grant('auditor', 'task:delete', null, 'deny'),
      grant('licet.owner', 'licet.role:*'),
    ],
    [{ role: 'member', inherits: 'viewer' }],
  ),
};

describe('remedies', () => {
  it('names the roles that allow it, those first that open the least besides', () => {
    expect(remedies(known, 'task:delete')).toEqual([
      { role: 'member', words: 'allowed if is-owner', opens: 1 },
      { role: 'admin', words: 'allowed, by *:*', opens: 2 },
    ]);
    expect(remedies(known, 'task:read').map(({ role }) => role)).toEqual(['viewer', 'member', 'admin']);
  });

  it('never offers a role of Licet’s own for an application’s permission, nor the other way round', () => {
    expect(remedies(known, 'licet.role:read').map(({ role }) => role)).toEqual(['licet.owner']);
    expect(remedies(known, 'task:update').map(({ role }) => role)).toEqual(['admin']);
  });

  it('offers nothing where no role allows it', () => {
    expect(remedies({ ...known, policy: policyOf([], []) }, 'task:read')).toEqual([]);
  });
});
