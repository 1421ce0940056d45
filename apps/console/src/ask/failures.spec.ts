import { describe, expect, it } from '@jest/globals';
import { AllowFailure, type DecisionPath, type Expr } from '@licet/contract';
import { failureWords, remedyFor, type Told } from './failures.ts';

const path: DecisionPath = {
  assignment: 'a1',
  group: null,
  roles: ['admin', 'user'],
  grant: 'g1',
  permission: 'task:delete',
  effect: 'allow',
  condition: 'is-owner',
};
const deny: DecisionPath = { ...path, roles: ['reviewer'], grant: 'g2', effect: 'deny', condition: null };
const told: Told = { subject: 'alice', tenant: 'acme', resource: 'task:t1', path, denies: [deny], treeOf: () => undefined };
const owner: Expr = {
  op: 'eq',
  args: [
    { op: 'var', path: ['resource', 'properties', 'ownerId'] },
    { op: 'var', path: ['subject', 'id'] },
  ],
};
const open: Expr = { op: 'var', path: ['resource', 'properties', 'open'] };

const ALL: AllowFailure[] = [
  { code: 'disabled_subject' },
  { code: 'other_tenant', tenant: 'beta' },
  { code: 'other_resource', resource: 'task:t2' },
  { code: 'not_yet_in_force', startsAt: '2027-01-15T12:00:00.000Z' },
  { code: 'no_longer_in_force', expiresAt: '2027-01-15T12:00:00.000Z' },
  { code: 'condition_false', condition: 'is-owner', operands: [] },
  { code: 'condition_erred', condition: 'is-owner', error: 'missing_attribute', at: 'resource.properties.ownerId' },
  { code: 'overridden_by_deny', assignment: 'a2', grant: 'g2' },
];
const words = (failure: AllowFailure, over: Partial<Told> = {}) => failureWords(failure, { ...told, ...over });

describe('failureWords', () => {
  it('has a sentence for every code there is', () => {
    const codes = AllowFailure.options.map(({ shape }) => shape.code.value);
    expect(ALL.map(({ code }) => code)).toEqual(codes);
    for (const failure of ALL) expect(words(failure)).toMatch(/^[A-Za-z].*\.$/);
  });

  it('says what is missing', () => {
    expect(words({ code: 'disabled_subject' })).toBe('alice is disabled.');
    expect(words({ code: 'other_tenant', tenant: 'beta' })).toBe('Assigned only in tenant beta, not in acme.');
    expect(words({ code: 'other_resource', resource: 'task:t2' })).toBe('Assigned only for task:t2, not for task:t1.');
    expect(words({ code: 'other_resource', resource: 'task:t2' }, { resource: null })).toBe('Assigned only for task:t2.');
  });

  it('says from when and until when, also where that cannot be read', () => {
    expect(words({ code: 'not_yet_in_force', startsAt: '2027-01-15T12:00:00.000Z' })).toMatch(/^Begins .*January.*2027/);
    expect(words({ code: 'no_longer_in_force', expiresAt: '2027-01-15T12:00:00.000Z' })).toMatch(/^Ended .*January.*2027/);
    expect(words({ code: 'not_yet_in_force', startsAt: null })).toBe('When the assignment begins cannot be read.');
    expect(words({ code: 'no_longer_in_force', expiresAt: null })).toBe('When the assignment ends cannot be read.');
  });

  it('says what of a condition is false, by the words of it or by the numbers of its parts', () => {
    const whole: AllowFailure = { code: 'condition_false', condition: 'is-owner', operands: [] };
    expect(words(whole)).toBe('Condition is-owner is false.');
    expect(words(whole, { treeOf: () => owner })).toBe(
      'Condition is-owner is false: it is not so that the resource’s ownerId is the subject’s id.',
    );
    const parts: AllowFailure = { code: 'condition_false', condition: 'c', operands: [0, 2] };
    expect(words(parts)).toBe('Condition c is false: its parts 1 and 3.');
    expect(words(parts, { treeOf: () => ({ op: 'and', args: [owner, { op: 'lit', value: true }, open] }) })).toBe(
      'Condition c is false: it is not so that the resource’s ownerId is the subject’s id, nor that the resource’s open is true.',
    );
    expect(words(parts, { treeOf: () => owner })).toBe('Condition c is false.');
  });

  it('says why a condition could not be evaluated', () => {
    expect(words({ code: 'condition_erred', condition: 'is-owner', error: 'missing_attribute', at: 'resource.properties.ownerId' })).toBe(
      'Condition is-owner could not be evaluated: resource.properties.ownerId was missing.',
    );
  });

  it('names the role that denies, where it is known', () => {
    const failure: AllowFailure = { code: 'overridden_by_deny', assignment: 'a2', grant: 'g2' };
    expect(words(failure)).toBe('The role reviewer denies task:delete, and a deny wins.');
    expect(words(failure, { denies: [{ ...deny, condition: 'is-locked' }] })).toBe(
      'The role reviewer denies task:delete if is-locked, and a deny wins.',
    );
    expect(words(failure, { denies: [] })).toBe('A deny applies as well, and wins.');
  });
});

describe('remedyFor', () => {
  const to = (failure: AllowFailure | undefined, over: Partial<Told> = {}) => failure && remedyFor(failure, { ...told, ...over })?.to;
  const source = (address: string | undefined) =>
    JSON.parse(new URLSearchParams(address?.split('?')[1]).get('source') ?? 'null') as unknown;

  it('leads to the row that decides it', () => {
    const [disabled, , , begins, ended, isFalse, erred, denied] = ALL;
    expect([disabled, begins, ended, isFalse, erred].map((failure) => to(failure))).toEqual([
      '/users/alice',
      '/assignments/a1',
      '/assignments/a1',
      '/conditions/is-owner',
      '/conditions/is-owner',
    ]);
    expect(to(denied)).toBe('/matrix?roles=reviewer&permissions=task%3Adelete');
    expect(to(denied, { denies: [] })).toBeUndefined();
  });

  it('leads to an assignment beside the one that is for another tenant or resource, to the same holder', () => {
    const [, tenant, resource] = ALL;
    expect(source(to(tenant))).toEqual({ user: 'alice', role: 'admin', tenant: 'acme' });
    expect(source(to(resource))).toEqual({ user: 'alice', role: 'admin', tenant: 'acme', resource: 'task:t1' });
    expect(source(to(resource, { resource: null }))).toEqual({ user: 'alice', role: 'admin', tenant: 'acme' });
    expect(source(to(tenant, { path: { ...path, group: 'finance' } }))).toEqual({ group: 'finance', role: 'admin', tenant: 'acme' });
  });
});
