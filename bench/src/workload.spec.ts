import { PolicyFile } from '@licet/contract';
import { createSnapshot, decide } from '@licet/engine';
import { describe, expect, it } from '@jest/globals';
import { bareLayout } from './bare-layout.ts';
import { median, quantile, random } from './measure.ts';
import { cerbosPolicies, cerbosRequest } from './peers/cerbos.ts';
import { toPolicyFile } from './policy-file.ts';
import { makeConditions, makeWorkload, reachable } from './workload.ts';

const SMALL = { roles: 12, types: 5, actions: 4, users: 40 };

describe.each([
  ['roles only', false],
  ['owner condition', true],
])('the workload, %s', (_, condition) => {
  const workload = makeWorkload(SMALL, condition, 400);

  it('is answered alike by the engine and the bare layout, half of it allowed', () => {
    const snapshot = createSnapshot(workload.document);
    const bare = bareLayout(workload, condition);
    const answers = workload.questions.map((question) => [decide(snapshot, question.request, 0).decision, bare(question)]);
    expect(answers).toEqual(workload.questions.map(({ allowed }) => [allowed, allowed]));
    expect(workload.questions.filter(({ allowed }) => allowed)).toHaveLength(200);
  });

  it('is the same in every run', () => {
    expect(makeWorkload(SMALL, condition, 400)).toEqual(workload);
  });

  it('can be given to an api as a policy file', () => {
    const file = PolicyFile.parse(toPolicyFile(workload));
    expect(Object.keys(file.roles ?? {})).toHaveLength(12);
    expect(file.assignments).toHaveLength(workload.document.rows.assignments.length);
  });
});

describe('the workload of other shapes', () => {
  it.each([1, 3, 5, 10])('has hierarchies of depth %i, and right answers', (depth) => {
    const { document, roles, questions } = makeWorkload({ ...SMALL, roles: 20, depth }, false, 200);
    expect(Math.max(...roles.map((_, role) => reachable(roles, role).size))).toBe(depth);
    const snapshot = createSnapshot(document);
    expect(questions.map(({ request }) => decide(snapshot, request, 0).decision)).toEqual(questions.map(({ allowed }) => allowed));
  });

  it.each([1, 7])('has %i conditions on one permission, of which only the last can allow', (conditions) => {
    const { document, questions } = makeConditions(conditions, 100);
    const snapshot = createSnapshot(document);
    const answers = questions.map(({ request }) => decide(snapshot, request, 0));
    expect(answers.map(({ decision }) => decision)).toEqual(questions.map(({ allowed }) => allowed));
    expect(new Set(answers.map(({ path }) => path?.condition))).toEqual(new Set([`c${conditions - 1}`, undefined]));
  });

  it('can be given to Cerbos: a role stands wherever one that inherits from it may act', () => {
    const workload = makeWorkload(SMALL, true, 100);
    const policies = cerbosPolicies(workload, true) as Record<
      string,
      { resourcePolicy: { rules: { actions: string[]; roles: string[] }[] } }
    >;
    for (const question of workload.questions.slice(0, 20)) {
      const { principal, resources } = JSON.parse(cerbosRequest(workload, [question.request])) as {
        principal: { roles: string[] };
        resources: { resource: { kind: string; attr: { ownerId: string } }; actions: string[] }[];
      };
      const { resource, actions } = resources[0]!;
      const rules = policies[resource.kind]?.resourcePolicy.rules.filter((rule) => rule.actions[0] === actions[0]) ?? [];
      const held = rules.some((rule) => rule.roles.some((role) => principal.roles.includes(role)));
      expect(held && resource.attr.ownerId === question.request.subject.id).toBe(question.allowed);
    }
  });
});

describe('the figures', () => {
  it('are medians and quantiles of what was measured', () => {
    expect([median([5, 1, 3]), quantile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.99), quantile([7], 0.5)]).toEqual([3, 10, 7]);
  });

  it('come from the same chances, spread over 0 up to 1', () => {
    const [one, two] = [random(1), random(1)];
    const drawn = Array.from({ length: 1000 }, () => one());
    expect(drawn).toEqual(Array.from({ length: 1000 }, () => two()));
    expect([Math.min(...drawn) < 0.01, Math.max(...drawn) > 0.99, Math.max(...drawn) < 1]).toEqual([true, true, true]);
  });
});
