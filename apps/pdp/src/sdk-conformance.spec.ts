import { readdirSync, readFileSync } from 'node:fs';
import { emptyRows, type Decision, type EvaluationRequest, type PolicyRows } from '@licet/contract';
import { decisionHttp } from '@licet/decision-http';
import { createSnapshot, type Snapshot } from '@licet/engine';
import { Licet, userKey } from '@licet/sdk-node';
import { MemoryControlPlane } from '@licet/sdk-node/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import Fastify from 'fastify';

// The SDK in both modes, held to the cases: locally from a replica, remotely from the decision endpoint over real HTTP. (The cases of
// decisions in local mode are run in the SDK itself.)

interface Case {
  name: string;
  request: EvaluationRequest;
  now: string;
  page?: { after?: string; limit: number };
  search?: 'subjects' | 'resources' | 'actions';
  expect: Record<string, unknown>;
}
interface CaseFile {
  rule: string;
  policy: Partial<PolicyRows>;
  cases: Case[];
}

let held: Snapshot;
const server = Fastify();
server.register(decisionHttp, {
  snapshot: () => held,
  authenticate: () => ({ id: 'tests' }),
  publicUrl: 'https://licet.example.com',
  now: () => Date.now(),
});
let url: string;
beforeAll(async () => {
  url = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

const KEPT = ['setTimeout', 'setImmediate', 'setInterval', 'nextTick', 'queueMicrotask', 'performance'] as const;
let licet: Licet<'local' | 'remote'>;
beforeEach(() => void jest.useFakeTimers({ doNotFake: [...KEPT] }));
afterEach(async () => {
  jest.useRealTimers();
  await licet.close();
});

const root = new URL('../../../libs/conformance/', import.meta.url);
const filesOf = (folder: string) =>
  readdirSync(new URL(`${folder}/`, root)).map((name) => JSON.parse(readFileSync(new URL(`${folder}/${name}`, root), 'utf8')) as CaseFile);

async function open(mode: 'local' | 'remote', { policy }: CaseFile): Promise<Licet<'local' | 'remote'>> {
  const rows = { ...emptyRows(), ...policy };
  held = createSnapshot({ format: 1, revision: 1, rows });
  if (mode === 'remote') licet = new Licet({ mode, url, apiKey: 'lct_test' });
  else licet = new Licet({ fetcher: new MemoryControlPlane(rows).fetcher, decisionLog: false });
  await licet.ready();
  return licet;
}

/** The parts of a case's question, as an application names them. */
function partsOf({ subject, action, resource, context }: EvaluationRequest) {
  return { subject, permission: `${resource?.type}:${action?.name}`, resource, options: { action: action?.properties, context } };
}

describe.each(filesOf('cases'))('remotely: $rule', (file) => {
  it.each(file.cases)('$name', async ({ request, now, expect: expected }) => {
    jest.setSystemTime(new Date(now));
    const { subject, permission, resource, options } = partsOf(request);
    const answer = await (await open('remote', file)).check(subject, permission, resource, options);
    if (expected['reason'] !== 'invalid_request') return expect(answer).toEqual({ ...expected, revision: 1 });
    // What the SDK itself lets pass the endpoint refuses with 400.
    expect([answer.decision, ['invalid_request', 'unreachable'].includes(answer.reason)]).toEqual([false, true]);
  });
});

describe.each(['local', 'remote'] as const)('in %s mode', (mode) => {
  /** What the SDK itself lets pass as a question the endpoint refuses with 400. */
  const INVALID = mode === 'local' ? ['invalid_request'] : ['invalid_request', 'unreachable'];

  describe.each(filesOf('explain'))('$rule', (file) => {
    it.each(file.cases)('$name', async ({ request, now, expect: expected }) => {
      jest.setSystemTime(new Date(now));
      const { subject, permission, resource, options } = partsOf(request);
      const explained = await (await open(mode, file)).explain(subject, permission, resource, options);
      if ((expected['decision'] as Decision).reason === 'invalid_request') {
        const { decision, ...rest } = explained;
        expect([decision.decision, INVALID.includes(decision.reason)]).toEqual([false, true]);
        return expect({ ...expected, ...rest }).toEqual(expected);
      }
      expect(explained).toEqual({ ...expected, decision: { ...(expected['decision'] as object), revision: 1 } });
    });
  });

  describe.each(filesOf('plan'))('$rule', (file) => {
    it.each(file.cases)('$name', async ({ request, now, expect: expected }) => {
      jest.setSystemTime(new Date(now));
      const { subject, permission, resource, options } = partsOf(request);
      const plan = await (await open(mode, file)).filterPlan(subject, permission, resource.properties, options);
      if (expected['reason'] !== 'invalid_request') return expect(plan).toEqual({ ...expected, revision: 1 });
      expect([plan.kind, plan.kind === 'never' && INVALID.includes(plan.reason)]).toEqual(['never', true]);
    });
  });

  describe.each(filesOf('search'))('$rule', (file) => {
    // Attributes that all candidates are taken to have are not the application's business.
    const asked = file.cases.filter(({ search, request: { subject, resource } }) => {
      const named = typeof subject?.type === 'string' && (search === 'subjects' || subject.id !== undefined);
      const searched = search === 'subjects' ? subject : search === 'resources' ? resource : undefined;
      return named && searched?.properties === undefined;
    });
    it.each(asked)('$name', async ({ request, now, page, search, expect: expected }) => {
      jest.setSystemTime(new Date(now));
      const { subject, permission, resource, options } = partsOf(request);
      const client = await open(mode, file);
      // Neither are pages: what is found after a name is a part of all that is found.
      const { after, limit } = page!;
      const searching = { ...options, ...(after === undefined ? { limit } : {}) };
      const results = expected['results'] as { type: string; id?: string; name?: string }[];
      const names = results.map(({ type, id = '', name }) => name ?? (search === 'subjects' ? userKey(type, id) : id));
      const find = async () => {
        if (search === 'subjects') return client.whoCan(permission, resource, { ...searching, type: subject.type });
        if (search === 'resources') return client.whatCan(subject, permission, searching);
        return client.actionsOn(subject, resource.type, resource, searching);
      };
      const found = await find().catch((error: Error) => error);
      if (found instanceof TypeError) expect(names).toEqual([]);
      else expect(after === undefined ? found : (found as string[]).filter((name) => name > after).slice(0, limit)).toEqual(names);
    });
  });

  it('a search that has many pages is whole, and in order', async () => {
    jest.useRealTimers();
    const ids = Array.from({ length: 2_300 }, (_, index) => `u${index}`).sort();
    const policy: Partial<PolicyRows> = {
      tenants: [{ id: 'default' }],
      'resource-types': [{ id: 'task', attributes: {} }],
      permissions: [{ id: 'task:read' }],
      roles: [{ id: 'reader' }],
      grants: [{ id: 'g', role: 'reader', permission: 'task:read', effect: 'allow', condition: null }],
      users: ids.map((id) => ({ id, enabled: true, attributes: {} })),
      resources: ids.map((id) => ({ id: `task:${id}`, tenant: null, attributes: {} })),
      assignments: [
        { id: 'a', user: null, group: 'everyone', role: 'reader', tenant: 'default', resource: null, startsAt: null, expiresAt: null },
      ],
    };
    const client = await open(mode, { rule: '', policy, cases: [] });
    expect(await client.whoCan('task:read', 'u7')).toEqual(ids);
    expect(await client.whatCan('u7', 'task:read')).toEqual(ids);
    expect(await client.whatCan('u7', 'task:read', { limit: 1_500 })).toEqual(ids.slice(0, 1_500));
  });
});
