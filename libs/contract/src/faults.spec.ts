import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { StepUpRequest } from './passkeys.ts';
import { AssignmentCreate, GrantCreate, UserSyncRequest } from './admin.ts';
import { errorItems, faultWords } from './faults.ts';

const texts = (schema: z.ZodType, input: unknown) => {
  const { error } = schema.safeParse(input, { error: faultWords });
  return errorItems(error!).map(({ path, message }) => `${path} ${message}`);
};

describe('the words for a fault', () => {
  it.each([
    ['a value of another type', z.string(), 7, 'must be a string, but is a number'],
    ['a missing one', z.string(), undefined, 'is missing; it must be a string'],
    ['null', z.array(z.string()), null, 'must be an array, but is `null`'],
    ['an array for an object', z.object({}), [], 'must be an object, but is an array'],
    ['a text for a truth', z.boolean(), 'yes', 'must be `true` or `false`, but is a string'],
    ['a truth for a number', z.number(), true, 'must be a number, but is `true`'],
    ['what is no number', z.coerce.number(), 'one', 'must be a number'],
    ['a fraction', z.int(), 1.5, 'must be a whole number'],
    ['none of the known values', z.enum(['allow', 'deny']), 'maybe', 'must be `allow` or `deny`'],
    ['another literal', z.literal(1), 2, 'must be `1`'],
    ['an empty text', z.string().min(1), '', 'must not be empty'],
    ['a short text', z.string().min(6), 'abc', 'must have at least 6 characters'],
    ['a long text', z.string().max(2000), 'x'.repeat(2001), 'must have at most 2,000 characters'],
    ['a text of another length', z.string().length(4), 'abc', 'must have exactly 4 characters'],
    ['an empty list', z.array(z.string()).min(1), [], 'must have at least one item'],
    ['a long list', z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 item'],
    ['a small number', z.number().min(1), 0, 'must be at least 1'],
    ['a number at an open limit', z.number().gt(0), 0, 'must be more than 0'],
    ['a large number', z.number().max(1000), 1001, 'must be at most 1,000'],
    ['a number beside the steps', z.number().multipleOf(5), 7, 'must be a multiple of 5'],
    ['no time', z.iso.datetime(), 'soon', 'must be a time such as `2026-01-31T12:00:00Z`'],
    ['no UUID', z.uuid(), 'x', 'must be a UUID such as `0198c5f2-7a6b-7c3d-8e4f-5a6b7c8d9e0f`'],
    ['a text of another form', z.string().regex(/^a+$/), 'b', 'must have the form `/^a+$/`'],
    ['another beginning', z.string().startsWith('lct_'), 'x', 'must begin with `lct_`'],
    ['what a rule without words refuses', z.string().refine(() => false), 'x', /is not valid; the documentation says/],
    ['what a rule refuses in its own words', z.string().min(12, 'use more'), 'x', 'use more'],
  ] as [string, z.ZodType, unknown, string | RegExp][])('say what is right where there is %s', (_what, schema, input, words) => {
    const [text, ...rest] = texts(z.object({ list: z.array(z.object({ x: schema })) }), { list: [{ x: input }] });
    expect(text!.replace('list[0].x ', '')).toEqual(typeof words === 'string' ? words : expect.stringMatching(words));
    expect(rest).toEqual([]);
  });

  it('name each member that is not known, and a name that cannot be one', () => {
    expect(texts(z.strictObject({ a: z.string().optional() }), { b: 1, c: 2 })).toEqual([
      'b is not a known member; check its spelling or leave it out',
      'c is not a known member; check its spelling or leave it out',
    ]);
    expect(texts(z.record(z.string().max(2), z.string()), { abc: 'x' })).toEqual([
      'abc cannot be the name of a member: must have at most 2 characters',
    ]);
  });

  it('are about the form that a value comes closest to, where it may have several', () => {
    expect(texts(StepUpRequest, { password: 5 })).toEqual(['password must be a string, but is a number']);
    expect(texts(z.union([z.string(), z.null()]), 5)).toEqual(['(body) must be a string or `null`, but is a number']);
    expect(texts(StepUpRequest, {})).toEqual([
      '(body) has none of the forms that it may have; of one `passkey` is missing; it must be an object; of another `password` is missing; it must be a string',
    ]);
    expect(texts(AssignmentCreate, { role: 'r', user: 'a', tenant: 'a b' })).toEqual([
      'tenant use letters, digits, `.`, `_` and `-`, beginning with a letter or digit, at most 128 characters',
    ]);
    const forms = z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })]);
    expect(texts(forms, { kind: 'c' })).toEqual(['kind must be `a` or `b`']);
    expect(texts(z.xor([z.object({ a: z.string() }), z.object({ b: z.string() })]), { a: '', b: '' })).toEqual([
      '(body) fits several forms at once; leave out the members of all but one',
    ]);
  });

  it('are never those of the library, whatever comes in', () => {
    const values = [
      undefined,
      null,
      true,
      0,
      NaN,
      1e300,
      '',
      'x',
      'x y',
      [],
      [[]],
      {},
      { id: 1 },
      { users: [{ id: '', enabled: 'no', x: 1 }] },
    ];
    for (const schema of [GrantCreate, AssignmentCreate, UserSyncRequest, StepUpRequest] as z.ZodType[]) {
      for (const value of values) {
        for (const text of texts(schema, value)) expect(text).not.toMatch(/Invalid|expected|received|Too |Unrecognized|undefined|NaN/);
      }
    }
  });
});
