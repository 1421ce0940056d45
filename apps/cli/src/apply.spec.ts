import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApplyRequest, type ApplyResponse, type ErrorCode, ERROR_STATUS, type PlannedOp, problem } from '@licet/contract';
import { parsePolicyFile } from '@licet/policy';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { main } from './main.ts';

const KEY = 'lct_k1_0123456789';
const POLICY = 'licet: 1\n\nroles:\n  viewer: { grants: [ task:read ] }\n';

const op = (
  action: PlannedOp['action'],
  kind: string,
  target: string,
  before: PlannedOp['before'],
  after: PlannedOp['after'],
): PlannedOp => ({
  ...{ action, kind, target, before, after },
});
const CREATE_ROLE = op('create', 'roles', 'viewer', null, { id: 'viewer', name: 'viewer', description: 'Looks' });

let folder: string;
let policy: string;
let server: Server;
let url: string;
/** What the server answers to the next applies, the last one again and again; and what it was asked. */
let plans: PlannedOp[][];
let asked: { method: string; path: string; authorization: string | undefined; body: ApplyRequest | undefined }[];
/** How many changes others make between plan and apply. */
let changes: number;
let refusal: { code: ErrorCode; detail: string; errors?: { path: string; message: string }[] } | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'licet-cli-'));
  policy = join(folder, 'policy.yaml');
  server = createServer((request, response) => {
    void readBody(request).then((text) => {
      const body = text ? (JSON.parse(text) as ApplyRequest) : undefined;
      asked.push({ method: request.method!, path: request.url!, authorization: request.headers.authorization, body });
      const [status, answer] = answerTo(request.url!, body);
      response
        .writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' })
        .end(JSON.stringify(answer));
    });
  });
  ({ url } = await listen(server));
});

async function listen(started: Server): Promise<{ server: Server; url: string }> {
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return { server: started, url: `http://127.0.0.1:${(started.address() as AddressInfo).port}` };
}

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  [plans, asked, changes, refusal] = [[[CREATE_ROLE]], [], 0, undefined];
  writeFileSync(policy, POLICY);
});

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

function answerTo(path: string, body: ApplyRequest | undefined): [number, unknown] {
  if (path.startsWith('/elsewhere')) return [200, { hello: 'world' }];
  if (refusal) return [ERROR_STATUS[refusal.code], problem(refusal.code, refusal.detail, { errors: refusal.errors })];
  if (path === '/api/v1/policy') return [200, parsePolicyFile(POLICY)];
  if (!body!.dryRun && changes-- > 0) return [412, problem('version_mismatch', 'the policy is at another revision')];
  const ops = plans.length > 1 ? plans.shift()! : plans[0]!;
  return [200, { revision: 7, applied: !body!.dryRun && ops.length > 0, ops } satisfies ApplyResponse];
}

async function licet(args: string[], { env = {}, confirm = undefined as boolean | undefined, color = false } = {}) {
  let [out, err] = ['', ''];
  const questions: string[] = [];
  const exitCode = await main(args, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    env: { LICET_URL: url, LICET_API_KEY: KEY, ...env },
    color,
    confirm:
      confirm === undefined
        ? undefined
        : (question) => {
            questions.push(question);
            return Promise.resolve(confirm);
          },
  });
  return { exitCode, out, err, questions };
}

