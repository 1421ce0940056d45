import {
  emptyRows,
  FilterPlan,
  type Attributes,
  type EvaluationRequest,
  type Expr,
  type FilterRequest,
  type PlanCondition,
  type SnapshotDocument,
} from '@licet/contract';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { decide } from './decide.ts';
import { rowFilter } from './filter.ts';
import { NOW, of, resourceAttributes, someDocument, someQuestion, someTree } from './model.fixture.ts';
import { filterPlan } from './plan.ts';
import { createSnapshot } from './snapshot.ts';

jest.setTimeout(180_000); // Thousands of policies, on a machine that may be busy.

// What a plan looks like is in the conformance cases. Here is that it says what decide() says, of any row under any policy.
const someRows = fc.array(fc.record({ id: of(['1', '2', '3', '4']), properties: resourceAttributes }), { minLength: 1, maxLength: 8 });
/** Attributes that all rows are known to have. */
const someGiven = fc.option(resourceAttributes, { nil: undefined });
type Row = { id: string; properties: Attributes };

/** Whether a row gives what a plan does not look up: the attributes and the tenant that are stored with it. */
function givesAll({ rows }: SnapshotDocument, type: string, { id, properties }: Row): boolean {
  const registered = rows.resources.find((row) => row.id === `${type}:${id}`);
  if (!registered) return true;
  const tenant = properties['tenant'];
  return (
    Object.keys(registered.attributes).every((name) => Object.hasOwn(properties, name)) &&
    (registered.tenant === null || (typeof tenant === 'string' && tenant !== ''))
  );
}

function* partsOf(condition: PlanCondition): Generator<PlanCondition> {
  yield condition;
  if ('args' in condition) for (const arg of condition.args) yield* partsOf(arg);
}

const seen = { always: 0, never: 0, conditional: 0, allowed: 0, refused: 0, not_expressible: 0 };

/** Compares a plan with the decisions on each row. */
function check(document: SnapshotDocument, question: EvaluationRequest, given: Attributes | undefined, rows: Row[]): void {
  const snapshot = createSnapshot(document);
  const { type } = question.resource;
  const request: FilterRequest = { ...question, resource: given ? { type, properties: given } : { type } };
  const plan = filterPlan(snapshot, request, NOW);
  expect(FilterPlan.parse(plan)).toEqual(plan);
  expect(plan.revision).toBe(7);
  seen[plan.kind]++;
  const reason = plan.kind === 'never' ? plan.reason : undefined;
  if (reason === 'not_expressible') {
    seen.not_expressible++;
    return;
  }
  const allows = rowFilter(JSON.parse(JSON.stringify(plan)) as FilterPlan);
  for (const row of rows) {
    const properties = { ...row.properties, ...given };
    if (!givesAll(document, type, { id: row.id, properties })) continue;
    const decision = decide(snapshot, { ...question, resource: { type, id: row.id, properties } }, NOW);
    expect(allows({ id: row.id, properties })).toBe(decision.decision);
    if (plan.kind === 'conditional') seen[decision.decision ? 'allowed' : 'refused']++;
  }
}

const oneQuestion = fc.tuple(someQuestion, resourceAttributes).map(([{ context }, properties]) => ({
  subject: { type: 'user', id: 'alice', properties },
  action: { name: 'read' },
  resource: { type: 'task', id: '1' },
  ...(context ? { context: { ...context, tenant: 'default' } } : {}),
}));
const plainRows = someRows.map((list) => list.map(({ id, properties: { tenant: _, ...properties } }) => ({ id, properties })));
const oneCondition = (tree: Expr, effect: 'allow' | 'deny', asked: EvaluationRequest, given: Row[]) =>
  check(policyOf(tree, effect), asked, { tenant: null }, given);

