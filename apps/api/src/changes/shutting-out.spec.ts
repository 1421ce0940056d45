import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, startApi, type TestApi } from '../../test/api.ts';
import { addOperator } from '../../test/operators.ts';
import { apply } from '../../test/policy.ts';
import { SYSTEM } from '../access/access.ts';
import { OperatorIdentity } from '../operators/identity.entity.ts';
import { Changes } from './changes.service.ts';

describe.each(DIALECTS)('the lesser does not shut out the greater (%s)', (dialect) => {
  let api: TestApi;
  let helpdesk: { authorization: string };
  const GREATER = ['chief', 'grouped'];

  beforeAll(async () => {
    api = await startApi(dialect);
    await addOperator(api, 'chief', 'licet.owner');
    await addOperator(api, 'grouped', null);
    await addOperator(api, 'peer', 'licet.auditor');
    await addOperator(api, 'gone-soon', 'licet.auditor');
    await api.create('users', { id: 'service:shop' });
    await api.create('users', { id: 'service:desk' });
    const grants = ['licet.operator:*', 'licet.user:*', 'licet.api-key:*', 'licet.assignment:*', 'licet.group:*', 'licet.policy:apply'];
    const applied = await apply(api, {
      roles: { helpdesk: { inherits: ['licet.auditor'], grants }, nothing: {} },
      groups: { bosses: { members: ['grouped'] } },
      assignments: [
        { user: 'service:desk', role: 'helpdesk', tenant: '*' },
        { group: 'bosses', role: 'licet.owner', tenant: '*' },
        { user: 'service:shop', role: 'licet.owner', tenant: '*' },
      ],
    });
    expect(applied.status).toBe(200);
    helpdesk = await api.key('desk', 'nothing');
  });
  afterAll(() => api.stop());

  const tries = async (method: 'PATCH' | 'DELETE', path: string, body?: object, as: Record<string, string> = helpdesk) => {
    const { etag } = await api.call('GET', `/api/v1/${path}`);
    const { status, body: said } = await api.call(method, `/api/v1/${path}`, body, { ...as, 'if-match': etag });
    return [status, said?.code];
  };
  const off = { enabled: false };

  it('by disabling the account or its user, whichever way the rights come', async () => {
    for (const id of GREATER) {
      expect([id, await tries('PATCH', `operators/${id}`, off)]).toEqual([id, [403, 'forbidden']]);
      expect([id, await tries('PATCH', `users/${id}`, off)]).toEqual([id, [403, 'forbidden']]);
      expect([id, (await api.call('GET', `/api/v1/operators/${id}`)).body.state]).toEqual([id, 'active']);
    }
    const file = { licet: 1, users: { grouped: off } };
    const applied = await api.call('POST', '/api/v1/policy/apply', { file }, helpdesk);
    expect([applied.status, applied.body.detail]).toEqual([403, expect.stringContaining('would give, take or deny')]);
    const synced = await api.call('POST', '/api/v1/users/sync', { users: [{ id: 'chief', ...off }] }, helpdesk);
    expect(synced.status).toBe(403);
  });

  it('by disabling a service account', async () => {
    expect(await tries('PATCH', 'users/service:shop', off)).toEqual([403, 'forbidden']);
  });

  it('by deleting the account', async () => {
    for (const id of GREATER) expect([id, await tries('DELETE', `operators/${id}`)]).toEqual([id, [403, 'forbidden']]);
  });

  it('by taking the identity away that somebody comes in with', async () => {
    await api.app.get(Changes).commit(SYSTEM, { reason: 'linked' }, async (em) => {
      for (const user of GREATER) em.create(OperatorIdentity, { user, issuer: 'https://id.example', subject: user, assignments: [] });
    });
    for (const id of GREATER)
      expect([id, await tries('PATCH', `operators/${id}`, { identity: false })]).toEqual([id, [403, 'forbidden']]);
  });

  it('and does all of that to those whose rights it holds; the greater does it to anybody', async () => {
    expect(await tries('PATCH', 'operators/peer', off)).toEqual([200, undefined]);
    expect(await tries('PATCH', 'operators/peer', { enabled: true })).toEqual([200, undefined]);
    expect(await tries('PATCH', 'users/peer', off)).toEqual([200, undefined]);
    expect(await tries('DELETE', 'operators/gone-soon')).toEqual([204, undefined]);
    expect(await tries('PATCH', 'operators/grouped', { identity: false }, {})).toEqual([200, undefined]);
    expect(await tries('PATCH', 'users/service:shop', off, {})).toEqual([200, undefined]);
    expect(await tries('PATCH', 'operators/chief', off, {})).toEqual([200, undefined]);
  });

  it('closes the own account, whatever hangs on it', async () => {
    await apply(api, {
      conditions: { 'by-day': 'context.shift == "day"' },
      roles: { 'at-times': { grants: [{ permission: 'licet.tenant:*', when: 'by-day' }] } },
      assignments: [{ user: 'service:desk', role: 'at-times', tenant: '*' }],
    });
    expect(await tries('PATCH', 'users/service:desk', off)).toEqual([200, undefined]);
  });

  it('while a key that leaked is revoked by whoever may revoke keys', async () => {
    const desk = await (async () => {
      await api.create('users', { id: 'service:second' });
      await api.create('assignments', { user: 'service:second', role: 'helpdesk', tenant: '*' });
      return api.key('second', 'nothing');
    })();
    await api.key('shop', 'nothing');
    const [key] = (await api.call('GET', '/api/v1/api-keys?user=service:shop')).body.items;
    expect(await tries('DELETE', `api-keys/${key.id}`, undefined, desk)).toEqual([204, undefined]);
  });
});
