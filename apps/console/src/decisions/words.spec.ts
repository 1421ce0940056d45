import { describe, expect, it } from '@jest/globals';
import { DecisionReason, type LoggedDecision } from '@licet/contract';
import { errorWords, REASON_LABELS, reasonWords, resourceOf, subjectOf } from './words.ts';

const path = {
  assignment: 'a',
  group: null,
  roles: ['member'],
  grant: 'g',
  permission: 'task:*',
  effect: 'deny',
  condition: 'is-archived',
} as const;
const told = (over: Partial<LoggedDecision>) => ({
  request: { subject: { type: 'service', id: 'bob' }, action: { name: 'delete' }, resource: { type: 'task', id: 't1' } },
  tenant: 'acme',
  decision: false,
  reason: 'no_matching_grant' as const,
  path: null,
  errors: [],
  ...over,
});

describe('reasonWords', () => {
  it('names who, what and where when no grant matched', () => {
    expect(reasonWords(told({}))).toBe('No role that service:bob holds in tenant acme grants task:delete on task:t1.');
  });

  it('names the role, and the one that it inherits the grant from', () => {
    const allow = {
      ...path,
      roles: ['lead', 'member', 'viewer'],
      permission: 'task:read',
      effect: 'allow' as const,
      condition: 'is-owner',
    };
    expect(reasonWords(told({ reason: 'allowed_by_grant', path: allow }))).toBe(
      'The role lead, through viewer, grants task:read if is-owner.',
    );
  });

  it('tells a deny by its condition from a deny by an error in it', () => {
    expect(reasonWords(told({ reason: 'denied_by_grant', path: { ...path, roles: ['member'] } }))).toBe(
      'The role member denies task:* if is-archived.',
    );
    const errors = [{ grant: 'g', condition: 'is-archived', error: 'missing_attribute' as const, at: 'resource.properties.archived' }];
    expect(reasonWords(told({ reason: 'denied_by_grant', path: { ...path, roles: ['member'] }, errors }))).toBe(
      'The role member denies task:*, for its condition is-archived could not be evaluated.',
    );
  });

  it('has words for every reason there is', () => {
    for (const reason of DecisionReason.options) {
      expect(reasonWords(told({ reason }))).toMatch(/^[A-Z].*\.$/);
      expect(REASON_LABELS[reason]).toBeTruthy();
    }
  });
});

describe('errorWords', () => {
  const error = { grant: 'g', condition: 'is-owner', error: 'missing_attribute', at: 'resource.properties.ownerId' } as const;

  it('says that an allow that errs does not apply, and a deny that errs does', () => {
    expect(errorWords(error, null)).toBe(
      'The condition is-owner could not be evaluated: resource.properties.ownerId was missing. A grant that errs does not apply.',
    );
    expect(errorWords(error, { ...path, roles: ['member'] })).toContain('A deny that errs applies.');
  });
});

describe('keys of a decision', () => {
  it('are those of the admin API', () => {
    expect([subjectOf(told({})), resourceOf(told({}))]).toEqual(['service:bob', 'task:t1']);
  });
});
