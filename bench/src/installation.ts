import { BINARY_TYPE } from '@licet/engine';
import { Licet } from '@licet/sdk-node';
import { type Api, startApi } from './api.ts';
import { machine, median, memoryOf } from './measure.ts';
import type { Report, Row } from './report.ts';

const ROLES = 100;
const ASSIGNMENTS = 3;
const SYNCED = 1_000;
const APPLIED = 1_000; // users, each with all its assignments
const EDITS = 20;
const ASKED = 5;
const PAUSE_MS = 5;
const COMPRESSED = { 'accept-encoding': 'gzip' };

/** What an installation with very many users takes: to start, to edit, to look something up, to hand the policy out. */
export async function benchInstallation({ users }: { users: number }): Promise<Report> {
  const before = machine();
  const api = await startApi();
  try {
    await fill(api, users);
    const [start, memory] = [await api.restart(), memoryOf(api.pid)];
    const rows: Row[] = [
      { what: 'start, until it answers', ms: start },
      ...(await edits(api, users)),
      await asked(api, 'a page of the list of users', '/api/v1/users'),
      await asked(api, 'a page of the list of assignments', '/api/v1/assignments'),
      await asked(api, 'the assignments of a user', `/api/v1/assignments?user=${userOf(users >> 1)}`),
      await asked(api, 'a search among the users', `/api/v1/users?q=${userOf(users - 1)}`),
      ...(await snapshots(api)),
      await asked(api, 'the export as a policy file', '/api/v1/policy', 1),
    ];
    return {
      bench: 'installation',
      machine: before,
      method:
        `an api process on SQLite with ${users.toLocaleString('en')} users, ${ASSIGNMENTS} assignments each, and ${ROLES} roles; ` +
        `medians of ${EDITS} edits and ${ASKED} questions`,
      rows,
      notes: [
        'in force: from sending the edit to its effect in an application with the SDK for Node',
        'others wait: the longest that another request to the same process had to wait meanwhile',
        `the process held ${memory?.toFixed(0) ?? 'an unknown number of'} MB after the start`,
      ],
    };
  } finally {
    await api.stop();
  }
}

const userOf = (number: number) => `user${String(number).padStart(7, '0')}`;
const roleOf = (user: number, turn: number) => `role${(user * 7 + turn * 31) % ROLES}`;

async function fill(api: Api, users: number): Promise<void> {
  const roles = Object.fromEntries(Array.from({ length: ROLES }, (_, role) => [`role${role}`, { grants: ['task:read'] }]));
  await api.apply({ licet: 1, resourceTypes: { task: { actions: ['read', 'update'] } }, roles });
  const numbers = Array.from({ length: users }, (_, number) => number);
  for (let at = 0; at < users; at += SYNCED) {
    const some = numbers.slice(at, at + SYNCED);
    await api.call('POST', '/api/v1/users/sync', { users: some.map((user) => ({ id: userOf(user), name: `User ${user}` })) });
  }
  for (let at = 0; at < users; at += APPLIED) {
    const assignments = numbers
      .slice(at, at + APPLIED)
      .flatMap((user) => Array.from({ length: ASSIGNMENTS }, (_, turn) => ({ user: userOf(user), role: roleOf(user, turn) })));
    await api.apply({ licet: 1, assignments });
    if (process.stderr.isTTY) process.stderr.write(`\r${Math.min(users, at + APPLIED).toLocaleString('en')} of ${users.toLocaleString('en')} users`);
  }
  if (process.stderr.isTTY) process.stderr.write('\n');
}

async function edits(api: Api, users: number): Promise<Row[]> {
  const licet = new Licet({ url: api.url, apiKey: await api.key('bench'), name: 'bench' });
  try {
    const began = performance.now();
    await licet.ready();
    const rows: Row[] = [{ what: 'an application begins: it has the policy', ms: performance.now() - began }];
    const inForce = async (what: string, edit: (turn: number) => Promise<{ headers: Headers }>) => {
      const times: number[] = [];
      for (let turn = 0; turn < EDITS; turn += 1) {
        const sent = performance.now();
        const [{ headers }, arrived] = await Promise.all([edit(turn), nextChange(licet)]);
        if (Number(headers.get('licet-revision')) !== licet.revision) throw new Error('the change that arrived is another one');
        times.push(arrived - sent);
      }
      rows.push({ what, ms: median(times), 'longest ms': Math.max(...times) });
    };
    await inForce('a role is assigned: in force', (turn) =>
      api.call('POST', '/api/v1/assignments/assign', { user: userOf(Math.floor((users / EDITS) * turn)), role: 'licet.auditor' }),
    );
    await inForce('a role is given a permission: in force', (turn) =>
      api.call('POST', '/api/v1/grants', { role: `role${turn}`, permission: 'task:update' }),
    );
    return rows;
  } finally {
    await licet.close();
  }
}

function nextChange(licet: Licet): Promise<number> {
  return new Promise((resolve) => {
    const stop = licet.on('change', () => {
      stop();
      resolve(performance.now());
    });
  });
}

async function asked(api: Api, what: string, path: string, times = ASKED): Promise<Row> {
  const took: number[] = [];
  let others = 0;
  for (let turn = 0; turn < times; turn += 1) {
    const { ms, longest } = await beside(api, () => api.call('GET', path));
    took.push(ms);
    others = Math.max(others, longest);
  }
  return { what, ms: median(took), 'longest ms': Math.max(...took), 'others wait ms': others };
}

/** Each after an edit: before the next one, the same bytes are sent to all. */
async function snapshots(api: Api): Promise<Row[]> {
  const authorization = `Bearer ${await api.key('snapshots')}`;
  const rows: Row[] = [];
  for (const [form, accept] of [
    ['binary', BINARY_TYPE],
    ['JSON', 'application/json'],
  ] as const) {
    await api.call('POST', '/api/v1/tenants', { id: form });
    const { ms, longest } = await beside(api, async () => {
      const answer = await fetch(`${api.url}/replica/v1/snapshot`, { headers: { authorization, accept, ...COMPRESSED } });
      if (!answer.ok) throw new Error(`the snapshot: ${answer.status}`);
      await answer.arrayBuffer();
    });
    rows.push({ what: `the policy for applications, ${form}, after an edit`, ms, 'others wait ms': longest });
  }
  return rows;
}

/** Runs something, and asks for something small all the while. */
async function beside(api: Api, work: () => Promise<unknown>): Promise<{ ms: number; longest: number }> {
  const began = performance.now();
  let done = false;
  const working = work().finally(() => (done = true));
  let longest = 0;
  while (!done) {
    const asked = performance.now();
    await (await fetch(`${api.url}/healthz`)).arrayBuffer();
    longest = Math.max(longest, performance.now() - asked);
    await Promise.race([working, new Promise((resolve) => setTimeout(resolve, PAUSE_MS))]);
  }
  await working;
  return { ms: performance.now() - began, longest };
}