describe('licet apply', () => {
  it('shows the plan, asks, and applies in one request with the reason', async () => {
    const { exitCode, out, questions } = await licet(['apply', policy, '--reason', 'why not', '--prune'], { confirm: true });
    expect(out).toBe('+ role viewer\n    description: "Looks"\n\n1 to create, 0 to change, 0 to delete\napplied as revision 7\n');
    expect(questions).toEqual([`Apply this to ${url}/?`]);
    expect(asked.map(({ body }) => ({ ...body, file: null }))).toEqual([
      { file: null, reason: 'why not', prune: true, dryRun: true },
      { file: null, reason: 'why not', prune: true, dryRun: false, revision: 7 },
    ]);
    expect(asked[1]).toMatchObject({ method: 'POST', path: '/api/v1/policy/apply', authorization: `Bearer ${KEY}` });
    expect(asked[1]!.body!.file).toEqual(parsePolicyFile(POLICY));
    expect(exitCode).toBe(0);
  });

  it('changes nothing where the answer is no', async () => {
    expect(await licet(['apply', policy], { confirm: false })).toMatchObject({ exitCode: 1, err: 'licet: nothing was changed\n' });
    expect(asked.map(({ body }) => body!.dryRun)).toEqual([true]);
  });

  it('changes nothing on a dry run', async () => {
    expect(await licet(['apply', policy, '--dry-run'])).toMatchObject({ exitCode: 0, out: expect.stringContaining('1 to create') });
    expect(asked.map(({ body }) => body!.dryRun)).toEqual([true]);
  });

  it('refuses without a terminal unless it is told not to ask', async () => {
    const { exitCode, err } = await licet(['apply', policy]);
    expect([exitCode, err]).toEqual([
      2,
      'licet: nobody is here to confirm; pass --yes to apply without asking, or --dry-run to see what would change\n',
    ]);
    expect(asked).toEqual([]);
    expect(await licet(['apply', policy, '--yes'])).toMatchObject({ exitCode: 0, out: expect.stringContaining('applied as revision 7') });
  });

  it('says that there is nothing to change', async () => {
    plans = [[]];
    expect(await licet(['apply', policy, '--yes'])).toMatchObject({
      exitCode: 0,
      out: 'nothing to change; the installation equals the file at revision 7\n',
    });
    expect(asked).toHaveLength(1);
  });

  it('shows the new plan and asks again if somebody changed the policy between plan and apply', async () => {
    plans = [[CREATE_ROLE], [op('update', 'roles', 'viewer', { description: 'old' }, { description: 'Looks' })]];
    changes = 1;
    const { out, questions } = await licet(['apply', policy], { confirm: true });
    expect(out).toContain(
      '\nSomebody changed the policy meanwhile. This is the plan now:\n~ role viewer\n    description: "old" -> "Looks"\n',
    );
    expect(questions).toHaveLength(2);
    expect(asked.map(({ body }) => body!.dryRun)).toEqual([true, false, true, false]);
  });

  it('does not ask again where a change left the plan as it was', async () => {
    changes = 2;
    const { out, questions } = await licet(['apply', policy], { confirm: true });
    expect(out).toBe('+ role viewer\n    description: "Looks"\n\n1 to create, 0 to change, 0 to delete\napplied as revision 7\n');
    expect([questions.length, asked.length]).toEqual([1, 6]);
  });

  it('gives up where others change the policy all the time', async () => {
    changes = Infinity;
    const { exitCode, err } = await licet(['apply', policy, '--yes']);
    expect([exitCode, asked.length]).toEqual([1, 20]);
    expect(err).toMatch(/^licet: nothing was changed: others changed the policy after each of 10 plans/);
  });

  it('names what is wrong in the file, before anything is sent', async () => {
    writeFileSync(policy, 'licet: 1\nroles:\n  viewer: { grant: [] }\n');
    const { exitCode, err } = await licet(['apply', policy, '--yes']);
    expect(err).toBe(
      `licet: ${policy}: this is not a valid policy file\n  roles.viewer.grant: line 3: a policy file has no such member here\n`,
    );
    writeFileSync(policy, 'licet: 1\nconditions: { a: "1 == 1" }\n');
    expect((await licet(['apply', policy, '--yes'])).err).toContain('conditions.a: 1:1: the condition is always true');
    expect(exitCode).toBe(1);
    expect(asked).toEqual([]);
  });

  it('takes a file in UTF-8 only', async () => {
    writeFileSync(policy, Buffer.from(`${POLICY}users: { "Müller": {} }\n`, 'latin1'));
    expect(await licet(['apply', policy, '--yes'])).toMatchObject({
      exitCode: 1,
      err: `licet: ${policy}: this is not UTF-8; save the file in that encoding\n`,
    });
    expect(asked).toEqual([]);
    writeFileSync(policy, `\ufeff${POLICY}users: { "Müller": {} }\n`);
    await licet(['apply', policy, '--yes']);
    expect(Object.keys(asked[0]!.body!.file.users!)).toEqual(['Müller']);
  });

  it('passes on why the server refused', async () => {
    const errors = ['x', 'y'].map((role) => ({ path: `roles.${role}.inherits`, message: `the role \`${role}\` does not exist` }));
    refusal = { code: 'invalid_policy', detail: errors[0]!.message, errors };
    expect(await licet(['apply', policy, '--yes'])).toMatchObject({
      exitCode: 1,
      err: 'licet: the role `x` does not exist\n  roles.x.inherits: the role `x` does not exist\n  roles.y.inherits: the role `y` does not exist\n',
    });
    refusal.errors = errors.slice(0, 1);
    expect((await licet(['apply', policy, '--yes'])).err).toBe('licet: roles.x.inherits: the role `x` does not exist\n');
  });
});

