import { describe, expect, it } from '@jest/globals';
import { memberWords, valueWords } from './words.ts';

describe('the words of the audit trail', () => {
  it('call members what the forms call them', () => {
    expect([
      memberWords('assignments', 'expiresAt'),
      memberWords('assignments', 'createdBy'),
      memberWords('api-keys', 'user'),
      memberWords('users', 'attributes.department'),
      memberWords('users', 'unheardOf'),
    ]).toEqual(['Until', 'Assigned by', 'Speaks for', 'Attributes: department', 'unheardOf']);
  });

  it('say what a wildcard reaches, and what an empty member means', () => {
    expect([
      valueWords('assignments', 'tenant', '*'),
      valueWords('assignments', 'tenant', 'acme'),
      valueWords('assignments', 'expiresAt', null),
      valueWords('api-keys', 'expiresAt', null),
      valueWords('grants', 'condition', null),
      valueWords('grants', 'permission', '*:*'),
      valueWords('grants', 'permission', 'task:*'),
      valueWords('grants', 'permission', '*:read'),
      valueWords('grants', 'permission', 'task:read'),
      valueWords('grants', 'effect', 'deny'),
      valueWords('users', 'enabled', false),
    ]).toEqual([
      'All tenants',
      'acme',
      'without end',
      'until it is revoked',
      'always',
      'Every action on every resource type, but not Licet’s own',
      'Every action on task',
      'The action read on every resource type',
      'task:read',
      'Deny',
      'no',
    ]);
  });

  it('leave to attributes what applications wrote in them', () => {
    expect([valueWords('users', 'attributes.tenant', '*'), valueWords('users', 'attributes.enabled', false)]).toEqual(['*', 'false']);
  });
});