describe('filterPlan', () => {
  it('says of every row what decide() says, errors included', () => {
    fc.assert(fc.property(someDocument(someTree(false)), someQuestion, someGiven, someRows, check), { numRuns: 3000 });
    expect(Math.min(seen.always, seen.never, seen.conditional, seen.allowed, seen.refused)).toBeGreaterThan(5);
    expect(seen.not_expressible).toBeLessThan(100);
  });

  it('says of every row what one condition says, for an allow and for a deny', () => {
    Object.assign(seen, { always: 0, never: 0, conditional: 0, allowed: 0, refused: 0, not_expressible: 0 });
    fc.assert(fc.property(someTree(false), of(['allow', 'deny'] as const), oneQuestion, plainRows, oneCondition), { numRuns: 4000 });
    expect(Math.min(seen.allowed, seen.refused, seen.conditional)).toBeGreaterThan(300);
  });

  it.each<[string, Expr]>([
    ['a name in a map of the subject', { op: 'in', args: [attributeOf('a'), { op: 'var', path: ['subject', 'properties', 'map'] }] }],
    [
      'an item of a list that is too long',
      {
        op: 'exists',
        each: 'x',
        args: [
          { op: 'var', path: ['context', 'long'] },
          { op: 'eq', args: [{ op: 'var', path: ['x'] }, attributeOf('a')] },
        ],
      },
    ],
    [
      'a truth value that may be none',
      {
        op: 'eq',
        args: [
          { op: 'or', args: [{ op: 'lit', value: false }, attributeOf('a')] },
          { op: 'lit', value: true },
        ],
      },
    ],
    [
      'an error within a list of the row',
      {
        op: 'all',
        each: 'x',
        args: [
          attributeOf('list'),
          {
            op: 'or',
            args: [
              { op: 'var', path: ['x'] },
              { op: 'var', path: ['context', 'none'] },
            ],
          },
        ],
      },
    ],
  ])('says what decide() says of %s', (_, tree) => {
    const long = Array.from({ length: 1001 }, (_, i) => i);
    const asked = {
      subject: { type: 'user', id: 'alice' },
      action: { name: 'read' },
      resource: { type: 'task', id: '1' },
      context: { long },
    };
    const values = [undefined, null, true, false, 0, 5, 'k', 'no', ['k'], {}];
    const lists = [undefined, [], [true], [false], [true, false], ['no'], 'no'];
    const rows = values.flatMap((a) =>
      lists.map((list) => ({ id: '1', properties: JSON.parse(JSON.stringify({ a, list })) as Attributes })),
    );
    for (const effect of ['allow', 'deny'] as const) oneCondition(tree, effect, asked, rows);
  });

  it('says that there is no filter, or the right one, where conditions are over all attributes at once', () => {
    Object.assign(seen, { not_expressible: 0 });
    fc.assert(fc.property(someTree(true), of(['allow', 'deny'] as const), oneQuestion, plainRows, oneCondition), { numRuns: 2000 });
    expect(seen.not_expressible).toBeGreaterThan(10);
  });

  it('asks for nothing but the id and attributes that are not given, and wraps what may err', () => {
    const shape = (document: SnapshotDocument, question: EvaluationRequest, given: Attributes | undefined) => {
      const { type } = question.resource;
      const plan = filterPlan(createSnapshot(document), { ...question, resource: given ? { type, properties: given } : { type } }, NOW);
      if (plan.kind !== 'conditional') return;
      for (const part of partsOf(plan.condition)) {
        if (part.op !== 'var' && part.op !== 'has') continue;
        const [root, field, name] = part.path;
        if (root === 'x' || root === 'y' || (root === 'resource' && JSON.stringify(plan).includes('"each":"resource"'))) continue;
        expect(root).toBe('resource');
        expect(field === 'id' ? part.path.length : field).toBe(field === 'id' ? 2 : 'properties');
        if (field === 'properties') expect([typeof name, Object.hasOwn(given ?? {}, name!)]).toEqual(['string', false]);
      }
      // Of a row without any attribute everything errs that may: a plan has an answer nevertheless.
      expect(typeof rowFilter(plan)({ id: '1', properties: {} })).toBe('boolean');
    };
    fc.assert(fc.property(someDocument(someTree(false)), someQuestion, someGiven, shape), { numRuns: 500 });
  });

  const alice: FilterRequest = {
    subject: { type: 'user', id: 'alice' },
    action: { name: 'read' },
    resource: { type: 'task', properties: { tenant: null } },
  };
  const planOf = (tree: unknown, effect: 'allow' | 'deny', now = NOW) =>
    filterPlan(createSnapshot(policyOf(tree as Expr, effect)), alice, now);
  const quantified = (list: Expr, body: Expr): Expr => ({ op: 'exists', each: 'x', args: [list, body] });

  it.each([
    ['nothing', undefined],
    ['an operator that it does not know', { op: 'matches', args: [attributeOf('a'), attributeOf('a')] }],
    [
      'an operator that it does not know, in a list that is never looked into',
      quantified({ op: 'list', args: [] }, { op: 'matches' } as never),
    ],
    ['an empty path', { op: 'var', path: [] }],
  ])('takes a condition of %s for one that errs: the allow never applies, the deny always', (_, tree) => {
    expect(planOf(tree, 'allow')).toEqual({ kind: 'never', reason: 'no_matching_grant', revision: 7 });
    expect(planOf(tree, 'deny')).toEqual({ kind: 'never', reason: 'denied_by_grant', revision: 7 });
  });

  it('says that there is no filter where it would be too large, or too deep', () => {
    const hundred: Expr = { op: 'list', args: Array.from({ length: 150 }, (_, value) => ({ op: 'lit', value })) };
    const item: Expr = { op: 'var', path: ['x'] };
    const large = quantified(hundred, quantified(hundred, { op: 'eq', args: [item, attributeOf('a')] }));
    const deep = Array.from({ length: 100_000 }).reduce<Expr>((arg) => ({ op: 'not', args: [arg] }), attributeOf('flag'));
    expect(planOf(large, 'allow')).toEqual({ kind: 'never', reason: 'not_expressible', revision: 7 });
    // A tree deeper than the stack errs in decisions, too.
    expect(planOf(deep, 'allow').kind).toBe('never');
    expect(planOf(deep, 'deny').kind).toBe('never');
  });

  it.each([NaN, 0.5, Infinity, 8.64e15, -62_135_596_800_001])('takes %p for no time that a filter could hold', (now) => {
    expect(planOf({ op: 'lit', value: true }, 'allow', now)).toEqual({ kind: 'never', reason: 'invalid_request', revision: 7 });
  });

  it('never throws, and allows nothing, whatever it is given for a request', () => {
    const snapshot = createSnapshot(policyOf({ op: 'eq', args: [attributeOf('a'), { op: 'var', path: ['context'] }] }, 'allow'));
    const thrower = new Proxy({}, { get: () => { throw new Error('no'); } }); // prettier-ignore
    const hostile = fc.oneof(fc.anything(), fc.constant<unknown>(thrower));
    const ask = (given: unknown, context: unknown, properties: unknown) => {
      for (const request of [given, { ...alice, context }, { ...alice, resource: { type: 'task', properties } }]) {
        const plan = filterPlan(snapshot, request as FilterRequest, NOW);
        expect(plan.kind).toBe('never');
        expect(rowFilter(plan)({ id: '1', properties: {} })).toBe(false);
      }
    };
    fc.assert(fc.property(hostile, hostile, hostile, ask));
  });
});

