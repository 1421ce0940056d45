import {
  emptyRows,
  EXPLANATION_LIMIT,
  Explanation,
  type AllowFailure,
  type DecisionPath,
  type EvaluationRequest,
  type Expr,
  type PolicyRow,
  type SnapshotDocument,
} from '@licet/contract';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { decide } from './decide.ts';
import { explain } from './explain.ts';
import { NOW, someDocument, someQuestion, someTree } from './model.fixture.ts';
import { createSnapshot } from './snapshot.ts';

jest.setTimeout(120_000); // Thousands of policies, on a machine that may be busy.

// What an explanation says of a policy is in the conformance cases. Here is that it says the truth, about any policy.
const models = someDocument(someTree(true));
type Rows = SnapshotDocument['rows'];
const decidedBy = (rows: Rows, request: EvaluationRequest) => decide(createSnapshot({ format: 1, revision: 7, rows }), request, NOW);

/** The policy with nothing but this one grant of the path, and this one assignment. */
function onlyPath(rows: Rows, { assignment, grant }: DecisionPath): Rows {
  return {
    ...rows,
    assignments: rows.assignments.filter(({ id }) => id === assignment),
    grants: rows.grants.filter(({ id }) => id === grant),
  };
}

/**
 * The policy in which nothing allows but a role `only`, which holds a copy of the path's grant and is assigned by a copy of its
 * assignment. Whatever denies stays.
 */
function onlyAllow(rows: Rows, path: DecisionPath): Rows {
  const grant = rows.grants.find(({ id }) => id === path.grant)!;
  const assignment = rows.assignments.find(({ id }) => id === path.assignment)!;
  return {
    ...rows,
    roles: [...rows.roles, { id: 'only' }],
    grants: [...rows.grants.filter(({ effect }) => effect === 'deny'), { ...grant, id: 'only', role: 'only' }],
    assignments: [...rows.assignments, { ...assignment, id: 'only', role: 'only' }],
  };
}

/** The policy with one thing put right that an explanation named. */
function repaired(rows: Rows, { code }: AllowFailure, { tenant, user }: { tenant: string; user: string }): Rows {
  const edited = <R extends { id: string }>(list: R[], id: string, edit: Partial<R>) =>
    list.map((row) => (row.id === id ? { ...row, ...edit } : row));
  const assignments = (edit: Partial<PolicyRow<'assignments'>>): Rows => ({ ...rows, assignments: edited(rows.assignments, 'only', edit) });
  switch (code) {
    case 'disabled_subject':
      return { ...rows, users: edited(rows.users, user, { enabled: true }) };
    case 'other_tenant':
      return assignments({ tenant });
    case 'other_resource':
      return assignments({ resource: null });
    case 'not_yet_in_force':
      return assignments({ startsAt: null });
    case 'no_longer_in_force':
      return assignments({ expiresAt: null });
    case 'condition_false':
    case 'condition_erred':
      return { ...rows, grants: edited(rows.grants, 'only', { condition: null }) };
    case 'overridden_by_deny':
      return { ...rows, grants: rows.grants.filter(({ effect }) => effect === 'allow') };
  }
}

const userOf = ({ subject: { type, id } }: EvaluationRequest) => (type === 'user' && !id.includes(':') ? id : `${type}:${id}`);

