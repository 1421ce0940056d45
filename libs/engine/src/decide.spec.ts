import { emptyRows, EvaluationRequest, type Decision, type PolicyRows } from '@licet/contract';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { decide, tenantOf } from './decide.ts';
import { createSnapshot } from './snapshot.ts';

jest.setTimeout(60_000);

// What decisions mean is in the conformance cases. Here is what they cannot say: that nothing throws, and what is handed out.
const assignment = { user: null, group: 'anyone', role: 'public', tenant: '*', resource: null, startsAt: null, expiresAt: null };
const rows: PolicyRows = {
  ...emptyRows(),
  tenants: [{ id: 'default' }],
  'resource-types': [{ id: 'task', attributes: {} }],
  permissions: [{ id: 'task:read' }, { id: 'task:update' }, { id: 'task:share' }],
  conditions: [
    {
      id: 'same',
      tree: {
        op: 'eq',
        args: [
          { op: 'var', path: ['context'] },
          { op: 'var', path: ['resource', 'properties'] },
        ],
      },
    },
  ],
  roles: [{ id: 'public' }, { id: 'base' }],
  'role-inherits': [{ id: 'i-1', role: 'public', inherits: 'base' }],
  grants: [
    { id: 'g-1', role: 'public', permission: 'task:read', effect: 'allow', condition: null },
    { id: 'g-2', role: 'public', permission: 'task:update', effect: 'allow', condition: 'same' },
    { id: 'g-3', role: 'base', permission: 'task:share', effect: 'allow', condition: null },
  ],
  users: [{ id: 'alice', enabled: true, attributes: {} }],
  resources: [{ id: 'task:a', tenant: 'acme', attributes: {} }],
  assignments: [{ ...assignment, id: 'a-1' }],
};
const snapshot = createSnapshot({ format: 1, revision: 3, rows });
const valid: EvaluationRequest = { subject: { type: 'user', id: 'alice' }, action: { name: 'read' }, resource: { type: 'task', id: 't1' } };
const ask = (request: unknown, now: unknown = 0): Decision => decide(snapshot, request as EvaluationRequest, now as number);
const INVALID = { decision: false, reason: 'invalid_request', path: null, errors: [], revision: 3 };

const thrower = new Proxy(
  {},
  {
    get: () => {
      throw new Error('no');
    },
    ownKeys: () => {
      throw new Error('no');
    },
    getOwnPropertyDescriptor: () => {
      throw new Error('no');
    },
  },
);
const hostile = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
  }),
  fc.constantFrom<unknown>(thrower, Symbol('x'), () => 1, Object.create(valid.subject), new Proxy({}, {})),
);
const member = <T>(normal: T) => fc.oneof(fc.constant<unknown>(normal), hostile);

