import { readdirSync, readFileSync } from 'node:fs';
import { emptyRows, PolicyRows, type Decision, type EvaluationRequest, type Explanation, type FilterRequest } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import { decide } from './decide.ts';
import { explain } from './explain.ts';
import { rowFilter, type FilterRow } from './filter.ts';
import { filterPlan } from './plan.ts';
import { searchActions, searchResources, searchSubjects, type Found, type SearchPage } from './search.ts';
import { createSnapshot, type Snapshot } from './snapshot.ts';

// What is asked of a policy besides decisions: the cases of the folders `explain`, `search` and `plan`.

/** A file of cases: a policy, and questions with their answers. `C` is what a case of the folder has besides its name. */
interface CaseFile<C> {
  rule: string;
  description: string;
  policy: Partial<PolicyRows>;
  cases: ({ name: string; now: string } & C)[];
}

const root = new URL('../../conformance/', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');

/**
 * Runs all cases of a folder of `libs/conformance`.
 * @param check asks the question of a case about the snapshot, and compares the answer
 */
function runCases<C>(folder: string, check: (snapshot: Snapshot, given: C & { name: string; now: string }) => void): void {
  const at = new URL(`${folder}/`, root);
  const files = readdirSync(at).map((name) => ({ file: name, ...(JSON.parse(readFileSync(new URL(name, at), 'utf8')) as CaseFile<C>) }));

  describe.each(files)('$rule', ({ file, rule, policy, cases }) => {
    const rows = { ...emptyRows(), ...policy };
    const snapshot = createSnapshot({ format: 1, revision: 1, rows });

    it('is a file of its own, in the README, with a valid policy and cases of different names', () => {
      expect(file).toBe(`${rule}.json`);
      expect(readme).toContain(`\`${rule}\``);
      expect(PolicyRows.safeParse(rows).error).toBeUndefined();
      expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    });

    it.each(cases)('$name', (given) => check(snapshot, given));
  });
}

interface ExplainCase {
  request: EvaluationRequest;
  expect: Omit<Explanation, 'decision'> & { decision: Omit<Decision, 'revision'> };
}

runCases<ExplainCase>('explain', (snapshot, { request, now, expect: expected }) => {
  const decision = { ...expected.decision, revision: 1 };
  expect(explain(snapshot, request, Date.parse(now))).toEqual({ ...expected, decision });
});

interface SearchCase {
  search: keyof typeof SEARCHES;
  request: EvaluationRequest;
  page: SearchPage;
  expect: Found<unknown>;
}

const SEARCHES = { subjects: searchSubjects, resources: searchResources, actions: searchActions };

runCases<SearchCase>('search', (snapshot, { search, request, page, now, expect: expected }) => {
  expect(SEARCHES[search](snapshot, request, Date.parse(now), page)).toEqual(expected);
});

interface PlanCase {
  request: FilterRequest;
  expect: object;
  rows: (FilterRow & { allowed: boolean })[];
}

runCases<PlanCase>('plan', (snapshot, { request, now, expect: expected, rows }) => {
  const ms = Date.parse(now);
  const plan = filterPlan(snapshot, request, ms);
  expect(plan).toEqual({ ...expected, revision: 1 });
  const filter = rowFilter(plan);
  for (const { id, properties, allowed } of rows) {
    const { decision } = decide(snapshot, { ...request, resource: { type: request.resource.type, id, properties } }, ms);
    expect({ id, properties, filter: filter({ id, properties }), decision }).toEqual({
      id,
      properties,
      filter: allowed,
      decision: allowed,
    });
  }
});