describe('explain', () => {
  it('holds the decision as decide() makes it, and fits its schema', () => {
    const check = (document: SnapshotDocument, request: EvaluationRequest) => {
      const snapshot = createSnapshot(document);
      const explanation = explain(snapshot, request, NOW);
      expect(explanation.decision).toEqual(decide(snapshot, request, NOW));
      expect(Explanation.parse(explanation)).toEqual(explanation);
    };
    fc.assert(fc.property(models, someQuestion, check), { numRuns: 1000 });
  });

  it('shows paths that each decide so by themselves, and none where no grant decided', () => {
    let several = 0;
    const check = (document: SnapshotDocument, request: EvaluationRequest) => {
      const { decision, paths } = explain(createSnapshot(document), request, NOW);
      expect(paths.length > 0).toBe(decision.path !== null);
      for (const { path, error } of paths) {
        const alone = decidedBy(onlyPath(document.rows, path), request);
        expect(alone).toMatchObject({ reason: decision.reason, path });
        expect(alone.errors.map((failed) => ({ error: failed.error, at: failed.at }))).toEqual(error ? [error] : []);
        expect(path.roles.length).toBe(paths[0]!.path.roles.length);
        expect(path.roles.length).toBeLessThanOrEqual(decision.path!.roles.length);
      }
      if (paths.length > 1) several++;
    };
    fc.assert(fc.property(models, someQuestion, check), { numRuns: 1500 });
    expect(several).toBeGreaterThan(0);
  });

  it('names of a near miss all that is missing: with that put right, and not before, its path alone allows', () => {
    const codes = new Set<string>();
    const check = (document: SnapshotDocument, request: EvaluationRequest) => {
      const { misses, tenant } = explain(createSnapshot(document), request, NOW);
      for (const { path, failures } of misses) {
        let rows = onlyAllow(document.rows, path);
        for (const failure of failures) {
          codes.add(failure.code);
          expect(decidedBy(rows, request).decision).toBe(false);
          rows = repaired(rows, failure, { tenant, user: userOf(request) });
        }
        expect(decidedBy(rows, request)).toMatchObject({ decision: true, path: { assignment: 'only' } });
      }
    };
    fc.assert(fc.property(models, someQuestion, check), { numRuns: 1500 });
    expect([...codes].sort()).toEqual([
      'condition_erred',
      'condition_false',
      'disabled_subject',
      'no_longer_in_force',
      'not_yet_in_force',
      'other_resource',
      'other_tenant',
      'overridden_by_deny',
    ]);
  });

  it('counts everything that it shows, shows no miss twice, and puts those first that lack least', () => {
    const check = (document: SnapshotDocument, request: EvaluationRequest) => {
      const { decision, paths, misses, roles, totals } = explain(createSnapshot(document), request, NOW);
      for (const [list, total] of [
        [paths, totals.paths],
        [misses, totals.misses],
        [roles, totals.roles],
      ] as const)
        expect(list.length).toBe(Math.min(total, EXPLANATION_LIMIT));
      expect(new Set(misses.map(({ path }) => JSON.stringify(path))).size).toBe(misses.length);
      const lacking = misses.map(({ failures, path }) => failures.length * 100 + path.roles.length);
      expect(lacking).toEqual([...lacking].sort((a, b) => a - b));
      if (decision.decision) expect([misses, roles]).toEqual([[], []]);
      if (misses.length > 0) expect(roles).toEqual([]);
    };
    fc.assert(fc.property(models, someQuestion, check), { numRuns: 500 });
  });

  it('leaves no allow out that the subject holds', () => {
    const check = (document: SnapshotDocument, request: EvaluationRequest) => {
      const { decision, misses } = explain(createSnapshot(document), request, NOW);
      if (!['no_matching_grant', 'denied_by_grant', 'unknown_subject'].includes(decision.reason) || misses.length === EXPLANATION_LIMIT)
        return;
      // Without tenants, scopes, times, conditions and denies, each allow that is held decides when it is alone.
      const rows = document.rows;
      for (const { id: assignment } of rows.assignments) {
        for (const { id: grant } of rows.grants.filter(({ effect }) => effect === 'allow')) {
          const alone = onlyPath(rows, { assignment, grant } as DecisionPath);
          const open = {
            ...alone,
            grants: alone.grants.map((row) => ({ ...row, condition: null })),
            assignments: alone.assignments.map((row) => ({ ...row, tenant: '*', resource: null, startsAt: null, expiresAt: null })),
          };
          const shown = misses.some(({ path }) => path.assignment === assignment && path.grant === grant);
          expect(decidedBy(open, request).decision).toBe(shown);
        }
      }
    };
    fc.assert(fc.property(models, someQuestion, check), { numRuns: 150 });
  });

  it('names the roles that would give the permission, where the subject holds none that has it', () => {
    const given = { always: 0, conditional: 0 };
    const check = (document: SnapshotDocument, request: EvaluationRequest) => {
      const { decision, roles, misses } = explain(createSnapshot(document), request, NOW);
      if (decision.reason !== 'no_matching_grant' || misses.length > 0) return;
      for (const { id } of document.rows.roles) {
        const terms = { group: null, tenant: '*', resource: null, startsAt: null, expiresAt: null };
        const assignments = [...document.rows.assignments, { ...terms, id: 'new', user: userOf(request), role: id }];
        const { reason, path } = decidedBy({ ...document.rows, assignments }, request);
        const giving = roles.find(({ role }) => role === id);
        if (giving?.conditional === false) expect(reason).toBe('allowed_by_grant');
        if (reason === 'allowed_by_grant') expect({ giving, path }).toMatchObject({ giving: { role: id }, path: { assignment: 'new' } });
        if (giving) given[giving.conditional ? 'conditional' : 'always']++;
      }
    };
    fc.assert(fc.property(models, someQuestion, check), { numRuns: 1500 });
    expect(Math.min(given.always, given.conditional)).toBeGreaterThan(10);
  });

  it('ends its lists, and says how much there is', () => {
    const many = Array.from({ length: 30 }, (_, i) => String(i).padStart(2, '0'));
    const terms = { group: null, tenant: '*', resource: null, startsAt: null, expiresAt: null };
    const snapshot = createSnapshot({
      format: 1,
      revision: 1,
      rows: {
        ...emptyRows(),
        tenants: [{ id: 'default' }],
        'resource-types': [{ id: 'task', attributes: {} }],
        permissions: [{ id: 'task:read' }],
        users: ['held', 'expired', 'none'].map((id) => ({ id, enabled: true, attributes: {} })),
        roles: many.map((id) => ({ id })),
        grants: many.map((id) => ({ id, role: id, permission: 'task:read', effect: 'allow', condition: null })),
        assignments: many.flatMap((id) => [
          { ...terms, id: `h${id}`, user: 'held', role: id },
          { ...terms, id: `e${id}`, user: 'expired', role: id, expiresAt: '2026-01-01T00:00:00.000Z' },
        ]),
      },
    });
    const ask = (id: string) =>
      explain(snapshot, { subject: { type: 'user', id }, action: { name: 'read' }, resource: { type: 'task', id: '1' } }, NOW);
    expect(ask('held').paths.map(({ path }) => path.grant)).toEqual(many.slice(0, 20));
    expect(ask('expired').misses.map(({ path }) => path.grant)).toEqual(many.slice(0, 20));
    expect(ask('none').roles).toEqual(many.slice(0, 20).map((role) => ({ role, conditional: false })));
    expect([ask('held').totals.paths, ask('expired').totals.misses, ask('none').totals.roles]).toEqual([30, 30, 30]);
  });

  it('never throws, whatever it is given for a request', () => {
    const grants = [{ id: 'g', role: 'r', permission: 'task:read', effect: 'allow' as const, condition: 'same' }];
    const terms = { user: null, tenant: '*', resource: null, startsAt: null, expiresAt: null };
    const tree: Expr = { op: 'eq', args: ['context', 'action'].map((root) => ({ op: 'var', path: [root] })) as [Expr, Expr] };
    const rows = {
      ...emptyRows(),
      tenants: [{ id: 'default' }],
      'resource-types': [{ id: 'task', attributes: {} }],
      permissions: [{ id: 'task:read' }],
      roles: [{ id: 'r' }],
      conditions: [{ id: 'same', tree }],
      assignments: [{ ...terms, id: 'a', group: 'anyone', role: 'r' }],
    };
    const snapshot = createSnapshot({ format: 1, revision: 1, rows: { ...rows, grants } });
    const thrower = new Proxy({}, { get: () => { throw new Error('no'); } }); // prettier-ignore
    const hostile = fc.oneof(fc.anything(), fc.constant<unknown>(thrower));
    const check = (given: unknown, context: unknown, now: unknown) => {
      const valid = { subject: { type: 'user', id: 'a' }, action: { name: 'read' }, resource: { type: 'task', id: '1' } };
      for (const request of [given, { ...valid, context }, { ...valid, resource: { ...valid.resource, properties: context } }]) {
        expect(explain(snapshot, request as EvaluationRequest, now as number).decision.decision).toBe(false);
      }
    };
    fc.assert(fc.property(hostile, hostile, fc.anything(), check));
  });
});
