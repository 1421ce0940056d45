import { readdirSync, readFileSync } from 'node:fs';
import { emptyRows, type Decision, type PolicyRows } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import { createSnapshot } from '@licet/engine';
import { EVALUATION, post, serve } from './server.fixture.ts';

interface ConformanceFile {
  rule: string;
  description: string;
  policy: Partial<PolicyRows>;
  cases: { name: string; request: unknown; now: string; expect: Omit<Decision, 'revision'> }[];
}

const folder = new URL('../../conformance/cases/', import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as ConformanceFile);

describe.each(files)('$rule', ({ policy, cases }) => {
  const snapshot = createSnapshot({ format: 1, revision: 1, rows: { ...emptyRows(), ...policy } });
  let time: string;
  const server = serve({ snapshot: () => snapshot, now: () => Date.parse(time) });

  it.each(cases)('$name', async ({ request, now, expect: expected }) => {
    time = now;
    const answer = await post(server, EVALUATION, request);
    if (expected.reason === 'invalid_request') {
      expect([answer.status, answer.json['code']]).toEqual([400, 'invalid_request']);
      return;
    }
    const { decision, ...context } = expected;
    expect([answer.status, answer.json]).toEqual([200, { decision, context: { ...context, revision: 1 } }]);
  });
});