describe('the plan', () => {
  it('shows only what changed, in words and colours, and nothing that steers a terminal', async () => {
    const grant = { id: '0198', role: 'member', permission: 'task:update', effect: 'deny', condition: 'is-owner' };
    const assignment = {
      id: '0199',
      user: null,
      group: 'support',
      role: 'member',
      tenant: '*',
      resource: 'task:t1',
      startsAt: null,
      expiresAt: null,
      reason: '',
    };
    plans = [
      [
        op('create', 'grants', '0198', null, grant),
        op('update', 'grants', '0198', { ...grant, condition: null }, grant),
        op('update', 'assignments', '0199', assignment, { ...assignment, expiresAt: '2027-01-01T00:00:00.000Z' }),
        op(
          'update',
          'users',
          'alice',
          { id: 'alice', attributes: { b: 1, a: 2 }, name: 'A' },
          { id: 'alice', attributes: { a: 2, b: 1 }, name: 'A\u001b[31m\u009b' },
        ),
        op('update', 'permissions', 'doc:read', { id: 'doc:read', position: 2 }, { id: 'doc:read', position: 0 }),
        op('delete', 'group-members', '0200', { id: '0200', group: 'support', user: 'bob' }, null),
        op('delete', 'role-inherits', '0201', { id: '0201', role: 'member', inherits: 'viewer' }, null),
      ],
    ];
    const { out } = await licet(['apply', policy, '--dry-run']);
    expect(out).toBe(`+ grant member: deny task:update when is-owner
~ grant member: deny task:update when is-owner
    condition: null -> "is-owner"
~ assignment group support is member in every tenant on task:t1
    expiresAt: null -> "2027-01-01T00:00:00.000Z"
~ user alice
    name: "A" -> "A\\u001b[31m\\u009b"
~ permission doc:read
    place in the list: 3 -> 1
- membership bob in group support
- inheritance member inherits viewer

1 to create, 4 to change, 2 to delete
`);
    plans = [[CREATE_ROLE]];
    expect((await licet(['apply', policy, '--dry-run'], { color: true })).out).toContain('\u001b[32m+ role viewer\u001b[39m');
  });
});

describe('licet export', () => {
  it('writes the policy to the terminal or to a file', async () => {
    expect(await licet(['export'])).toMatchObject({ exitCode: 0, out: POLICY });
    const target = join(folder, 'exported.yaml');
    expect(await licet(['export', '-o', target])).toMatchObject({ exitCode: 0, out: '', err: `wrote ${target}\n` });
    expect(readFileSync(target, 'utf8')).toBe(POLICY);
  });

  it('says where it cannot write', async () => {
    const target = join(folder, 'missing', 'x.yaml');
    expect(await licet(['export', '-o', target])).toMatchObject({ exitCode: 1, err: `licet: ${target} cannot be written (ENOENT)\n` });
  });
});

describe('the connection', () => {
  it('needs a key from the environment, and never shows it', async () => {
    expect(await licet(['export'], { env: { LICET_API_KEY: '' } })).toMatchObject({
      ...{ exitCode: 2, err: 'licet: set LICET_API_KEY to an API key; the console makes one under Apps & keys\n' },
    });
    const wrong = await licet(['export'], { env: { LICET_API_KEY: 'geheim ä' } });
    expect(wrong.exitCode).toBe(2);
    expect(wrong.err).not.toContain('geheim');
  });

  it('says what to check where the key is refused', async () => {
    refusal = { code: 'unauthenticated', detail: 'the API key is not valid' };
    expect((await licet(['export'])).err).toBe('licet: the API key is not valid; check LICET_API_KEY\n');
  });

  it('says where nobody answers, and where somebody else does', async () => {
    const closed = await listen(createServer());
    await new Promise((resolve) => closed.server.close(resolve));
    expect(await licet(['export', '--url', closed.url])).toMatchObject({
      ...{
        exitCode: 1,
        err: `licet: cannot reach ${closed.url}/ (ECONNREFUSED); is Licet running there? LICET_URL or --url says where it is\n`,
      },
    });
    expect((await licet(['--url', `${url}/elsewhere/`, 'export'])).err).toMatch(/does not answer as Licet does/);
    expect(await licet(['export', '--url', 'localhost:4000'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('is not the address of a Licet'),
    });
  });
});
