import { readdirSync, readFileSync } from 'node:fs';
import { emptyRows, PolicyRows, type Decision, type EvaluationRequest } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import { decide } from './decide.ts';
import { createSnapshot } from './snapshot.ts';

interface CaseFile {
  rule: string;
  description: string;
  policy: Partial<PolicyRows>;
  cases: { name: string; request: EvaluationRequest; now: string; expect: Omit<Decision, 'revision'> }[];
}

const folder = new URL('../../conformance/cases/', import.meta.url);
const files = readdirSync(folder).map((name) => ({ name, ...(JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as CaseFile) }));

const readme = readFileSync(new URL('../README.md', folder), 'utf8');

it('has its rules in the README', () => {
  expect(files.filter(({ rule }) => !readme.includes(`\`${rule}\``))).toEqual([]);
});

describe.each(files)('$rule', ({ name: file, rule, policy, cases }) => {
  const rows = { ...emptyRows(), ...policy };
  const snapshot = createSnapshot({ format: 1, revision: 1, rows });

  it('is a file of its own, with a valid policy and cases of different names', () => {
    expect(file).toBe(`${rule}.json`);
    expect(PolicyRows.safeParse(rows).error).toBeUndefined();
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });

  it.each(cases)('$name', ({ request, now, expect: expected }) => {
    expect(decide(snapshot, request, Date.parse(now))).toEqual({ ...expected, revision: 1 });
  });
});
