import { describe, expect, it } from '@jest/globals';
import type { CollectionRow } from '@licet/contract';
import { grouped } from './grouped.ts';

const row = (id: string, subject: string, reason = 'no_matching_grant') =>
  ({
    id,
    request: { subject: { type: 'user', id: subject }, action: { name: 'read' }, resource: { type: 'task', id: 't1' } },
    tenant: 'default',
    decision: false,
    reason,
  }) as CollectionRow<'decisions'>;

describe('grouped', () => {
  it('keeps the newest of what was asked again and again, and counts', () => {
    const groups = grouped([row('3', 'bob'), row('2', 'eve'), row('1', 'bob')]);
    expect(groups.map(({ row: { id }, times }) => [id, times])).toEqual([
      ['3', 2],
      ['2', 1],
    ]);
  });

  it('keeps apart what was refused for another reason', () => {
    expect(grouped([row('2', 'bob'), row('1', 'bob', 'disabled_subject')])).toHaveLength(2);
  });
});
