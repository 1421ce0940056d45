import { describe as suite, expect, it } from '@jest/globals';
import { describe } from './describe.ts';

const grant = { role: 'member', permission: 'task:delete', effect: 'allow', condition: 'is-owner' };
const assignment = { user: 'alice', group: null, role: 'member', tenant: '*', resource: null };

suite('describe', () => {
  it('tells grants by what they give to whom', () => {
    expect(describe({ action: 'create', kind: 'grants', target: 'x', before: null, after: grant })).toBe(
      'granted task:delete to member if is-owner',
    );
    const deny = { ...grant, effect: 'deny', condition: null };
    expect(describe({ action: 'create', kind: 'grants', target: 'x', before: null, after: deny })).toBe('denied task:delete to member');
    expect(describe({ action: 'delete', kind: 'grants', target: 'x', before: grant, after: null })).toBe(
      'removed the grant of task:delete to member if is-owner',
    );
    const all = { ...grant, permission: 'task:*', condition: null };
    expect(describe({ action: 'create', kind: 'grants', target: 'x', before: null, after: all })).toBe('granted every action on task to member');
  });

  it('tells assignments by who got which role where', () => {
    expect(describe({ action: 'create', kind: 'assignments', target: 'x', before: null, after: assignment })).toBe(
      'assigned member to alice in all tenants',
    );
    const scoped = { ...assignment, user: null, group: 'support', tenant: 'acme', resource: 'task:t1' };
    expect(describe({ action: 'delete', kind: 'assignments', target: 'x', before: scoped, after: null })).toBe(
      'revoked member from support in acme on task:t1',
    );
  });

  it('takes a key that got a time of revocation for revoked', () => {
    const key = { name: 'crm', revokedAt: null };
    const entry = { kind: 'api-keys', target: 'k1', before: key, after: { ...key, revokedAt: '2026-01-01' } };
    expect(describe({ action: 'update', ...entry })).toBe('revoked API key crm');
  });

  it('tells what became of the identity of an operator', () => {
    const told = (action: 'create' | 'update' | 'delete') =>
      describe({ action, kind: 'operator-identities', target: 'olga', before: null, after: null });
    expect([told('create'), told('delete'), told('update')]).toEqual([
      'linked the identity of olga',
      'unlinked the identity of olga',
      'changed the identity of olga',
    ]);
  });

  it('names other rows by their noun and key', () => {
    expect(describe({ action: 'update', kind: 'resource-types', target: 'task', before: {}, after: {} })).toBe(
      'changed resource type task',
    );
  });
});
