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
  const invalid = ({ expect: { reason, decision } }: Case) => (reason ?? (decision as Decision | undefined)?.reason) === 'invalid_request';

  describe.each(filesOf('explain'))('$rule', (file) => {
    it.each(file.cases.filter((each) => !invalid(each)))('$name', async ({ request, now, expect: expected }) => {
      jest.setSystemTime(new Date(now));
      const { subject, permission, resource, options } = partsOf(request);
      const explained = await (await open(mode, file)).explain(subject, permission, resource, options);
      expect(explained).toEqual({ ...expected, decision: { ...(expected['decision'] as object), revision: 1 } });
    });
  });

  describe.each(filesOf('plan'))('$rule', (file) => {
    it.each(file.cases.filter((each) => !invalid(each)))('$name', async ({ request, now, expect: expected }) => {
      jest.setSystemTime(new Date(now));
      const { subject, permission, resource, options } = partsOf(request);
      const plan = await (await open(mode, file)).filterPlan(subject, permission, resource.properties, options);
      expect(plan).toEqual({ ...expected, revision: 1 });
    });
  });

  describe.each(filesOf('search'))('$rule', (file) => {
    // Pages are not the application's business, and neither are attributes that all candidates are taken to have.
    const first = file.cases.filter(({ page, search, request: { subject, resource } }) => {
      const named = typeof subject?.type === 'string' && (search === 'subjects' || subject.id !== undefined);
      const searched = search === 'subjects' ? subject : search === 'resources' ? resource : undefined;
      return page?.after === undefined && named && searched?.properties === undefined;
    });
    it.each(first)('$name', async ({ request, now, page, search, expect: expected }) => {
      jest.setSystemTime(new Date(now));
      const { subject, permission, resource, options } = partsOf(request);
      const asked = await open(mode, file);
      const searching = { ...options, limit: page!.limit };
      const results = expected['results'] as { type: string; id?: string; name?: string }[];
      const names = results.map(({ type, id = '', name }) => name ?? (search === 'subjects' ? userKey(type, id) : id));
      const find = async () => {
        if (search === 'subjects') return asked.whoCan(permission, resource, { ...searching, type: subject.type });
        if (search === 'resources') return asked.whatCan(subject, permission, searching);
        return asked.actionsOn(subject, resource.type, resource, searching);
      };
      const found = await find().catch((error: Error) => error);
      if (found instanceof TypeError) expect(names).toEqual([]);
      else expect(found).toEqual(names);
    });
  });
});
