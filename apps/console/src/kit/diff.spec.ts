import { describe, expect, it } from '@jest/globals';
import { diff, sameValue, valueText } from './diff.ts';

describe('diff', () => {
  it('tells added, removed, changed and unchanged members apart', () => {
    const before = { name: 'Viewer', description: '', old: 1 };
    const after = { name: 'Reader', description: '', fresh: 2 };
    expect(diff(before, after)).toEqual([
      { path: 'name', kind: 'changed', before: 'Viewer', after: 'Reader' },
      { path: 'description', kind: 'same', before: '', after: '' },
      { path: 'old', kind: 'removed', before: 1 },
      { path: 'fresh', kind: 'added', after: 2 },
    ]);
  });

  it('goes into maps and names the leaf', () => {
    expect(diff({ attributes: { department: 'sales', level: 1 } }, { attributes: { department: 'support', level: 1 } })).toEqual([
      { path: 'attributes.department', kind: 'changed', before: 'sales', after: 'support' },
      { path: 'attributes.level', kind: 'same', before: 1, after: 1 },
    ]);
  });

  it('shows every member of a created or deleted row', () => {
    expect(diff(null, { id: 'a' })).toEqual([{ path: 'id', kind: 'added', after: 'a' }]);
    expect(diff({ id: 'a' }, null)).toEqual([{ path: 'id', kind: 'removed', before: 'a' }]);
  });

  it('takes a member set to null for a change, not for a removal', () => {
    expect(diff({ expiresAt: '2027' }, { expiresAt: null })[0]).toMatchObject({ kind: 'changed', after: null });
  });
});

describe('sameValue', () => {
  it('does not mind the order of members, but that of items', () => {
    expect(sameValue({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe(true);
    expect(sameValue([1, 2], [2, 1])).toBe(false);
    expect(sameValue({ a: undefined }, { b: undefined })).toBe(false);
  });
});

describe('valueText', () => {
  it.each([
    [null, 'none'],
    ['', '(empty)'],
    [[], '(empty list)'],
    [['a', 'b'], 'a, b'],
    [{ a: 1 }, '{"a":1}'],
    [false, 'false'],
  ])('writes %j', (value, text) => {
    expect(valueText(value)).toBe(text);
  });
});
