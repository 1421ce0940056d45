import { emptyRows, parseUserKey, splitKey, userKey, type EvaluationRequest, type SnapshotDocument } from '@licet/contract';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { decide } from './decide.ts';
import { NOW, someDocument, someQuestion, someTree } from './model.fixture.ts';
import { searchActions, searchResources, searchSubjects, type Found, type SearchPage } from './search.ts';
import { applyDelta, createSnapshot, type Snapshot } from './snapshot.ts';

jest.setTimeout(120_000); // Thousands of policies, on a machine that may be busy.

// What a search finds in a policy is in the conformance cases. Here is that it finds what decide() allows, in any policy.
const models = someDocument(someTree(true));
const ALL = { limit: 1000 };
const ascending = (a: string, b: string) => (a < b ? -1 : 1);
const allowed = (snapshot: Snapshot, request: EvaluationRequest) => decide(snapshot, request, NOW).decision;

/** All results, asked for in pages; `pages` are their sizes. */
function inPages<T>(limit: number, ask: (page: SearchPage) => Found<T>): { results: T[]; pages: number[] } {
  const results: T[] = [];
  const pages: number[] = [];
  for (let after: string | undefined; ;) {
    const found: Found<T> = ask({ after, limit });
    results.push(...found.results);
    pages.push(found.results.length);
    if (found.next === null) return { results, pages };
    after = found.next;
  }
}

/** Full pages, and a last one that is empty only if there is no other. */
function expectPages<T>(all: T[], limit: number, { results, pages }: { results: T[]; pages: number[] }): void {
  expect(results).toEqual(all);
  expect(pages).toEqual(
    Array.from({ length: Math.max(1, Math.ceil(all.length / limit)) }, (_, i) => Math.min(limit, all.length - i * limit)),
  );
}

/** Every candidate's type and id that names exactly the row of this key. */
function subjectsOf({ rows }: SnapshotDocument, asked: string) {
  const keys = rows.users.map(({ id }) => id).sort(ascending);
  const subjects = keys.map((key) => ({ key, ...parseUserKey(key) }));
  return subjects.filter(({ key, type, id }) => type === asked && userKey(type, id) === key).map(({ type, id }) => ({ type, id }));
}