describe('decide', () => {
  it('never throws, and allows nothing but what is granted, whatever it is given for a request', () => {
    const part = (fields: Record<string, unknown>) =>
      fc.oneof(
        hostile,
        fc.record(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, member(value)])), { requiredKeys: [] }),
      );
    const request = fc.record(
      {
        subject: part({ ...valid.subject, properties: {} }),
        action: part({ name: 'update', properties: {} }),
        resource: part({ ...valid.resource, properties: { a: 1 } }),
        context: hostile,
      },
      { requiredKeys: [] },
    );
    const check = (given: unknown, now: unknown) => {
      const { decision, revision, reason } = ask(given, now);
      expect([typeof decision, revision, typeof reason]).toEqual(['boolean', 3, 'string']);
      expect(decision).toBe(reason === 'allowed_by_grant');
    };
    fc.assert(fc.property(fc.oneof(hostile, request), member(0), check), { numRuns: 1500 });
  });

  it('says invalid_request of a user whose id is none, even where the policy has such a user', () => {
    const ids = ['a\u0007', 'a\u007f', 'a'.repeat(257)];
    const users = ids.map((id) => ({ id, enabled: true, attributes: {} }));
    const held = { ...assignment, group: null };
    const assignments = ids.map((user, n) => ({ ...held, id: `a-${n}`, user }));
    const given = createSnapshot({ format: 1, revision: 3, rows: { ...rows, users, assignments } });
    for (const id of ids) expect(decide(given, { ...valid, subject: { type: 'user', id } }, 0)).toEqual(INVALID);
  });

  it('says invalid_request of JSON exactly where the contract refuses it', () => {
    const id = fc.oneof(
      fc.constantFrom<unknown>('alice', '', 'a\nb', 'a\u007f', 'x'.repeat(256), 'x'.repeat(257), 'ä\u0080😀'),
      fc.jsonValue(),
    );
    const attributes = fc.oneof(fc.constantFrom<unknown>(undefined, {}, { a: 1 }, null, [], 'a'), fc.jsonValue());
    const entity = fc.oneof(
      fc.jsonValue(),
      fc.record({ type: fc.constantFrom<unknown>('user', 'task', '', 1, null), id, properties: attributes }, { requiredKeys: [] }),
    );
    const action = fc.oneof(
      fc.jsonValue(),
      fc.record({ name: fc.constantFrom<unknown>('read', '', 1, undefined), properties: attributes }),
    );
    const request = fc.record({ subject: entity, action, resource: entity, context: attributes }, { requiredKeys: [] });
    const check = (given: unknown) => {
      expect(ask(given).reason === 'invalid_request').toBe(!EvaluationRequest.safeParse(given).success);
    };
    fc.assert(fc.property(fc.oneof(fc.jsonValue(), request), check), { numRuns: 1500 });
  });

  it.each([undefined, null, 5, 'task:read', [], [valid], () => valid, new Map()])('denies %p as no request', (request) => {
    expect(ask(request)).toEqual(INVALID);
  });

  it('denies a request with a member that throws', () => {
    expect(ask(thrower)).toEqual(INVALID);
    expect(ask({ ...valid, resource: { ...valid.resource, properties: thrower } })).toEqual(INVALID);
  });

  it('denies where a condition meets a value that contains itself', () => {
    const context: Record<string, unknown> = {};
    context['self'] = context;
    const properties: Record<string, unknown> = {};
    properties['self'] = properties;
    expect(ask({ ...valid, action: { name: 'update' }, resource: { ...valid.resource, properties }, context })).toMatchObject({
      decision: false,
      errors: [{ grant: 'g-2', error: 'type_mismatch', at: 'condition' }],
    });
  });

  it('hands out nothing through which the policy could be changed', () => {
    const [first, inherited] = [ask(valid), ask({ ...valid, action: { name: 'share' } })];
    expect(inherited.path?.roles).toEqual(['public', 'base']);
    for (const { path } of [first, inherited]) expect(() => path!.roles.push('admin')).toThrow(TypeError);
    first.path!.grant = 'other';
    const denial = ask({ ...valid, action: { name: 'unheard' } });
    expect(() => (denial.decision = true)).toThrow(TypeError);
    for (const { errors } of [first, denial]) {
      expect(() => errors.push({ grant: 'x', condition: 'x', error: 'too_long', at: 'x' })).toThrow(TypeError);
    }
    expect(ask(valid)).toMatchObject({ path: { grant: 'g-1', roles: ['public'] }, errors: [] });
    expect(ask({ ...valid, action: { name: 'unheard' } })).toMatchObject({ decision: false, errors: [] });
  });

  it('does not change the request', () => {
    const frozen = JSON.stringify(valid);
    ask(valid);
    expect(JSON.stringify(valid)).toBe(frozen);
  });
});

describe('tenantOf', () => {
  it('names the tenant that the request is about', () => {
    expect(tenantOf(snapshot, valid)).toBe('default');
    expect(tenantOf(snapshot, { ...valid, context: { tenant: 'a' } })).toBe('a');
    expect(tenantOf(snapshot, { ...valid, resource: { type: 'task', id: 'a' }, context: { tenant: 'a' } })).toBe('acme');
    expect(tenantOf(snapshot, { ...valid, resource: { type: 'task', id: 'a', properties: { tenant: 'b' } } })).toBe('b');
  });

  it('takes no tenant from the prototype of what it is given', () => {
    const inherited = Object.create({ tenant: 'a' }) as Record<string, string>;
    expect(tenantOf(snapshot, { ...valid, resource: { ...valid.resource, properties: inherited }, context: inherited })).toBe('default');
  });

  it('says `default` of what is no request', () => {
    for (const request of [undefined, null, {}, [], 'x', thrower]) expect(tenantOf(snapshot, request as EvaluationRequest)).toBe('default');
  });
});
