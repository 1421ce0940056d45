import { readdirSync, readFileSync } from 'node:fs';
import type { Decision, EvaluationRequest, PolicyRows } from '@licet/contract';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { MemoryControlPlane } from './testing.ts';
import { closeAll, connect } from './tasks.fixture.ts';

interface ConformanceFile {
  rule: string;
  policy: Partial<PolicyRows>;
  cases: { name: string; request: EvaluationRequest; now: string; expect: Omit<Decision, 'revision'> }[];
}

const folder = new URL('../../conformance/cases/', import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as ConformanceFile);

// The time of a question is the time of the call.
const KEPT = ['setTimeout', 'setImmediate', 'setInterval', 'nextTick', 'queueMicrotask', 'performance'] as const;
beforeEach(() => void jest.useFakeTimers({ doNotFake: [...KEPT] }));
afterEach(async () => {
  jest.useRealTimers();
  await closeAll();
});

describe.each(files)('$rule', ({ policy, cases }) => {
  it.each(cases)('$name', async ({ request, now, expect: expected }) => {
    jest.setSystemTime(new Date(now));
    const { licet } = connect({ decisionLog: false }, new MemoryControlPlane(policy));
    await licet.ready();
    const { subject, action, resource, context } = request;
    const answer = licet.check(subject, `${resource?.type}:${action?.name}`, resource, { action: action?.properties, context });
    if (expected.reason === 'invalid_request') expect(answer).toMatchObject({ decision: false, reason: 'invalid_request' });
    else expect(answer).toEqual({ ...expected, revision: 1 });
  });
});