describe('a search', () => {
  it('for subjects finds exactly the registered users that decide() allows, in ascending order, page by page', () => {
    let found = 0;
    const check = (document: SnapshotDocument, request: EvaluationRequest, limit: number) => {
      const snapshot = createSnapshot(document);
      const { subject } = request;
      const expected = subjectsOf(document, subject.type).filter(({ id }) =>
        allowed(snapshot, { ...request, subject: { ...subject, id } }),
      );
      expect(searchSubjects(snapshot, request, NOW, ALL)).toEqual({ results: expected, next: null });
      expectPages(
        expected,
        limit,
        inPages(limit, (page) => searchSubjects(snapshot, request, NOW, page)),
      );
      found += expected.length;
    };
    fc.assert(fc.property(models, someQuestion, fc.integer({ min: 1, max: 3 }), check), { numRuns: 2000 });
    expect(found).toBeGreaterThan(50);
  });

  it('for resources finds exactly the registered ones that decide() allows, in ascending order, page by page', () => {
    let found = 0;
    const check = (document: SnapshotDocument, request: EvaluationRequest, limit: number) => {
      const snapshot = createSnapshot(document);
      const { resource } = request;
      const candidates = document.rows.resources.map(({ id }) => splitKey(id)).sort((a, b) => ascending(a.rest, b.rest));
      const expected = candidates
        .filter(({ type, rest: id }) => type === resource.type && allowed(snapshot, { ...request, resource: { ...resource, id } }))
        .map(({ type, rest: id }) => ({ type, id }));
      expect(searchResources(snapshot, request, NOW, ALL)).toEqual({ results: expected, next: null });
      expectPages(
        expected,
        limit,
        inPages(limit, (page) => searchResources(snapshot, request, NOW, page)),
      );
      found += expected.length;
    };
    fc.assert(fc.property(models, someQuestion, fc.integer({ min: 1, max: 3 }), check), { numRuns: 2000 });
    expect(found).toBeGreaterThan(10);
  });

  it('for actions finds exactly those of the type that decide() allows, in ascending order, page by page', () => {
    let found = 0;
    const check = (document: SnapshotDocument, request: EvaluationRequest) => {
      const snapshot = createSnapshot(document);
      const names = document.rows.permissions.map(({ id }) => splitKey(id)).filter(({ type }) => type === request.resource.type);
      const candidates = names.map(({ rest }) => ({ name: rest })).sort((a, b) => ascending(a.name, b.name));
      const expected = candidates.filter((action) => allowed(snapshot, { ...request, action }));
      expect(searchActions(snapshot, request, NOW, ALL)).toEqual({ results: expected, next: null });
      expectPages(
        expected,
        1,
        inPages(1, (page) => searchActions(snapshot, request, NOW, page)),
      );
      found += expected.length;
    };
    fc.assert(fc.property(models, someQuestion, check), { numRuns: 1000 });
    expect(found).toBeGreaterThan(5);
  });

  it('never throws, and finds nothing for what is no request', () => {
    const snapshot = createSnapshot({ format: 1, revision: 1, rows: largeRows(3, 3) });
    const thrower = new Proxy({}, { get: () => { throw new Error('no'); } }); // prettier-ignore
    const check = (given: unknown) => {
      for (const ask of [searchSubjects, searchResources, searchActions]) {
        expect(ask(snapshot, given as EvaluationRequest, NOW, ALL)).toEqual({ results: [], next: null });
        expect(ask(snapshot, { ...ASKED, context: thrower, resource: given } as unknown as EvaluationRequest, NOW, ALL).results).toEqual(
          [],
        );
      }
    };
    fc.assert(fc.property(fc.oneof(fc.anything(), fc.constant<unknown>(thrower)), check));
  });

  it('goes on where the page before ended, also when the policy has changed in between', () => {
    const before = createSnapshot({ format: 1, revision: 1, rows: largeRows(9, 9) });
    const first = searchSubjects(before, ASKED, NOW, { limit: 3 });
    const ops = ['u000002', 'u000003'].map((id) => ({ kind: 'users' as const, id, row: null }));
    const second = searchSubjects(applyDelta(before, { revision: 2, ops }), ASKED, NOW, { after: first.next!, limit: 3 });
    expect(first.results.map(({ id }) => id)).toEqual(['u000000', 'u000001', 'u000002']);
    expect(second.results.map(({ id }) => id)).toEqual(['u000004', 'u000005', 'u000006']);
  });

  it.each([
    [0, 0],
    [-1, 0],
    [NaN, 0],
    [1.9, 1],
    [5000, 1000],
    [Infinity, 1000],
  ])('takes a limit of %p for %p, and says that there is more', (limit, length) => {
    const snapshot = createSnapshot({ format: 1, revision: 1, rows: largeRows(1500, 1500) });
    const { results, next } = searchSubjects(snapshot, ASKED, NOW, { limit });
    expect(results.length).toBe(length);
    expect(searchSubjects(snapshot, ASKED, NOW, { after: next!, limit: 1 }).results).toEqual([
      { type: 'user', id: `u${String(length).padStart(6, '0')}` },
    ]);
  });

  it('bounds what one page costs, and finds all results in the pages that follow', () => {
    const rows = largeRows(25_000, 25_000);
    const ownerOnly = rows.grants.map((row) => ({ ...row, condition: 'last' }));
    const tree = {
      op: 'eq' as const,
      args: [
        { op: 'var' as const, path: ['subject', 'id'] },
        { op: 'lit' as const, value: 'u024999' },
      ] as [never, never],
    };
    const snapshot = createSnapshot({ format: 1, revision: 1, rows: { ...rows, grants: ownerOnly, conditions: [{ id: 'last', tree }] } });
    const first = searchSubjects(snapshot, ASKED, NOW, ALL);
    expect([first.results, first.next]).toEqual([[], 'u009999']);
    const all = inPages(1000, (page) => searchSubjects(snapshot, ASKED, NOW, page));
    expect(all).toEqual({ results: [{ type: 'user', id: 'u024999' }], pages: [0, 0, 1] });
  });

  it('passes over users whose assignments cannot count: 100 holders among 100,000 are found in one page', () => {
    const snapshot = createSnapshot({ format: 1, revision: 1, rows: largeRows(100_000, 100) });
    const found = searchSubjects(snapshot, ASKED, NOW, ALL);
    expect([found.results.length, found.next]).toEqual([100, null]);
  });

  // Of 12,000 that are decided on one by one, not all fit in a page.
  const MANY = 12_000;

  it('decides on nobody where a tenant does not exist, though all are assigned in every one', () => {
    const rows = largeRows(MANY, MANY);
    const assignments = rows.assignments.map((row) => ({ ...row, tenant: '*' }));
    const snapshot = createSnapshot({ format: 1, revision: 1, rows: { ...rows, assignments } });
    expect(searchSubjects(snapshot, ASKED, NOW, ALL).next).not.toBeNull();
    expect(searchSubjects(snapshot, { ...ASKED, context: { tenant: 'gone' } }, NOW, ALL)).toEqual({ results: [], next: null });
  });

  it.each<[string, object, object]>([
    ['of a disabled user', {}, { enabled: false }],
    ['of a role that does not give it', { role: 'lister' }, {}],
    ['that has ended', { expiresAt: '2001-01-01T00:00:00Z' }, {}],
    ['in another tenant', { tenant: 'acme' }, {}],
    ['for one of another type', { resource: 'note:r-1' }, {}],
    ['for one of them', { resource: 'task:gone' }, {}],
  ])('decides on no resource by an assignment %s', (_, assignment, user) => {
    const rows = largeRows(1, 1);
    const resources = Array.from({ length: MANY }, (_, n) => ({ id: `task:r-${n}`, tenant: null, attributes: {} }));
    const all = { ...rows, tenants: [{ id: 'default' }, { id: 'acme' }], resources };
    const asked = { subject: { type: 'user', id: 'u000000' }, action: { name: 'read' }, resource: { type: 'task' } };
    const find = (more: object, also: object) => {
      const edited = { assignments: [{ ...rows.assignments[0]!, ...more }], users: [{ ...rows.users[0]!, ...also }] };
      return searchResources(createSnapshot({ format: 1, revision: 1, rows: { ...all, ...edited } }), asked, NOW, ALL);
    };
    expect(find({}, {}).next).not.toBeNull();
    expect(find(assignment, user)).toEqual({ results: [], next: null });
  });
});

const ASKED = { subject: { type: 'user' }, action: { name: 'read' }, resource: { type: 'task', id: '1' } };

/** Many users, each with an assignment; those of the first `holders` give `task:read`. */
function largeRows(users: number, holders: number): SnapshotDocument['rows'] {
  const ids = Array.from({ length: users }, (_, i) => `u${String(i).padStart(6, '0')}`);
  const terms = { group: null, tenant: 'default', resource: null, startsAt: null, expiresAt: null };
  return {
    ...emptyRows(),
    tenants: [{ id: 'default' }],
    'resource-types': [{ id: 'task', attributes: {} }],
    permissions: [{ id: 'task:read' }, { id: 'task:list' }],
    roles: [{ id: 'reader' }, { id: 'lister' }],
    grants: [
      { id: 'g-1', role: 'reader', permission: 'task:read', effect: 'allow', condition: null },
      { id: 'g-2', role: 'lister', permission: 'task:list', effect: 'allow', condition: null },
    ],
    users: ids.map((id) => ({ id, enabled: true, attributes: {} })),
    assignments: ids.map((user, i) => ({ ...terms, id: `a-${user}`, user, role: i < holders ? 'reader' : 'lister' })),
  };
}
