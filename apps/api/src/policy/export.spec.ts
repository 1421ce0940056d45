import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, startApi, type TestApi } from '../../test/api.ts';
import { apply } from '../../test/policy.ts';

describe.each(DIALECTS)('an export (%s)', (dialect) => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi(dialect);
  });
  afterAll(() => api.stop());

  const policy = (text: string) => ({
    tenants: { acme: { description: text } },
    resourceTypes: { doc: { description: text, actions: { read: text } } },
    roles: { reader: { description: text, grants: ['doc:read'] } },
    groups: { staff: { description: text } },
    users: { al: { attributes: { text } } },
    resources: [{ type: 'doc', id: '1', attributes: { text } }],
    assignments: [{ group: 'staff', role: 'reader', reason: text }],
  });

  it('is a policy that was in force, and says at which revision, while others are applied', async () => {
    const expected = new Map<number, string>();
    const change = async (number: number) => {
      const { body } = await apply(api, policy(number % 2 ? 'odd' : 'even'));
      expect(body.applied).toBe(true);
      return body.revision as number;
    };
    const read = async () => {
      const { body, revision } = await api.call('GET', '/api/v1/policy');
      return { revision, text: JSON.stringify(body) };
    };
    const whole: string[] = [];
    for (const number of [0, 1]) {
      const revision = await change(number);
      const seen = await read();
      expect(seen.revision).toBe(revision);
      expected.set(revision, seen.text);
      whole.push(seen.text);
    }
    const applies = async () => {
      for (let number = 2; number < 42; number += 1) expected.set(await change(number), whole[number % 2]!);
    };
    const exports: Awaited<ReturnType<typeof read>>[] = [];
    const reads = async () => {
      for (let number = 0; number < 60; number += 1) exports.push(await read());
    };
    await Promise.all([applies(), reads(), reads()]);
    expect(exports.filter(({ revision, text }) => expected.get(revision) !== text).map(({ revision }) => revision)).toEqual([]);
  });
});
