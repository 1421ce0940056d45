import { LicetError } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import { parsePolicyFile } from './parse-policy-file.ts';

function refusal(text: string): { code: string; message: string; errors: string[] } {
  try {
    parsePolicyFile(text);
  } catch (error) {
    if (!(error instanceof LicetError)) throw error;
    return { code: error.code, message: error.message, errors: (error.errors ?? []).map(({ path, message }) => `${path}: ${message}`) };
  }
  throw new Error('the file was taken');
}

describe('parsePolicyFile', () => {
  it('fills in defaults and writes times in UTC', () => {
    const file = parsePolicyFile(
      'licet: 1\nroles: { member: }\nassignments:\n  - { user: a, role: member, until: 2027-01-01T02:00:00+02:00 }\n',
    );
    expect(file).toEqual({
      licet: 1,
      roles: { member: { inherits: [], grants: [] } },
      assignments: [{ user: 'a', role: 'member', tenant: 'default', until: '2027-01-01T00:00:00.000Z' }],
    });
  });

  it('takes JSON, since that is YAML too', () => {
    const json = JSON.stringify({ licet: 1, users: { a: { attributes: { s: '\u{1f600} "ä"\n', n: 1.5, no: 'no', z: null } } } });
    expect(parsePolicyFile(json).users).toEqual({ a: { enabled: true, attributes: { s: '\u{1f600} "ä"\n', n: 1.5, no: 'no', z: null } } });
  });

  it('takes every key as text', () => {
    expect(Object.keys(parsePolicyFile('licet: 1\ntenants: { 2024: , 0x10: , true: , no: }').tenants!)).toEqual([
      '2024',
      '0x10',
      'true',
      'no',
    ]);
  });

  it('takes whole numbers that are kept as they stand, texts of digits, and `<<` in quotes', () => {
    const attributes = { a: 9007199254740991, b: 2 ** 60, c: 1e300, d: '9007199254740993', '<<': 'merge' };
    const text = `licet: 1\nusers: { a: { attributes: ${JSON.stringify(attributes)} } }`;
    expect(parsePolicyFile(text).users!['a']!.attributes).toEqual(attributes);
  });

  it('names the line and the member of everything that is wrong', () => {
    const text = `licet: 1
resourceTypes:
  task: { actions: read, attributes: { ownerId: strin } }
roles:
  a b: {}
  member:
    grants:
      - task read
      - { permission: task:read, efect: deny }
      - 3
    inherit: [viewer]
assignments:
  - user: alice
    from: yesterday
tests:
  - { name: x, ask: { subject: { type: user }, action: read, resource: { type: task, id: t1 } }, expect: maybe }
`;
    expect(refusal(text)).toEqual({
      code: 'invalid_policy',
      message: 'this is not a valid policy file',
      errors: [
        'resourceTypes.task.actions: line 3: expected a list or a map, found the text `read`',
        'resourceTypes.task.attributes.ownerId: line 3: expected `string` or `number` or `bool` or `timestamp` or `list` or `map` or `any`, found the text `strin`',
        'roles.a b: line 5: `a b` cannot be a key: use letters, digits, `.`, `_` and `-`, beginning with a letter or digit, at most 128 characters',
        'roles.member.grants[0]: line 8: use `type:action`, `type:*`, `*:action` or `*:*`',
        'roles.member.grants[1].efect: line 9: a policy file has no such member here',
        'roles.member.grants[2]: line 10: expected a text or a map, found `3`',
        'roles.member.inherit: line 11: a policy file has no such member here',
        'assignments[0].role: line 13: this is missing: a text',
        'assignments[0].from: line 14: write a time such as `2027-01-01T00:00:00Z`',
        'tests[0].ask.subject.id: line 16: this is missing: a text',
        'tests[0].expect: line 16: expected `allow` or `deny`, found the text `maybe`',
      ],
    });
  });

  it.each([
    ['', 'invalid_policy', '(file): line 1: expected a map, found nothing'],
    ['- 1', 'invalid_policy', '(file): line 1: expected a map, found a list'],
    ['roles: {}', 'invalid_policy', 'licet: line 1: expected `1`, found nothing'],
    ['licet: 2', 'invalid_policy', 'licet: line 1: expected `1`, found `2`'],
    ['licet: 1\nroles:\n  a: {}\n  a: {}\n', 'invalid_request', '(file): line 4, column 3: the same key stands twice in a map'],
    [
      'licet: 1\nroles: [',
      'invalid_request',
      '(file): line 2, column 9: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['licet: 1\n---\nlicet: 1', 'invalid_request', '(file): line 2, column 1: a policy file is one document; remove the `---`'],
    ['licet: 1\nusers: { __proto__: { enabled: true } }', 'invalid_request', '(file): line 2, column 10: `__proto__` cannot be a key'],
    [
      'licet: 1\nusers: { a: { attributes: &a { x: 1 } }, b: { attributes: { <<: *a, level: 3 } } }',
      'invalid_request',
      '(file): line 2, column 61: `<<` does not merge maps here; write out what it brings in (a key of that name stands in quotes: `"<<"`)',
    ],
    ...['9007199254740993', '-12345678901234567890', '0x20000000000001'].map((number) => [
      `licet: 1\nusers: { a: { attributes: { x: ${number} } } }`,
      'invalid_request',
      `(file): line 2, column 32: \`${number}\` is too large for a whole number; write it as a text, in quotes`,
    ]),
    [
      'licet: 1\nusers: { a: { attributes: { x: &x [*x] } } }',
      'invalid_request',
      '(file): line 2, column 36: `*x` stands inside of what it refers to',
    ],
    [
      'licet: 1\nusers: { a: { attributes: { x: .nan } } }',
      'invalid_policy',
      'users.a.attributes.x: line 2: expected a text or a number or `true` or `false` or nothing or a list or a map, found `NaN`',
    ],
  ])('refuses %j', (text, code, error) => {
    expect(refusal(text)).toMatchObject({ code, errors: [error] });
  });

  it('refuses what would take too much time or stack', () => {
    const bomb = 'abcdefghi'.split('').map(
      (name, i, all) =>
        `${name}: &${name} [${Array(10)
          .fill(i ? `*${all[i - 1]}` : 'x')
          .join(',')}]`,
    );
    expect(refusal(`licet: 1\n${bomb.join('\n')}`).message).toBe('the file uses aliases that grow beyond reason');
    expect(refusal('['.repeat(50_000)).message).toBe('the file is nested too deeply');
    expect(refusal(`licet: 1\nx:\n  ${'- '.repeat(50_000)}1`).message).toBe('the file is nested too deeply');
    expect(refusal('licet: 1\nx: *nowhere').message).toMatch(/alias/);
  });
});