describe('rowFilter', () => {
  it.each([
    ['that cannot be read', { op: 'matches', args: [] }],
    ['that errs where it must not', { op: 'not', args: [attributeOf('missing')] }],
    [
      'of which a part errs where it must not',
      {
        op: 'or',
        args: [
          { op: 'lit', value: false },
          { op: 'not', args: [attributeOf('missing')] },
        ],
      },
    ],
    ['that is no condition', null],
  ])('allows nothing by a plan %s', (_, condition) => {
    expect(rowFilter({ kind: 'conditional', condition, revision: 1 } as unknown as FilterPlan)({ id: '1', properties: {} })).toBe(false);
  });
});

function attributeOf(name: string): Expr {
  return { op: 'var', path: ['resource', 'properties', name] };
}

/** Alice may read every task if the condition holds, or unless it does. */
function policyOf(tree: Expr, effect: 'allow' | 'deny'): SnapshotDocument {
  const terms = { user: 'alice', group: null, tenant: '*', resource: null, startsAt: null, expiresAt: null };
  const unconditional = { id: 'g-1', role: 'r', permission: 'task:read', effect: 'allow' as const, condition: null };
  const rows = {
    ...emptyRows(),
    tenants: [{ id: 'default' }],
    'resource-types': [{ id: 'task', attributes: {} }],
    permissions: [{ id: 'task:read' }],
    conditions: [{ id: 'c', tree }],
    roles: [{ id: 'r' }],
    grants: [...(effect === 'deny' ? [unconditional] : []), { ...unconditional, id: 'g-2', effect, condition: 'c' }],
    users: [{ id: 'alice', enabled: true, attributes: { a: 'alice', list: ['alice', 1], map: { k: 'alice' } } }],
    assignments: [{ ...terms, id: 'a-1', role: 'r' }],
  };
  return { format: 1, revision: 7, rows };
}
